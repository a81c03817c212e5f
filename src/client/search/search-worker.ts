// The index in a worker: an app's bundler builds this file, and its page gives the worker to
// the client. Nothing else may import it, because running it is what it does.

import { serveSearch, type WorkerScope } from './search-host.ts';

// The types of a page and of a worker cannot be had together; in a worker this is its scope.
serveSearch(globalThis as unknown as WorkerScope);

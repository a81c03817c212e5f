// What a page fetches is a count, so it is judged here and not only shown by the benchmark.

import { expect, test } from 'vitest';
import { type Fetched, fetchedBy } from '../../../bench/client/size.bench.ts';

test('[C132] the client is no larger than it was, and the hooks add little', async () => {
  const client = `import { createClient } from 'holdfast'; globalThis.client = createClient;`;
  const hooks = `${client} import * as react from 'holdfast/react'; globalThis.react = react;`;
  const [plain, withHooks]: Fetched[] = [await fetchedBy(client), await fetchedBy(hooks)];
  expect(plain?.atOnce).toBeLessThan(110_000);
  expect((withHooks?.atOnce ?? Infinity) - (plain?.atOnce ?? 0)).toBeLessThan(6_000);
  // The library of the search is not fetched before somebody searches.
  expect(plain?.later).toBeGreaterThan(5_000);
});

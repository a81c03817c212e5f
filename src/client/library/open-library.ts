// The library, the desk and search of one principal on one server, put together as a client
// needs them: over one connection, one set of records and one channel of tabs.

import { Desk } from '../desk/desk.ts';
import { Search, type SearchOptions } from '../search/search.ts';
import { Http, type HttpOptions } from './http.ts';
import { Library, type LibraryOptions } from './library.ts';
import { LibraryLink, type LinkOptions } from './link.ts';

type LibraryNeeds = Omit<LibraryOptions, 'link' | 'desk' | 'http'>;
type SearchNeeds = Pick<SearchOptions, 'host' | 'texts'>;

export type OpenLibraryOptions = LibraryNeeds &
  SearchNeeds &
  Omit<LinkOptions, 'rowsAfter'> &
  Pick<HttpOptions, 'fetch'>;

export interface OpenedLibrary {
  readonly link: LibraryLink;
  readonly library: Library;
  readonly desk: Desk;
  readonly search: Search;
  /** What was remembered is shown. Never rejects. */
  readonly ready: Promise<void>;
  /** Resolves when everything is stored. */
  close(): Promise<void>;
}

/** Begins with what this device remembers, and then with the server; `close` is for good. */
export function openLibrary(options: OpenLibraryOptions): OpenedLibrary {
  let rowsAfter = (): number => 0;
  const link = new LibraryLink({ ...options, rowsAfter: () => rowsAfter() });
  const http = new Http(options);
  const desk = new Desk({ ...options, link });
  rowsAfter = () => desk.seq;
  const library: Library = new Library({
    ...options,
    link,
    desk,
    http,
    forget(session) {
      search.forget(session);
      options.forget(session);
    },
    async keep(session, update, generation) {
      await options.keep(session, update, generation);
      search.changed(session);
    },
  });
  const search = new Search({
    ...options,
    sessions: () => library.entries.map(({ id }) => id),
    isShown: (session) => library.get(session) !== undefined,
  });
  const ready = Promise.all([desk.ready, library.ready]).then(() => undefined);
  let isClosed = false;
  const begin = async (): Promise<void> => {
    await ready;
    if (!isClosed) link.connect();
  };
  void begin();
  return {
    link,
    library,
    desk,
    search,
    ready,
    async close() {
      isClosed = true;
      link.close();
      http.close();
      await Promise.all([library.close(), desk.close(), search.close()]);
    },
  };
}

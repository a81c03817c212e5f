// What an app's page has to fetch: the entries as a bundler of an app makes them, with all
// libraries that they use, compressed. Counted, not timed.

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, defaultClientConditions } from 'vite';
import { countRow, plainRow, type Table } from '../table.ts';

const root = join(import.meta.dirname, '../..');

export const tiny = undefined;

/** Bytes of what is fetched at once, and of what is fetched when it is first used. */
export interface Fetched {
  readonly atOnce: number;
  readonly later: number;
}

/** A page that does this and no more; React is the app's own. */
export async function fetchedBy(program: string): Promise<Fetched> {
  const entry = 'virtual:size-of-an-entry';
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { conditions: ['holdfast-source', ...defaultClientConditions] },
    plugins: [
      {
        name: 'one-program',
        resolveId: (id) => (id === entry ? join(root, 'bench/client/program.ts') : undefined),
        load: (id) => (id === join(root, 'bench/client/program.ts') ? program : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: { page: entry }, external: [/^react(-dom)?($|\/)/] },
    },
  });
  const sum = { atOnce: 0, later: 0 };
  for (const output of [built].flat()) {
    if (!('output' in output)) throw new Error('vite watches, and was to build');
    for (const file of output.output) {
      if (file.type !== 'chunk') continue;
      sum[file.isEntry ? 'atOnce' : 'later'] += gzipSync(file.code, { level: 9 }).length;
    }
  }
  return sum;
}

const CLIENT = `import { createClient } from 'holdfast'; globalThis.client = createClient;`;
const REACT = `${CLIENT} import * as react from 'holdfast/react'; globalThis.react = react;`;
const PEERS = `import { Doc, mergeUpdates } from 'yjs'; import { WebsocketProvider } from 'y-websocket';
import { IndexeddbPersistence } from 'y-indexeddb';
globalThis.peers = [Doc, mergeUpdates, WebsocketProvider, IndexeddbPersistence];`;

export async function bench(): Promise<Table> {
  const [client, react, peers] = [
    await fetchedBy(CLIENT),
    await fetchedBy(REACT),
    await fetchedBy(PEERS),
  ];
  return {
    title: 'What a page fetches, gzip',
    rows: [
      countRow('kB of `holdfast` with its libraries', client.atOnce / 1_000, 45),
      countRow('kB that `holdfast/react` adds', (react.atOnce - client.atOnce) / 1_000, 6),
      plainRow('fetched when somebody first searches', client.later / 1_000, 'kB'),
      plainRow('yjs, y-websocket and y-indexeddb alone', peers.atOnce / 1_000, 'kB'),
    ],
  };
}

// Opening a large session that others are in, by somebody who has nothing of it.

import { plainRow, type Row, type Table } from '../table.ts';
import { documentServers, type Name } from './contestants.ts';
import { besideRow, figureRows, turnRow } from './rows.ts';
import { inTurns } from './sample.ts';

export interface Sizes {
  readonly servers: readonly Name[];
  readonly rounds: number;
  readonly bytes: readonly number[];
  readonly joins: number;
}

/** Only to see that it runs, on what is there without an installation. */
export const tiny: Sizes = { servers: ['holdfast'], rounds: 1, bytes: [5_000], joins: 1 };

const full: Sizes = {
  servers: documentServers,
  rounds: 3,
  bytes: [1_000_000, 5_000_000],
  joins: 5,
};

export const quick: Sizes = { ...full, rounds: 1, bytes: [1_000_000] };

export async function bench(sizes: Sizes = full): Promise<Table> {
  const rows: Row[] = [];
  for (const bytes of sizes.bytes) rows.push(...(await rowsFor(sizes, bytes)));
  return { title: 'A cold join of a session that is in use', rows };
}

async function rowsFor({ servers, rounds, joins }: Sizes, bytes: number): Promise<readonly Row[]> {
  const medians = await inTurns(servers, rounds, 'join', { bytes, joins });
  const peers = servers.filter((name) => name !== 'holdfast');
  const what = `${bytes / 1_000_000} MB`;
  const marked = [
    { label: `${what}, bytes at the client: ours / the best peer`, figure: 'bytesMs', mark: 0.15 },
    { label: `${what}, applied: ours / the best peer`, figure: 'appliedMs', mark: 0.5 },
  ];
  return [
    ...(peers.length === 0
      ? []
      : marked.map(({ label, figure, mark }) => besideRow(label, medians, figure, peers, mark))),
    ...figureRows(medians, servers, 'bytesMs', 'ms', ', bytes at the client'),
    ...figureRows(medians, servers, 'appliedMs', 'ms', ', applied to a document'),
    ...figureRows(medians, servers, 'cpuMs', 'ms', ', CPU of the server'),
    plainRow('  the session', medians('holdfast', 'sessionMb'), 'MB'),
    turnRow(medians, what),
  ];
}

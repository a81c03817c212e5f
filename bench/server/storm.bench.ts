// Everybody comes back at once, as after a server was started anew: how long until the last one is
// synced, with nothing missed and with all of it missed.

import type { Row, Table } from '../table.ts';
import { documentServers, type Name } from './contestants.ts';
import type { SizesOf } from './load.ts';
import { besideRow, figureRows, turnRow } from './rows.ts';
import { inTurns } from './sample.ts';

export interface Sizes extends SizesOf<'storm'> {
  readonly servers: readonly Name[];
  readonly rounds: number;
}

/** Only to see that it runs, on what is there without an installation. */
export const tiny: Sizes = {
  servers: ['holdfast'],
  rounds: 1,
  clients: 3,
  bytes: 3_000,
  storms: 1,
};

const full: Sizes = {
  servers: documentServers,
  rounds: 3,
  clients: 500,
  bytes: 20_000,
  storms: 4,
};

export const quick: Sizes = { ...full, rounds: 1, storms: 2 };

export async function bench(sizes: Sizes = full): Promise<Table> {
  const { servers, rounds, clients, bytes } = sizes;
  const medians = await inTurns(servers, rounds, 'storm', sizes);
  const peers = servers.filter((name) => name !== 'holdfast');
  const rows = [
    { what: 'nothing missed', figure: 'missedNothing' },
    { what: 'all missed', figure: 'missedAll' },
  ].flatMap(({ what, figure }): readonly Row[] => [
    ...(peers.length === 0
      ? []
      : [besideRow(`${what}: ours / the fastest peer`, medians, `${figure}Ms`, peers, 1)]),
    ...figureRows(medians, servers, `${figure}Ms`, 'ms', ', until all are synced'),
    ...figureRows(medians, servers, `${figure}CpuMs`, 'ms', ', CPU of the server'),
  ]);
  const title = `${clients} clients come back to ${clients} sessions of ${bytes / 1_000} KB at once`;
  return { title, rows: [...rows, turnRow(medians, 'in a storm')] };
}

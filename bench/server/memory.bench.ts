// What sessions keep in a server's memory while they are open and nothing happens, and what is left
// of them when everybody is gone.

import { absoluteRow, countRow, type Row, type Table } from '../table.ts';
import { documentServers, type Name } from './contestants.ts';
import type { SizesOf } from './load.ts';
import { figureRows, turnRow } from './rows.ts';
import { inTurns } from './sample.ts';

export interface Sizes extends SizesOf<'idle'> {
  readonly servers: readonly Name[];
  readonly rounds: number;
}

/** Only to see that it runs, on what is there without an installation. */
export const tiny: Sizes = {
  servers: ['holdfast'],
  rounds: 1,
  sessions: 3,
  bytes: 2_000,
  openMs: 1,
  closedMs: 1,
};

const full: Sizes = {
  servers: documentServers,
  rounds: 1,
  sessions: 5_000,
  bytes: 5_000,
  openMs: 3_000,
  closedMs: 30_000,
};

export const quick: Sizes = { ...full, sessions: 1_000 };

export async function bench(sizes: Sizes = full): Promise<Table> {
  const { servers, rounds, sessions } = sizes;
  const medians = await inTurns(servers, rounds, 'idle', sizes);
  const ours = (figure: string): number => medians('holdfast', figure);
  const rows: readonly Row[] = [
    absoluteRow('an open, idle session: RSS over that of the start', ours('rssKb'), 'KB', 32),
    ...figureRows(medians, servers, 'rssKb', 'KB', ', RSS'),
    ...figureRows(medians, servers, 'heapKb', 'KB', ', heap and buffers'),
    countRow('all closed again: heap / heap at the start', ours('closedRatio'), 1.1),
    absoluteRow('  what each session leaves in the heap', ours('closedKb'), 'KB', 1),
    ...figureRows(medians, servers, 'closedKb', 'KB', ', left in the heap'),
    ...figureRows(medians, servers, 'openMs', 'ms', ', CPU to open one'),
    turnRow(medians, 'opening and closing them'),
  ];
  return { title: `${sessions} open sessions with a document of 5 KB`, rows };
}

// What a server costs that many people use at once, each at the pace of a model, and how long a
// token takes from its writer to its readers; and how long it takes to be told durable.

import { absoluteRow, type Row, type Table } from '../table.ts';
import { allServers, type Name } from './contestants.ts';
import type { SizesOf } from './load.ts';
import { besideRow, figureRows, turnRow } from './rows.ts';
import { inTurns } from './sample.ts';

export interface Sizes extends SizesOf<'steady'> {
  readonly servers: readonly Name[];
  readonly rounds: number;
}

/** Only to see that it runs, on what is there without an installation. */
export const tiny: Sizes = {
  servers: ['holdfast', 'raw ws'],
  rounds: 1,
  sessions: 2,
  subscribers: 2,
  tokensPerS: 50,
  warmupMs: 50,
  measuredMs: 200,
  barrierMs: 100,
};

const full: Sizes = {
  servers: allServers,
  rounds: 3,
  sessions: 100,
  subscribers: 2,
  tokensPerS: 50,
  warmupMs: 3_000,
  measuredMs: 10_000,
  barrierMs: 5_000,
};

export const quick: Sizes = { ...full, rounds: 1, measuredMs: 4_000, barrierMs: 3_000 };

export async function bench(sizes: Sizes = full): Promise<Table> {
  const { servers, rounds, sessions, subscribers, tokensPerS } = sizes;
  const medians = await inTurns(servers, rounds, 'steady', sizes);
  const documents = servers.filter((name) => name !== 'raw ws' && name !== 'holdfast');
  const ours = (figure: string): number => medians('holdfast', figure);
  const rows: readonly Row[] = [
    besideRow('CPU per delivery: ours / raw ws', medians, 'cpuUs', ['raw ws'], 1.6),
    ...(documents.length === 0
      ? []
      : [besideRow('  ours / the best Yjs server', medians, 'cpuUs', documents, 0.8)]),
    ...figureRows(medians, servers, 'cpuUs', 'us'),
    absoluteRow('sent to seen: p50', ours('p50Ms'), 'ms', 1.5),
    absoluteRow('sent to seen: p99', ours('p99Ms'), 'ms', 15),
    ...figureRows(medians, servers, 'p50Ms', 'ms', ', p50'),
    ...figureRows(medians, servers, 'p99Ms', 'ms', ', p99'),
    absoluteRow('sent to durable, under this load: p95', ours('barrierP95Ms'), 'ms', 100),
    absoluteRow('sent to durable, under this load: p99', ours('barrierP99Ms'), 'ms', 250),
    turnRow(medians, 'under this load'),
  ];
  const load = `${sessions} sessions of ${subscribers} readers, ${tokensPerS} tokens/s each`;
  return { title: load, rows };
}

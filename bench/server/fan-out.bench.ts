// What a token costs the server that passes it on, when a writer streams as fast as it can: to a
// crowd, where the sending counts, and to one, where the taking does. Ours has it on disk before
// anybody is shown it; nobody else here stores anything.

import type { Row, Table } from '../table.ts';
import { allServers, type Name } from './contestants.ts';
import { besideRow, figureRows, turnRow } from './rows.ts';
import { inTurns } from './sample.ts';

export interface Sizes {
  readonly servers: readonly Name[];
  readonly rounds: number;
  readonly crowd: number;
  /** Tokens that count, sent to the crowd and to one. */
  readonly tokensToCrowd: number;
  readonly tokensToOne: number;
  readonly warmup: number;
}

/** Only to see that it runs, on what is there without an installation. */
export const tiny: Sizes = {
  servers: ['holdfast', 'raw ws'],
  rounds: 1,
  crowd: 2,
  tokensToCrowd: 60,
  tokensToOne: 60,
  warmup: 10,
};

const full: Sizes = {
  servers: allServers,
  rounds: 5,
  crowd: 100,
  tokensToCrowd: 5_000,
  tokensToOne: 20_000,
  warmup: 3_000,
};

export const quick: Sizes = { ...full, rounds: 1, tokensToCrowd: 2_000, tokensToOne: 8_000 };

const WINDOW = 50;

export async function bench(sizes: Sizes = full): Promise<Table> {
  const { crowd, tokensToCrowd, tokensToOne } = sizes;
  const rows = [
    ...(await rowsFor(sizes, crowd, tokensToCrowd, { raw: 0.15, hocuspocus: 0.35 })),
    ...(await rowsFor(sizes, 1, tokensToOne, { raw: 1.5, hocuspocus: 0.25 })),
  ];
  return { title: 'A token passed on at full rate: CPU of the server per delivery', rows };
}

interface Marks {
  readonly raw: number;
  readonly hocuspocus: number;
}

async function rowsFor(
  { servers, rounds, warmup }: Sizes,
  subscribers: number,
  tokens: number,
  marks: Marks,
): Promise<readonly Row[]> {
  const sizes = { subscribers, tokens, warmup, window: WINDOW };
  const medians = await inTurns(servers, rounds, 'stream', sizes);
  const crowd = subscribers === 1 ? '1 subscriber' : `${subscribers} subscribers`;
  return [
    besideRow(`1 writer, ${crowd}: ours / raw ws`, medians, 'cpuUs', ['raw ws'], marks.raw),
    ...(servers.includes('hocuspocus')
      ? [
          besideRow(
            `1 writer, ${crowd}: ours / hocuspocus`,
            medians,
            'cpuUs',
            ['hocuspocus'],
            marks.hocuspocus,
          ),
        ]
      : []),
    ...figureRows(medians, servers, 'cpuUs', 'us'),
    ...figureRows(medians, servers, 'deliveriesPerS', '/s', ', deliveries'),
    turnRow(medians, crowd),
  ];
}

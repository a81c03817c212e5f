// Rows that all tables of the servers have: ours beside a peer, the figure of each server, and how
// long ours let others wait.

import { absoluteRow, plainRow, ratioRow, type Row } from '../table.ts';
import type { Name } from './contestants.ts';
import type { Medians } from './sample.ts';

const TURN_MS_MAX = 20;

/** Ours beside one peer, or beside the best of several. */
export function besideRow(
  what: string,
  medians: Medians,
  figure: string,
  peers: readonly Name[],
  atMost: number,
): Row {
  const best = Math.min(...peers.map((name) => medians(name, figure)));
  return ratioRow(what, medians('holdfast', figure), best, atMost);
}

/** The same figure of every server. */
export function figureRows(
  medians: Medians,
  names: readonly Name[],
  figure: string,
  unit: string,
  what = '',
): readonly Row[] {
  return names.map((name) => plainRow(`  ${name}${what}`, medians(name, figure), unit));
}

export function turnRow(medians: Medians, what: string): Row {
  return absoluteRow(
    `longest turn of our server, ${what} (CPU)`,
    medians('holdfast', 'turnMs'),
    'ms',
    TURN_MS_MAX,
  );
}

// What a long run has proved, for docs/LEDGER.md. A test says it when it has done it, never
// before; `npm run soak` writes down what its passed steps said (tools/ledger.ts).

import { appendFileSync } from 'node:fs';

/** So many of these happened, and none went wrong. `seeds` says how to see them again. */
export function proved(what: string, count: number, seeds: string): void {
  const path = process.env['HOLDFAST_LEDGER'];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify({ what, count, seeds })}\n`);
}

/** The seeds of worlds that were tried one after another. */
export const seedsFrom = (first: number, tried: readonly unknown[] | number): string => {
  const length = typeof tried === 'number' ? tried : tried.length;
  return `seeds ${first} to ${first + length - 1}`;
};

// Whether a document has all that an update stands on. Yjs takes an update that stands on what is
// missing, holds it back, and lets it in with whatever brings what was missing, as words of who
// brought that: what this device wrote would then be taken for words of the server, and sent to
// nobody. So what this device wrote is given to a document only when it can stand there.

import { syncAnswerBudget } from '../../protocol/limits.ts';
import { NONE, type Struct } from '../../protocol/struct.ts';
import { readUpdate } from '../../protocol/update.ts';

/** `known`: of each client, the clock from which on the document has nothing. */
export function standsOn(update: Uint8Array, known: (client: number) => number): boolean {
  const read = readUpdate(update, syncAnswerBudget);
  // What cannot be read is for the document to judge.
  if (!read.ok) return true;
  const structs = read.structs.filter(({ kind }) => kind !== 'skip');
  const ends = new Map<number, number>();
  const endOf = (client: number): number => ends.get(client) ?? known(client);
  for (const { client, clock, length } of structs) {
    if (clock > endOf(client)) return false;
    ends.set(client, Math.max(endOf(client), clock + length));
  }
  const isThere = (client: number, clock: number): boolean =>
    client === NONE || clock < endOf(client);
  const stands = (struct: Struct): boolean =>
    isThere(struct.originClient, struct.originClock) &&
    isThere(struct.rightClient, struct.rightClock) &&
    isThere(struct.parentClient, struct.parentClock);
  const isSound = structs.every(stands);
  return isSound && read.ranges.every((range) => range.clock + range.length <= endOf(range.client));
}

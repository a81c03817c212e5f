// Which structs of an update stand under a key, found without a document: those that name one, and
// those whose origin does. The update must hold all that it refers to, or what it lacks is no key.

import type { Meaning } from './yjs-reading.ts';

const split = (id: string): readonly number[] => id.split(':').map(Number);

function holds(struct: Meaning, id: string): boolean {
  const [client, clock = 0] = split(id);
  const [own, begin = 0] = split(struct.id);
  return own === client && clock >= begin && clock < begin + struct.length;
}

/** Whether the struct stands under a key. Structs may refer to one another in a circle. */
export function isKeyed(structs: readonly Meaning[], struct: Meaning): boolean {
  const seen = new Set<Meaning>();
  let at: Meaning | undefined = struct;
  while (at !== undefined && !seen.has(at)) {
    if (at.key !== null) return true;
    seen.add(at);
    const origin: string | null = at.origin;
    at = origin === null ? undefined : structs.find((other) => holds(other, origin));
  }
  return false;
}

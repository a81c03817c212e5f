// How far an update brings its reader: the clock that the writer's lane has after it. Tokens are
// counted by it, so that a server that sends five as one update has delivered five. Nearly all
// updates are appends, alone or fused or one behind the other, and are read here without
// allocating; any other is left to Yjs.

import * as Y from 'yjs';

const APPEND = 0x84;

let at = 0;

function varUint(bytes: Uint8Array): number {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}

/** The clock of `client` after the update, or 0 where it does not write under it. */
export function clockAfter(update: Uint8Array, client: number): number {
  return quickly(update, client) ?? Y.parseUpdateMeta(update).to.get(client) ?? 0;
}

function quickly(update: Uint8Array, client: number): number | undefined {
  if (update[0] !== 1) return undefined;
  at = 1;
  const structs = varUint(update);
  if (varUint(update) !== client) return undefined;
  let clock = varUint(update);
  for (let struct = 0; struct < structs; struct += 1) {
    if (update[at++] !== APPEND) return undefined;
    varUint(update);
    varUint(update);
    const end = varUint(update) + at;
    for (; at < end; at += 1) {
      const byte = update[at] ?? 0;
      // A character begins with any byte but 10xxxxxx, and takes two units from four bytes on.
      if ((byte & 0xc0) !== 0x80) clock += byte >= 0xf0 ? 2 : 1;
    }
  }
  return clock;
}

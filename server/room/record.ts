// What a room writes to the log: the updates of one commit in their order, and to whom
// clients were bound by them, because nothing that is in a document says so. The snapshot
// that a compaction leaves is of the same form: all updates, and all bindings.
//
//   format | count (client owner)* | count (size update)*

import { ByteCursor } from '../../src/protocol/byte-cursor.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { textOf } from '../../src/protocol/utf8.ts';

const FORMAT = 1;

export interface Binding {
  readonly client: number;
  /** A principal; the empty word is the server itself. */
  readonly owner: string;
}

export interface RoomRecord {
  readonly bindings: readonly Binding[];
  readonly updates: readonly Uint8Array[];
}

export function encodeRoomRecord({ bindings, updates }: RoomRecord): Uint8Array {
  const size = updates.reduce((sum, { length }) => sum + length + 8, 16);
  const out = new ByteWriter(size + bindings.length * 40);
  out.varUint(FORMAT);
  out.varUint(bindings.length);
  for (const { client, owner } of bindings) {
    out.varUint(client);
    out.text(owner);
  }
  out.varUint(updates.length);
  for (const update of updates) out.sized(update);
  return out.finish();
}

/** The updates are views of the bytes. Undefined where they are no record of this format. */
export function decodeRoomRecord(bytes: Uint8Array): RoomRecord | undefined {
  const cursor = new ByteCursor(bytes);
  if (cursor.varUint() !== FORMAT) return undefined;
  const bindings = Array.from({ length: cursor.count(2) }, () => readBinding(cursor));
  const updates = Array.from({ length: cursor.count(1) }, () => {
    const start = cursor.sized();
    return bytes.subarray(start, cursor.at);
  });
  const isWhole = cursor.fault === undefined && cursor.left === 0;
  return isWhole ? { bindings, updates } : undefined;
}

function readBinding(cursor: ByteCursor): Binding {
  const client = cursor.varUint();
  cursor.text();
  const owner = cursor.fault === undefined ? textOf(cursor.bytes, cursor.textStart, cursor.at) : '';
  return { client, owner };
}

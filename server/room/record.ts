// What a room writes to the log: the updates of one commit in their order, and to whom
// clients were bound by them, because nothing that is in a document says so. The snapshot
// that a compaction leaves is of the same form: all updates, and all bindings.
//
//   1 | count (client owner)* | count (size update)*
//   2 | count (client owner (0 | 1 run epoch))* | count (size update)*        where there are lanes

import { ByteCursor } from '../../src/protocol/byte-cursor.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { textOf } from '../../src/protocol/utf8.ts';

const PLAIN = 1;
const WITH_LANES = 2;

export interface Binding {
  readonly client: number;
  /** A principal; the empty word is the server itself. */
  readonly owner: string;
  /** Of a lane, the claim for which it was granted; an empty run where that has ended well. */
  readonly lane?: LaneOf | undefined;
}

export interface LaneOf {
  readonly run: string;
  readonly epoch: number;
}

export interface RoomRecord {
  readonly bindings: readonly Binding[];
  readonly updates: readonly Uint8Array[];
}

export function encodeRoomRecord({ bindings, updates }: RoomRecord): Uint8Array {
  const hasLanes = bindings.some(({ lane }) => lane !== undefined);
  const size = updates.reduce((sum, { length }) => sum + length + 8, 16);
  const out = new ByteWriter(size + bindings.length * (hasLanes ? 80 : 40));
  out.varUint(hasLanes ? WITH_LANES : PLAIN);
  out.varUint(bindings.length);
  for (const { client, owner, lane } of bindings) {
    out.varUint(client);
    out.text(owner);
    if (!hasLanes) continue;
    out.varUint(lane === undefined ? 0 : 1);
    if (lane === undefined) continue;
    out.text(lane.run);
    out.varUint(lane.epoch);
  }
  out.varUint(updates.length);
  for (const update of updates) out.sized(update);
  return out.finish();
}

/** The updates are views of the bytes. Undefined where they are no record of this format. */
export function decodeRoomRecord(bytes: Uint8Array): RoomRecord | undefined {
  const cursor = new ByteCursor(bytes);
  const format = cursor.varUint();
  if (format !== PLAIN && format !== WITH_LANES) return undefined;
  const count = cursor.count(format === PLAIN ? 2 : 3);
  const bindings = Array.from({ length: count }, () => readBinding(cursor, format));
  const updates = Array.from({ length: cursor.count(1) }, () => {
    const start = cursor.sized();
    return bytes.subarray(start, cursor.at);
  });
  const isWhole = cursor.fault === undefined && cursor.left === 0;
  return isWhole ? { bindings, updates } : undefined;
}

function readBinding(cursor: ByteCursor, format: number): Binding {
  const client = cursor.varUint();
  const owner = readText(cursor);
  if (format === PLAIN || cursor.varUint() === 0) return { client, owner };
  return { client, owner, lane: { run: readText(cursor), epoch: cursor.varUint() } };
}

function readText(cursor: ByteCursor): string {
  cursor.text();
  return cursor.fault === undefined ? textOf(cursor.bytes, cursor.textStart, cursor.at) : '';
}

// Divides an update that is larger than a frame may be: into updates within the bounds of the
// wire, in an order in which each finds what it hangs on already there, so that the server is
// never left with a gap; deletions come last. What hangs on words that this device does not
// have either cannot stand anywhere, and is left out: its writer brings it.

import { type UpdateBudget, updateBudget } from '../../protocol/limits.ts';
import { type DeleteRange, NONE, type Struct } from '../../protocol/struct.ts';
import { splitStruct } from '../../protocol/struct-split.ts';
import { UpdateReader } from '../../protocol/update-reader.ts';
import { type Run, writeUpdate } from '../../protocol/update.ts';
import { connectionLimits } from './limits.ts';

/** Fewer bytes than this cannot exceed any other bound of an update. */
const SMALL_BYTES = 3 * updateBudget.clientsMax;

const anything: UpdateBudget = {
  bytesMax: Infinity,
  structsMax: Infinity,
  clientsMax: Infinity,
  rangesMax: Infinity,
  typesMax: Infinity,
};

interface Piece {
  readonly clock: number;
  /** The clock behind it. */
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly isType: boolean;
  /** What has to be there before it, as client, clock, client, clock. */
  readonly needs: readonly number[];
}

/** The pieces of one client, in order of their clocks. */
interface Queue {
  readonly client: number;
  readonly pieces: Piece[];
  /** How many were placed. */
  at: number;
  /** Its next piece can never be placed. */
  isStuck: boolean;
}

export interface Divided {
  /** Of structs alone. */
  readonly updates: readonly Uint8Array[];
  readonly ranges: readonly DeleteRange[];
}

/** Whether an update may be sent as it is. */
export function fitsFrame(update: Uint8Array): boolean {
  if (update.length <= SMALL_BYTES) return true;
  const reader = new UpdateReader(update);
  while (reader.nextRange());
  return reader.refusal === undefined;
}

/**
 * The parts of an update, or undefined of bytes that are none. `known`: the clocks that the
 * receiver has; missing where it has all that is not in the update.
 */
export function divideUpdate(
  update: Uint8Array,
  known?: ReadonlyMap<number, number>,
): Divided | undefined {
  const reader = new UpdateReader(update, anything);
  const queues = new Map<number, Queue>();
  while (reader.nextStruct()) {
    if (reader.kind !== 'skip') queuePieces(queues, update, reader);
  }
  const ranges: DeleteRange[] = [];
  while (reader.nextRange()) {
    ranges.push({ client: reader.client, clock: reader.clock, length: reader.length });
  }
  if (reader.refusal !== undefined) return undefined;
  return { updates: inOrder(queues, known), ranges };
}

/** The same as updates only. One that cannot be read stays what it is, for the server to judge. */
export function boundedUpdates(update: Uint8Array): readonly Uint8Array[] {
  if (fitsFrame(update)) return [update];
  const divided = divideUpdate(update);
  if (divided === undefined) return [update];
  return [...divided.updates, ...rangeUpdates(divided.ranges)];
}

function rangeUpdates(ranges: readonly DeleteRange[]): readonly Uint8Array[] {
  const updates: Uint8Array[] = [];
  let open: DeleteRange[] = [];
  let clients = new Set<number>();
  const close = (): void => {
    if (open.length > 0) updates.push(writeUpdate([], open));
    open = [];
    clients = new Set();
  };
  for (const range of ranges) {
    const isFull = open.length === updateBudget.rangesMax;
    const isCrowded = clients.size === updateBudget.clientsMax && !clients.has(range.client);
    if (isFull || isCrowded) close();
    open.push(range);
    clients.add(range.client);
  }
  close();
  return updates;
}

function queuePieces(queues: Map<number, Queue>, update: Uint8Array, struct: Struct): void {
  const { client } = struct;
  const queue = queues.get(client) ?? { client, pieces: [], at: 0, isStuck: false };
  queues.set(client, queue);
  const end = struct.clock + struct.length;
  const isType = struct.kind === 'array' || struct.kind === 'map' || struct.kind === 'text';
  const parts =
    struct.rightClient === NONE
      ? splitStruct(update, struct, connectionLimits.pieceBytesMax)
      : [{ clock: struct.clock, bytes: update.subarray(struct.start, struct.end) }];
  parts.forEach(({ clock, bytes }, at) => {
    const needs = at === 0 ? needsOf(struct) : [];
    queue.pieces.push({ clock, end: parts[at + 1]?.clock ?? end, bytes, isType, needs });
  });
}

function needsOf(struct: Struct): readonly number[] {
  const needs: number[] = [];
  const { client, originClient, rightClient, parentClient } = struct;
  if (originClient !== NONE && originClient !== client) {
    needs.push(originClient, struct.originClock);
  }
  if (rightClient !== NONE && rightClient !== client) needs.push(rightClient, struct.rightClock);
  if (parentClient !== NONE && parentClient !== client) {
    needs.push(parentClient, struct.parentClock);
  }
  return needs;
}

/** Client by client, but what a piece hangs on first. */
function inOrder(
  queues: ReadonlyMap<number, Queue>,
  known: ReadonlyMap<number, number> | undefined,
): readonly Uint8Array[] {
  const chunks = new Chunks();
  for (const first of queues.values()) {
    const path = [{ queue: first, until: Infinity }];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { queue, until } = step;
      const piece = queue.pieces[queue.at];
      if (piece === undefined || queue.isStuck || frontier(queue) > until) {
        path.pop();
        continue;
      }
      const missing = missingOf(queue, piece, queues, known);
      if (missing === undefined) {
        chunks.add(queue.client, piece);
        queue.at++;
      } else if (missing === 'nowhere' || path.some((one) => one.queue === missing.queue)) {
        queue.isStuck = true;
      } else path.push(missing);
    }
  }
  return chunks.finish();
}

/** The clock behind what was placed of it. */
const frontier = ({ pieces, at }: Queue): number => pieces[at - 1]?.end ?? pieces[0]?.clock ?? 0;

type Missing = { readonly queue: Queue; readonly until: number } | 'nowhere' | undefined;

/** What has to be placed before a piece can be. */
function missingOf(
  own: Queue,
  piece: Piece,
  queues: ReadonlyMap<number, Queue>,
  known: ReadonlyMap<number, number> | undefined,
): Missing {
  // Behind a hole, or beyond what the receiver has.
  const reached =
    own.at === 0 && known !== undefined ? (known.get(own.client) ?? 0) : frontier(own);
  if (piece.clock > reached) return 'nowhere';
  for (let at = 0; at < piece.needs.length; at += 2) {
    const client = piece.needs[at] ?? 0;
    const clock = piece.needs[at + 1] ?? 0;
    const queue = queues.get(client);
    const start = queue?.pieces[0]?.clock ?? Infinity;
    if (queue === undefined || clock < start) {
      if (known !== undefined && (known.get(client) ?? 0) <= clock) return 'nowhere';
    } else if (clock >= frontier(queue)) {
      const isThere = !queue.isStuck && clock < (queue.pieces.at(-1)?.end ?? 0);
      return isThere ? { queue, until: clock } : 'nowhere';
    }
  }
  return undefined;
}

/** Gathers pieces into updates as large as they may be. */
class Chunks {
  #updates: Uint8Array[] = [];
  #runs = new Map<number, { clock: number; end: number; slices: Uint8Array[] }>();
  #bytes = 0;
  #structs = 0;
  #types = 0;

  add(client: number, piece: Piece): void {
    if (!this.#hasRoom(client, piece)) this.#close();
    const run = this.#runs.get(client) ?? { clock: piece.clock, end: piece.clock, slices: [] };
    this.#runs.set(client, run);
    run.slices.push(piece.bytes);
    run.end = piece.end;
    this.#bytes += piece.bytes.length;
    this.#structs++;
    if (piece.isType) this.#types++;
  }

  finish(): readonly Uint8Array[] {
    this.#close();
    return this.#updates;
  }

  #hasRoom(client: number, { clock, bytes, isType }: Piece): boolean {
    const run = this.#runs.get(client);
    if (run === undefined && this.#runs.size === updateBudget.clientsMax) return false;
    if (run !== undefined && run.end !== clock) return false;
    if (this.#structs === updateBudget.structsMax) return false;
    if (isType && this.#types === updateBudget.typesMax) return false;
    return this.#bytes + bytes.length <= connectionLimits.chunkBytesMax;
  }

  #close(): void {
    if (this.#structs === 0) return;
    const runs: Run[] = [...this.#runs].map(([client, { clock, slices }]) => ({
      client,
      clock,
      count: slices.length,
      slices,
    }));
    this.#updates.push(writeUpdate(runs));
    this.#runs.clear();
    this.#bytes = 0;
    this.#structs = 0;
    this.#types = 0;
  }
}

// What goes up one socket, and what is known of how far it got. It stands between the stock
// provider and the socket: the provider's updates of one turn leave as one frame, what is too
// large leaves in parts, and nothing leaves faster than the socket takes it.
//
//     provider ── update ──▶ turn ── merged, bounded ──▶ queue ──▶ socket
//         '── answer to the server's SyncStep1 ── bounded ──▶ '     '── barrier behind the last
//
// Until that answer nothing is sent: the answer holds all that there is. It is also what makes
// positions true, so a barrier that counts comes after it, one at a time. Once the server has
// refused something it echoes no barrier on this connection, and none is awaited.

import * as Y from 'yjs';
import type { Clock } from '../../base/clock.ts';
import { ByteCursor } from '../../protocol/byte-cursor.ts';
import { ByteWriter } from '../../protocol/byte-writer.ts';
import { encodeFrame, frameTypes, syncKinds } from '../../protocol/frame.ts';
import { readStateVector } from '../../protocol/state-vector.ts';
import { writeUpdate } from '../../protocol/update.ts';
import { connectionLimits } from './limits.ts';
import type { SocketLine } from './socket.ts';
import { boundedUpdates, divideUpdate, fitsFrame } from './upload.ts';

export interface UplinkParts {
  readonly clock: Clock;
  readonly line: SocketLine;
  /** How many writes of this tab are in the document now. */
  readonly position: () => number;
  /** All of this tab's writes up to here were handed to the socket. */
  readonly sent: (position: number) => void;
  /** All of this tab's writes up to here are durable on the server. */
  readonly durable: (position: number) => void;
}

interface Waiting {
  readonly frame: Uint8Array;
  /** What was handed over when this one was; undefined where it is not the last of its turn. */
  readonly position: number | undefined;
}

interface Barrier {
  readonly number: number;
  /** Undefined of one that only asks whether anybody is there. */
  readonly position: number | undefined;
}

export class Uplink {
  #parts: UplinkParts;
  #queue: Waiting[] = [];
  /** Updates of the provider that no frame holds yet. */
  #turn: Uint8Array[] = [];
  #isFlushing = false;
  #stopLooking: (() => void) | undefined;
  /** What the server has, by its last question. */
  #known: ReadonlyMap<number, number> | undefined;
  #isAnswered = false;
  #isRefused = false;
  #isOver = false;
  /** -1: nothing that counts. */
  #sent = -1;
  #durable: number;
  #barrier: Barrier | undefined;
  #barriers = 0;

  /** `durable`: what was known to be, by an earlier connection. */
  constructor(parts: UplinkParts, durable: number) {
    this.#parts = parts;
    this.#durable = durable;
  }

  /** Bytes that wait to be taken by the network. */
  get backlog(): number {
    return this.#parts.line.backlog;
  }

  /** Takes a frame of the provider. */
  take(frame: Uint8Array): void {
    if (this.#isOver) return;
    const cursor = new ByteCursor(frame);
    const type = cursor.varUint();
    const kind = type === frameTypes.sync ? cursor.varUint() : -1;
    if (kind !== syncKinds.update && kind !== syncKinds.step2) {
      return this.#parts.line.send(frame);
    }
    const payload = frame.subarray(cursor.sized(), cursor.at);
    if (kind === syncKinds.step2) this.#answer(frame, payload);
    else if (this.#isAnswered) this.#gather(payload);
  }

  /** Looks at a frame of the server before the provider does. */
  hear(frame: Uint8Array): void {
    if (frame[0] !== frameTypes.sync || frame[1] !== syncKinds.step1) return;
    const cursor = new ByteCursor(frame.subarray(2));
    const vector = readStateVector(cursor.bytes.subarray(cursor.sized(), cursor.at));
    this.#known = vector.ok ? vector.clocks : undefined;
  }

  /** The server sent a barrier back. */
  echoed(mark: Uint8Array): void {
    const barrier = this.#barrier;
    if (barrier === undefined || new ByteCursor(mark).varUint() !== barrier.number) return;
    this.#barrier = undefined;
    const { position } = barrier;
    if (position !== undefined && position > this.#durable) {
      this.#durable = position;
      this.#parts.durable(position);
    }
    this.#confirm();
  }

  /** The server refused an update: nothing on this connection is said to be durable any more. */
  refused(): void {
    this.#isRefused = true;
    this.#barrier = undefined;
  }

  /** Puts a frame of ours behind all updates that were taken before. */
  say(frame: Uint8Array): void {
    if (this.#isOver) return;
    this.#flush();
    this.#queue.push({ frame, position: undefined });
    this.#pump();
  }

  /** Makes the server say something. False: it would not. */
  probe(): boolean {
    if (this.#isRefused || this.#isOver) return false;
    if (this.#barrier === undefined) this.#place(undefined);
    return true;
  }

  /** The socket is gone. */
  end(): void {
    this.#isOver = true;
    this.#queue = [];
    this.#turn = [];
    this.#stopLooking?.();
  }

  /** All that there is and the server lacks: what waited is in it. */
  #answer(frame: Uint8Array, update: Uint8Array): void {
    this.#isAnswered = true;
    this.#turn = [];
    this.#queue = [];
    const frames = fitsFrame(update) ? [frame] : this.#parted(frame, update);
    this.#enqueue(frames);
  }

  #parted(frame: Uint8Array, update: Uint8Array): readonly Uint8Array[] {
    const divided = divideUpdate(update, this.#known);
    if (divided === undefined) return [frame];
    const last = encodeFrame({ type: 'sync-step-2', update: writeUpdate([], divided.ranges) });
    return [...divided.updates.map(updateFrame), last];
  }

  #gather(update: Uint8Array): void {
    this.#turn.push(update);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    // What waits behind a slow network is merged with what comes meanwhile.
    if (this.#isOver || this.#turn.length === 0 || this.#queue.length > 0) return;
    if (this.#isFull) return this.#lookLater();
    const updates = this.#turn;
    this.#turn = [];
    const [first] = updates;
    const merged = updates.length === 1 && first ? first : Y.mergeUpdates(updates);
    this.#enqueue(boundedUpdates(merged).map(updateFrame));
  }

  /** Frames after which everything that is in the document now was handed over. */
  #enqueue(frames: readonly Uint8Array[]): void {
    const position = this.#parts.position();
    frames.forEach((frame, at) => {
      this.#queue.push({ frame, position: at === frames.length - 1 ? position : undefined });
    });
    this.#pump();
  }

  #pump(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (this.#isOver || !this.#parts.line.isOpen) return;
      if (this.#isFull) return this.#lookLater();
      this.#queue.shift();
      this.#parts.line.send(next.frame);
      if (next.position !== undefined) this.#handed(next.position);
    }
    this.#confirm();
  }

  get #isFull(): boolean {
    return this.backlog > connectionLimits.backlogBytesMax;
  }

  #lookLater(): void {
    this.#stopLooking?.();
    this.#stopLooking = this.#parts.clock.after(connectionLimits.backlogLookMs, () => {
      this.#pump();
      this.#flush();
    });
  }

  #handed(position: number): void {
    if (position <= this.#sent) return;
    this.#sent = position;
    this.#parts.sent(position);
  }

  /** Asks whether what was handed over is durable, unless it is asked already. */
  #confirm(): void {
    const isDue = this.#isAnswered && !this.#isRefused && !this.#isOver && this.#queue.length === 0;
    if (isDue && this.#barrier === undefined && this.#sent > this.#durable) this.#place(this.#sent);
  }

  #place(position: number | undefined): void {
    this.#barrier = { number: ++this.#barriers, position };
    const mark = numberMark(this.#barriers);
    this.#parts.line.send(encodeFrame({ type: 'barrier', mark }));
  }
}

const updateFrame = (update: Uint8Array): Uint8Array => encodeFrame({ type: 'update', update });

function numberMark(value: number): Uint8Array {
  const out = new ByteWriter();
  out.varUint(value);
  return out.finish();
}

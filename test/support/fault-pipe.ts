// One direction of a connection through the fault proxy: bytes go in, wait as long as the
// pace says, and come out in their order. What waits is bounded, so a slow network pushes
// back on its sender as a real one does.

import type { Socket } from 'node:net';
import type { Clock } from '../../src/base/clock.ts';

export interface Pace {
  /** Each byte comes so much later. */
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}

interface PipeOptions {
  readonly clock: Clock;
  readonly pace: Pace;
  /** How many of so many bytes may pass; the rest is lost, as after a cut. */
  readonly admit: (bytes: number) => number;
}

interface Chunk {
  bytes: Buffer;
  /** Its delay is over. */
  isRipe: boolean;
}

const WAITING_BYTES_MAX = 64 * 1024;
/** How long a slice of a throttled stream is. */
const SLICE_MS = 20;

export class Pipe {
  pace: Pace;
  #from: Socket;
  #to: Socket;
  #clock: Clock;
  #admit: (bytes: number) => number;
  #waiting: Chunk[] = [];
  #bytes = 0;
  #isThrottled = false;
  #isSilent = false;
  #isEnding = false;
  #isFinished = false;
  #drained: (() => void) | undefined;

  constructor(from: Socket, to: Socket, { clock, pace, admit }: PipeOptions) {
    this.pace = pace;
    this.#from = from;
    this.#to = to;
    this.#clock = clock;
    this.#admit = admit;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.once('end', () => {
      this.#isEnding = true;
      this.#pass();
    });
    to.on('drain', () => this.#flow());
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** From now on takes and forgets everything, the end of the stream too. */
  silence(): void {
    this.#isSilent = true;
    this.#waiting = [];
    this.#bytes = 0;
    this.#flow();
  }

  /** Takes nothing more behind what it is just taking, and calls back when all of that is passed on. */
  finish(callback: () => void): void {
    this.#isFinished = true;
    this.#drained = callback;
    queueMicrotask(() => this.#pass());
  }

  #take(chunk: Buffer): void {
    if (this.#isSilent || this.#isFinished) return;
    const bytes = chunk.subarray(0, this.#admit(chunk.length));
    if (bytes.length === 0) return;
    const waiting = { bytes, isRipe: this.pace.delayMs === 0 };
    this.#waiting.push(waiting);
    this.#bytes += bytes.length;
    this.#flow();
    if (waiting.isRipe) this.#pass();
    else this.#clock.after(this.pace.delayMs, () => this.#ripen(waiting));
  }

  #ripen(chunk: Chunk): void {
    chunk.isRipe = true;
    this.#pass();
  }

  /** Writes what is ripe, in order, as fast as the pace allows. */
  #pass(): void {
    for (let chunk = this.#waiting[0]; chunk !== undefined; chunk = this.#waiting[0]) {
      if (!chunk.isRipe || this.#isThrottled || this.#isSilent) break;
      const slice = this.#slice(chunk.bytes.length);
      this.#to.write(chunk.bytes.subarray(0, slice));
      this.#bytes -= slice;
      if (slice < chunk.bytes.length) chunk.bytes = chunk.bytes.subarray(slice);
      else this.#waiting.shift();
      if (this.pace.bytesPerSecond !== Infinity) this.#rest(slice);
    }
    this.#flow();
    if (this.#waiting.length > 0 || this.#isSilent) return;
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
    if (this.#isEnding && !this.#isSilent) this.#to.end();
    this.#isEnding = false;
  }

  /** How much may be written at once. */
  #slice(bytes: number): number {
    const { bytesPerSecond } = this.pace;
    if (bytesPerSecond === Infinity) return bytes;
    return Math.min(bytes, Math.max(1, Math.floor((bytesPerSecond * SLICE_MS) / 1_000)));
  }

  #rest(bytes: number): void {
    this.#isThrottled = true;
    this.#clock.after((bytes / this.pace.bytesPerSecond) * 1_000, () => {
      this.#isThrottled = false;
      this.#pass();
    });
  }

  /** Reads on while there is room. */
  #flow(): void {
    const isFull = this.#bytes > WAITING_BYTES_MAX || this.#to.writableNeedDrain;
    if (isFull && !this.#isSilent) this.#from.pause();
    else this.#from.resume();
  }
}

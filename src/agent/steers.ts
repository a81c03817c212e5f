// The words that people send to a run while it goes on. A steer is a handler's once its ack is
// durable, which names the place and the step that it will affect; from then on its words stand
// in the transcript and wait in no queue. What nobody read when the run ends becomes an ordinary
// prompt: it is never dropped.

import type { Part } from '../session/part.ts';
import type { Seat } from './seat.ts';
import { openSteers, readSteers, type SteerRequest, wordsIn } from './requests.ts';

export interface Steer {
  readonly request: string;
  /** The message that carries the words. */
  readonly message: string;
  readonly by: string;
  /** Its text parts, joined. */
  readonly text: string;
  readonly parts: readonly Part[];
}

export class Steers implements AsyncIterable<Steer> {
  #seat: Seat;
  /** Reading is one at a time: two readers never get one steer twice. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(seat: Seat) {
    this.#seat = seat;
  }

  /** Those that were read, by this holder or a former one, in the order of reading. */
  get read(): readonly Steer[] {
    return readSteers(this.#seat.session.view, this.#seat.hold.run).map((one) =>
      this.#steerOf(one),
    );
  }

  /** All that wait now; none where there are none. */
  async take(): Promise<readonly Steer[]> {
    const taken: Steer[] = [];
    for (let one = await this.#next(); one !== undefined; one = await this.#next()) taken.push(one);
    return taken;
  }

  /** The steers as they come, until the run is stopped or ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Steer, void> {
    const seat = this.#seat;
    for (;;) {
      const steer = await this.#next();
      if (steer !== undefined) {
        yield steer;
        continue;
      }
      if (seat.signal.aborted || !seat.isOpen) return;
      const waiting = seat.until(() => this.#open()[0]?.id);
      const more = await Promise.race([waiting.catch(() => undefined), seat.ended]);
      if (more === undefined) return;
    }
  }

  /** Reads the oldest: acks it, and gives it once that is durable. */
  #next(): Promise<Steer | undefined> {
    const before = this.#turn;
    const read = this.#read(before);
    this.#turn = read.catch(() => undefined);
    return read;
  }

  async #read(before: Promise<unknown>): Promise<Steer | undefined> {
    await before;
    for (;;) {
      const [oldest] = this.#open();
      if (oldest === undefined || this.#seat.signal.aborted || !this.#seat.isOpen) return undefined;
      const { id: request } = oldest;
      this.#answered.add(request);
      const { place } = this.#seat;
      const told = await this.#seat.tell({ do: 'ack', request, state: 'settled', place });
      if (told.ok) return this.#steerOf(oldest);
    }
  }

  /** Acks that were asked for; the document says so a little later. */
  #answered = new Set<string>();

  #open(): readonly SteerRequest[] {
    const { session, hold } = this.#seat;
    return openSteers(session.view, hold.run).filter(({ id }) => !this.#answered.has(id));
  }

  #steerOf({ id, message, by }: SteerRequest): Steer {
    const parts = this.#seat.session.view.messages.get(message)?.parts ?? [];
    return { request: id, message, by, text: wordsIn(parts), parts };
  }
}

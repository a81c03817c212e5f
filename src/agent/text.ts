// Text and reasoning as a handler writes them. Words may come in any cut; they leave as the outlet
// says. A text belongs to the attempt that began it: when a step is tried again, the text of
// the failed attempt is gone and takes no more words.

import type { TextWriter } from '../session/part-writer.ts';
import { agentError } from './error.ts';
import type { Seat } from './seat.ts';
import { each } from './source.ts';

/** What a part needs of where it was begun. */
export interface PartPlace {
  readonly seat: Seat;
  /** Throws where the attempt that it belongs to has failed. */
  readonly admit: () => void;
  /** Called once, when nothing more will be written into it. */
  readonly closed: () => void;
}

export class GrowingText {
  readonly id: string;
  #writer: TextWriter;
  #place: PartPlace;
  #ended: boolean;

  /** `ended`: a former holder had ended it. */
  constructor(writer: TextWriter, place: PartPlace, ended = false) {
    this.id = writer.id;
    this.#writer = writer;
    this.#place = place;
    this.#ended = ended;
  }

  /** UTF-16 units so far, those of a former holder included. */
  get chars(): number {
    return this.#writer.chars;
  }

  /** Whether it is whole. */
  get ended(): boolean {
    return this.#ended || this.#writer.ended;
  }

  /** Adds words. Half a surrogate pair at the end waits for its other half. */
  write(words: string): void {
    if (typeof words !== 'string') {
      throw agentError('bad-input', 'Only text can be written; give strings.', { part: this.id });
    }
    this.#place.admit();
    if (words === '') return;
    if (this.#ended) {
      throw agentError('bad-input', `The text ${this.id} has ended; begin a new one.`, {
        part: this.id,
      });
    }
    const { seat } = this.#place;
    seat.at(this.id, this.#chars);
    for (let at = 0; at < words.length; at += PIECE_CHARS) {
      const piece = words.length <= PIECE_CHARS ? words : words.slice(at, at + PIECE_CHARS);
      this.#writer.append(piece);
      seat.outlet.wrote(piece.length);
    }
  }

  /** Resolves when there is room for more: await it after each `write` of a fast source. */
  room(): Promise<void> {
    const { seat } = this.#place;
    return seat.left(seat.orStopped(seat.outlet.room()));
  }

  /** Writes all that a stream gives, as it comes, and ends. Rejects when the run is stopped. */
  feed(source: AsyncIterable<string> | Iterable<string>): Promise<void> {
    return this.#place.seat.left(this.#feed(source));
  }

  async #feed(source: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const { seat } = this.#place;
    for await (const words of each(source, seat)) {
      this.write(words);
      await this.room();
    }
    this.end();
  }

  /** Says that it is whole. Calling it again does nothing. */
  end(): void {
    if (this.ended) return;
    this.#place.admit();
    this.#writer.end();
    this.#place.closed();
    this.#place.seat.outlet.changed(0);
  }

  #chars = (): number => this.#writer.chars;
}

/** A longer text is written in pieces, each of which fits into an update. */
const PIECE_CHARS = 16_000;

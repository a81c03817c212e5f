// Writing one part of a reply: its keys, and the words of a part that grows. The
// keys are always written under the reply's main lane and the words under the
// part's own, so that a lane that streams writes nothing else between two tokens.

import type { Clock } from '../base/clock.ts';
import type { Json } from '../base/json.ts';
import type { BodyWriter } from './body.ts';
import { sessionError } from './error.ts';
import type { LaneWriter, StructId } from './lane.ts';
import { PART } from './shape.ts';

/** The keys of one stored part. Setting a key again replaces its value. */
export class PartKeys {
  #lane: LaneWriter;
  #map: StructId;
  #held: Map<string, StructId>;

  /** `held` are the keys that the part has already, for a part that somebody else began. */
  constructor(lane: LaneWriter, map: StructId, held: Iterable<readonly [string, StructId]> = []) {
    this.#lane = lane;
    this.#map = map;
    this.#held = new Map(held);
  }

  /** `value` is storable. */
  set(key: string, value: Json): void {
    const before = this.#held.get(key);
    const spot =
      before === undefined ? { first: this.#map, key } : { after: before, keyed: true as const };
    this.#held.set(key, this.#lane.json(value, spot));
  }
}

/** What every part writer shares. */
export interface PartContext {
  readonly id: string;
  readonly keys: PartKeys;
  readonly clock: Clock;
  /** Throws where no more may be written. */
  readonly admit: () => void;
  /**
   * Hands on the words of a part that has its own lane, before a key says that they are
   * whole: the two travel as two updates, and a crash may fall between them.
   */
  readonly wordsFirst: () => void;
}

/** A text or a reasoning that grows. Words are encoded at once and travel with the reply's next flush. */
export class TextWriter {
  readonly id: string;
  #part: PartContext;
  #body: BodyWriter;
  #ended = false;

  constructor(part: PartContext, body: BodyWriter) {
    this.id = part.id;
    this.#part = part;
    this.#body = body;
  }

  /** UTF-16 units written so far: a place in the reply, for an ack. */
  get chars(): number {
    return this.#body.chars;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Takes words in any cut, half surrogate pairs included. Throws `part-state` after `end`. */
  append(text: string): void {
    if (this.#ended) throw ended(this.id);
    this.#part.admit();
    this.#body.append(text);
  }

  /** Says that it is whole. Calling it again does nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#body.settle();
    this.#part.wordsFirst();
    this.#part.keys.set(PART.state, { state: 'done', at: this.#part.clock.now() });
  }
}

export const ended = (part: string): Error =>
  sessionError('part-state', `The part ${part} has ended; begin a new one.`, { part });

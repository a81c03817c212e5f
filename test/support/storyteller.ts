// A peer that tells a story which can be checked from outside: numbered words, one after
// another, some of them taken away again. What anybody reads of its session must be the
// story as it was after some step, and no step is forgotten that was told to be durable.

import { below, type Chance } from '../../src/base/chance.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import { WirePeer, type WirePeerOptions } from './wire-peer.ts';

/** What stands at once: a story without an end would only be slow. */
const WORDS_MAX = 40;

export class Storyteller {
  readonly wire: WirePeer;
  readonly name: string;
  /** Steps that a barrier covered. */
  durable = 0;
  #session: Session;
  #chance: Chance;
  /** The words that stand after each step; the first is before any. */
  #story: (readonly string[])[] = [[]];
  #told: { message: string; word: string }[] = [];
  #isOver = false;
  #breath = 0;
  #wake: (() => void) | undefined;
  #heard: (() => void)[] = [];

  constructor(name: string, chance: Chance, options: WirePeerOptions) {
    this.name = name;
    this.#chance = chance;
    this.wire = new WirePeer(options);
    const { doc } = this.wire;
    doc.clientID = chance.uint32();
    this.#session = createSession({ doc, principal: name, chance });
  }

  /** Steps that were sent, durable or not. */
  get sent(): number {
    return this.#story.length - 1;
  }

  /** Resolves when something more of it has become durable. Let it breathe first. */
  progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard.push(resolve);
    });
  }

  /** Tells its story until it is stopped. */
  async tell(): Promise<void> {
    await this.wire.join();
    while (!this.#isOver) {
      if (this.#breath-- <= 0) await this.#rest();
      for (let steps = 1 + below(this.#chance, 4); steps > 0; steps--) this.#step();
      const { sent } = this;
      await this.wire.barrier();
      this.durable = sent;
      for (const resolve of this.#heard.splice(0)) resolve();
    }
  }

  /** Lets it go on for so many barriers: a story that outruns its readers only makes them slow. */
  breathe(barriers: number): void {
    this.#breath = barriers;
    this.#wake?.();
  }

  stop(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Whether these words, in this order, are the story after one of these steps. */
  isStory(words: readonly string[], from: number, to: number): boolean {
    const read = words.join();
    return this.#story.slice(from, to + 1).some((state) => state.join() === read);
  }

  #rest(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #step(): void {
    const isLong = this.#told.length > WORDS_MAX;
    if (isLong || (this.#told.length > 3 && below(this.#chance, 5) === 0)) {
      const [gone] = this.#told.splice(below(this.#chance, this.#told.length), 1);
      if (gone !== undefined) this.#session.remove(gone.message);
    } else {
      const word = `word-${this.name}-${this.#story.length}.`;
      const { message } = this.#session.send(`${word}${'x'.repeat(below(this.#chance, 300))}`);
      this.#told.push({ message, word });
    }
    this.#story.push(this.#told.map(({ word }) => word));
  }
}

/** The words in a text, in their order. */
export function storyIn(text: string): readonly string[] {
  return text.match(/word-[a-z]+-\d+\./g) ?? [];
}

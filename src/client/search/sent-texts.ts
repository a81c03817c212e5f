// What the index has of every session, as a fingerprint of each text, so that only what is
// other now is sent, and the words themselves are not kept twice.

import type { SearchText } from './texts.ts';

export interface TextChanges {
  readonly put: readonly SearchText[];
  readonly removed: readonly string[];
}

export class SentTexts {
  #sessions = new Map<string, Map<string, number>>();
  /** A text that is the same object has the same fingerprint. */
  #prints = new WeakMap<SearchText, number>();

  /** What has to be told to the index, which has these texts then. */
  take(session: string, texts: readonly SearchText[]): TextChanges {
    const before = this.#sessions.get(session) ?? new Map<string, number>();
    const now = new Map<string, number>();
    const put = texts.filter((text) => {
      const print = this.#print(text);
      now.set(text.message, print);
      return before.get(text.message) !== print;
    });
    this.#sessions.set(session, now);
    return { put, removed: [...before.keys()].filter((message) => !now.has(message)) };
  }

  /** Whether `take` would find anything. */
  differs(session: string, texts: readonly SearchText[]): boolean {
    const before = this.#sessions.get(session);
    if (before === undefined || before.size !== texts.length) return true;
    return texts.some((text) => before.get(text.message) !== this.#print(text));
  }

  forget(session: string): void {
    this.#sessions.delete(session);
  }

  #print(text: SearchText): number {
    const known = this.#prints.get(text);
    if (known !== undefined) return known;
    const print = fingerprint(text.text);
    this.#prints.set(text, print);
    return print;
  }
}

/** 53 bits (cyrb53; bryc, public domain): that two texts of one message share it does not happen. */
function fingerprint(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

// Reasoning that a model writes into its text between <think> and </think>. Tags may be cut
// anywhere, so what could still become one is held back. Only at the beginning of an answer: a text
// that speaks about the tag later is text.

import type { Chunk } from '../../agent/chunk.ts';

const OPEN = '<think>';
const CLOSE = '</think>';

/** `closed`: the tag was, and what follows so far is the space before the answer. */
type State = 'beginning' | 'thinking' | 'closed' | 'answering';

export class ThinkTags {
  #state: State = 'beginning';
  #held = '';

  take(text: string): readonly Chunk[] {
    if (text === '') return [];
    if (this.#state === 'answering') return [{ type: 'text', delta: text }];
    this.#held += text;
    if (this.#state === 'closed') return this.#afterClose();
    return this.#state === 'beginning' ? this.#begin() : this.#think();
  }

  /** What was held back after all. */
  end(): readonly Chunk[] {
    const held = this.#held;
    this.#held = '';
    if (held === '') return [];
    return [{ type: this.#state === 'thinking' ? 'reasoning' : 'text', delta: held }];
  }

  #begin(): readonly Chunk[] {
    const started = this.#held.trimStart();
    if (started.startsWith(OPEN)) {
      this.#state = 'thinking';
      this.#held = started.slice(OPEN.length);
      return this.#think();
    }
    if (OPEN.startsWith(started)) return [];
    return this.#answer();
  }

  #think(): readonly Chunk[] {
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) return this.#release(this.#held.length - heldBack(this.#held));
    const chunks = this.#release(end);
    this.#held = this.#held.slice(CLOSE.length);
    this.#state = 'closed';
    return [...chunks, { type: 'reasoning-end' }, ...this.#afterClose()];
  }

  #afterClose(): readonly Chunk[] {
    this.#held = this.#held.trimStart();
    return this.#held === '' ? [] : this.#answer();
  }

  /** So much of what is held is reasoning for sure. */
  #release(length: number): readonly Chunk[] {
    const delta = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return delta === '' ? [] : [{ type: 'reasoning', delta }];
  }

  #answer(): readonly Chunk[] {
    this.#state = 'answering';
    const delta = this.#held;
    this.#held = '';
    return delta === '' ? [] : [{ type: 'text', delta }];
  }
}

/** How many characters at its end could be the beginning of the closing tag. */
function heldBack(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (CLOSE.startsWith(text.slice(-length))) return length;
  }
  return 0;
}

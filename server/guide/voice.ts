// The guide speaking: word by word, at a pace that can be read, and so that another process can go
// on in the middle of a word. What is to be said under an id is the same whoever says it; a
// successor says what is missing of it.

import type { Clock } from '../../src/base/clock.ts';
import type { GrowingText } from '../../src/agent/text.ts';
import type { AgentRun } from '../../src/agent/run.ts';

export class Voice {
  readonly run: AgentRun;
  readonly clock: Clock;
  /** Between two words. */
  readonly wordMs: number;

  constructor(run: AgentRun, clock: Clock, wordMs: number) {
    this.run = run;
    this.clock = clock;
    this.wordMs = wordMs;
  }

  /** The same voice, slower or faster. */
  paced(wordMs: number): Voice {
    return new Voice(this.run, this.clock, wordMs);
  }

  /** What was said under this id, by this process or a former one. */
  said(id: string): string {
    const part = this.run.partial?.parts.find((one) => one.id === id);
    return part !== undefined && 'text' in part ? part.text : '';
  }

  /** Whether a former process got so far. */
  has(id: string): boolean {
    return this.run.partial?.parts.some((one) => one.id === id) ?? false;
  }

  /** A text of its own. Rejects when the run is stopped. */
  async say(id: string, words: string): Promise<void> {
    const text = this.run.text({ id });
    if (text.ended) return;
    await this.speak(text, missingOf(words, this.said(id)));
    text.end();
  }

  /** Reasons aloud. */
  async think(id: string, words: string): Promise<void> {
    const text = this.run.reasoning({ id });
    if (text.ended) return;
    await this.speak(text, missingOf(words, this.said(id)));
    text.end();
  }

  /** More of a text, at the pace of reading. */
  async speak(text: GrowingText, words: string): Promise<void> {
    for (const word of words.match(/\s*\S+\s*/g) ?? []) {
      text.write(word);
      await text.room();
      await this.pause(this.wordMs);
    }
  }

  /** Resolves after a while. Rejects when the run is stopped before. */
  pause(ms: number): Promise<void> {
    const { signal } = this.run;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stopped = (): void => {
        stopWaiting();
        reject(signal.reason);
      };
      const stopWaiting = this.clock.after(ms, () => {
        signal.removeEventListener('abort', stopped);
        resolve();
      });
      signal.addEventListener('abort', stopped, { once: true });
    });
  }
}

/** What is still to be said; where something else was said, nothing more. */
export function missingOf(words: string, said: string): string {
  return words.startsWith(said) ? words.slice(said.length) : '';
}

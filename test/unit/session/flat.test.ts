// That a token costs the same wherever it comes, by counting what is read of the
// document instead of time: a count is the same on every machine.

import { afterEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { limits } from '../../../src/session/limits.ts';
import { openSession, type Session } from '../../../src/session/session.ts';
import { Stage } from '../../support/stage.ts';

afterEach(() => vi.restoreAllMocks());

/** Reads of keys, lists and texts of any document while something is done. */
function readsOf(work: () => void): number {
  const spies = [
    vi.spyOn(Y.Map.prototype, 'get'),
    vi.spyOn(Y.Map.prototype, 'forEach'),
    vi.spyOn(Y.Map.prototype, 'keys'),
    vi.spyOn(Y.Text.prototype, 'length', 'get'),
    vi.spyOn(Y.Array.prototype, 'length', 'get'),
  ];
  work();
  const reads = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  for (const spy of spies) spy.mockRestore();
  return reads;
}

/** A reader of a reply after so many messages, and the updates that bring it further. */
class Telling {
  readonly reader: Session;
  readonly #stage = new Stage();
  readonly #text;
  readonly #reply;

  constructor(messagesBefore: number, charsBefore: number) {
    const { ann } = this.#stage;
    for (let at = 0; at < messagesBefore; at++) ann.send(`Message ${at}`, { agent: null });
    const { run } = ann.send('And now?');
    this.#stage.claim(run);
    this.#reply = this.#stage.agent.begin(run ?? '');
    this.#text = this.#reply.text();
    for (let left = charsBefore; left > 0; left -= 500) this.tell('x'.repeat(500));
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.#stage.agent.doc));
    this.reader = openSession(doc, { principal: 'reader' });
    void this.reader.view.path;
  }

  /** Writes words, and gives their update. */
  tell(words: string): Uint8Array {
    const { doc } = this.#stage.agent;
    const before = Y.encodeStateVector(doc);
    this.#text.append(words);
    this.#reply.flush();
    return Y.encodeStateAsUpdate(doc, before);
  }

  /** What the reader reads to show a few words, and to show words that begin a segment. */
  reads(): readonly number[] {
    const updates = [
      this.tell('few'),
      this.tell('y'.repeat(limits.segmentSealChars)),
      this.tell('in a new segment'),
    ];
    return updates.map((update) =>
      readsOf(() => {
        const before = this.reader.view.path.at(-1);
        Y.applyUpdate(this.reader.doc, update);
        if (this.reader.view.path.at(-1) === before) throw new Error('no words were shown');
      }),
    );
  }
}

describe('a token', () => {
  test('[S32] is read alone, however many messages there are', () => {
    const [few, many] = [new Telling(2, 0).reads(), new Telling(200, 0).reads()];
    expect(Math.min(...few)).toBeGreaterThan(0);
    expect(many).toEqual(few);
  });

  test('[S13] is read alone, however long the reply is', () => {
    const few = new Telling(2, limits.segmentSealChars).reads();
    const many = new Telling(2, 40 * limits.segmentSealChars).reads();
    expect(Math.min(...few)).toBeGreaterThan(0);
    expect(many).toEqual(few);
  });
});

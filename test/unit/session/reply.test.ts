// What a reply costs to store, and that writers side by side do not make it dearer.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, seededChance } from '../../../src/base/chance.ts';
import { SessionError } from '../../../src/session/error.ts';
import { checkInvariants } from '../../../src/session/invariant.ts';
import type { TextWriter } from '../../../src/session/part-writer.ts';
import { openSession } from '../../../src/session/session.ts';
import { bytesOf, copyOf, held, type Held, stage, takeOver, wordsOf } from '../../support/peers.ts';
import { segmentsOf } from '../../support/segments.ts';
import { token, utf8 } from '../../support/words.ts';

/** Words as the tokens of a model are: a space and a few letters. */
function modelToken(chance: ReturnType<typeof seededChance>): string {
  return ` ${'abcdefghij'.slice(0, 2 + below(chance, 5))}`;
}

const structsOf = (doc: Y.Doc): number =>
  [...doc.store.clients.values()].reduce((sum, structs) => sum + structs.length, 0);

/** The words of a part, and in how many structs each of its segments is stored: one is the least. */
function storedWords(doc: Y.Doc, reply: string, part: string): { text: string; structs: number[] } {
  const segments = segmentsOf(copyOf(doc), reply, part);
  return {
    text: segments.map((segment) => segment.text).join(''),
    structs: segments.map((segment) => segment.structs),
  };
}

/** The words, one struct for each segment. */
const whole = (text: string, segments: number): ReturnType<typeof storedWords> => ({
  text,
  structs: Array.from({ length: segments }, () => 1),
});

/** Appends tokens to the texts in any order, each handed on at once. Returns what each was given. */
function alternate(
  texts: readonly TextWriter[],
  flush: (at: number) => void,
  tokens: number,
): readonly string[] {
  const chance = seededChance(tokens);
  const given = texts.map(() => '');
  for (let left = tokens; left > 0; left--) {
    const at = below(chance, texts.length);
    const words = token(chance);
    texts[at]?.append(words);
    given[at] += words;
    flush(at);
  }
  return given;
}

describe('writers side by side', () => {
  const tokens = 2_000;

  function twoReplies(): { readonly doc: Y.Doc; readonly replies: readonly Held[] } {
    const scene = stage({ policy: 'concurrent' });
    const replies = [held(scene, { holder: 'agent:a' }), held(scene, { holder: 'agent:b' })];
    return { doc: scene.session.doc, replies };
  }

  test('[S16] two replies, token by token, are stored in one struct per segment', () => {
    const { doc, replies } = twoReplies();
    const texts = replies.map(({ writer }) => writer.text({ id: 't1' }));
    const given = alternate(texts, (at) => replies[at]?.writer.flush(), tokens);
    for (const { writer } of replies) writer.end();
    replies.forEach(({ reply, writer }, at) => {
      const stored = storedWords(doc, reply, 't1');
      const segments = stored.structs.length;
      expect(segments).toBeGreaterThan(2);
      expect(stored).toEqual(whole(given[at] ?? '', segments));
      const client = writer.lanes[0]?.client ?? 0;
      // A type and its words for each segment; the entry, its keys, the part and its keys are few.
      expect(doc.store.clients.get(client)?.length).toBeLessThanOrEqual(2 * segments + 10);
    });
  });

  test('[S16] two replies side by side take no more bytes than one after the other', () => {
    const side = twoReplies();
    const texts = side.replies.map(({ writer }) => writer.text({ id: 't1' }));
    const given = alternate(texts, (at) => side.replies[at]?.writer.flush(), tokens);
    for (const { writer } of side.replies) writer.end();
    const row = twoReplies();
    row.replies.forEach(({ writer }, at) => {
      writer.text({ id: 't1' }).append(given[at] ?? '');
      writer.end();
    });
    expect(bytesOf(side.doc)).toBeLessThan(bytesOf(row.doc) * 1.02);
  });

  test('[S16] two parts of one reply with lanes of their own do not break each other', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const text = writer.text({ id: 't1', lane: { client: 11, clock: 0 } });
    const first = alternate([text], () => writer.flush(), 300)[0] ?? '';
    const other = writer.reasoning({ id: 't2', lane: { client: 12, clock: 0 } });
    const given = alternate([text, other], () => writer.flush(), tokens);
    writer.end();
    const { doc } = scene.session;
    const [one, two] = [storedWords(doc, reply, 't1'), storedWords(doc, reply, 't2')];
    const segments = one.structs.length + two.structs.length;
    expect(segments).toBeGreaterThan(4);
    expect(one).toEqual(whole(first + (given[0] ?? ''), one.structs.length));
    expect(two).toEqual(whole(given[1] ?? '', two.structs.length));
    expect(structsOf(doc)).toBeLessThan(2 * segments + 40);
  });

  test('[S12] a part with a lane of its own is never done before its words, whatever arrives', () => {
    const scene = stage();
    const { writer, reply, holder } = held(scene);
    writer.flush();
    const shown = copyOf(holder.doc);
    const peer = openSession(shown, { principal: 'reader' });
    const seen: (string | undefined)[] = [];
    holder.doc.on('update', (update: Uint8Array) => {
      Y.applyUpdate(shown, update);
      const part = peer.view.messages.get(reply)?.parts[0];
      if (part?.type === 'text' && part.state === 'done') seen.push(part.text);
    });
    const text = writer.text({ id: 't1', lane: { client: 11, clock: 0 } });
    writer.flush();
    text.append('all of it');
    text.end();
    writer.flush();
    expect(seen).toEqual(['all of it']);
  });

  test('[S16] a part beside one that the reply itself streams needs a lane, and then breaks nothing', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const texts = [
      writer.text({ id: 't1' }),
      writer.text({ id: 't2', lane: { client: 12, clock: 0 } }),
    ];
    const given = alternate(texts, () => writer.flush(), tokens);
    writer.end();
    for (const [at, id] of ['t1', 't2'].entries()) {
      const stored = storedWords(scene.session.doc, reply, id);
      expect(stored).toEqual(whole(given[at] ?? '', stored.structs.length));
    }
  });

  test('[S16] people who write while a reply streams do not break it', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const text = writer.text({ id: 't1' });
    const chance = seededChance(4);
    let given = '';
    for (let at = 0; at < 500; at++) {
      const words = token(chance);
      text.append(words);
      given += words;
      writer.flush();
      if (at % 50 === 0) scene.session.send(`Prompt ${at}`, { agent: null });
      if (at % 70 === 0) scene.session.rename(`Title ${at}`);
    }
    writer.end();
    const stored = storedWords(scene.session.doc, reply, 't1');
    expect(stored).toEqual(whole(given, stored.structs.length));
  });
});

describe('a long reply', () => {
  const tokens = 100_000;

  test('[S17] of 100,000 tokens is stored in at most 1.02 times its UTF-8 bytes', () => {
    const scene = stage();
    // The holder's own document alone: nobody else has to take 100,000 updates.
    const { writer, reply } = held(scene, { peer: scene.session, holder: scene.session.principal });
    const { doc } = scene.session;
    const before = bytesOf(doc);
    const text = writer.text({ id: 't1' });
    const chance = seededChance(17);
    let given = '';
    for (let at = 0; at < tokens; at++) {
      const words = modelToken(chance);
      given += words;
      text.append(words);
      if (below(chance, 6) === 0) writer.flush();
    }
    writer.end();
    const stored = bytesOf(doc) - before;
    expect(wordsOf(scene.session, reply, 't1')).toBe(given);
    expect(stored / utf8(given)).toBeLessThan(1.02);
    expect(bytesOf(copyOf(doc)) - before).toBe(stored);
    scene.session.close();
  });
});

describe('data of a reply', () => {
  const dataOf = (scene: ReturnType<typeof stage>, reply: string): unknown =>
    scene.session.view.messages
      .get(reply)
      ?.parts.map((part) => (part.type === 'data' ? [part.id, part.name, part.data] : part.type));

  test('[S21] is refused to the former holder of a run that is stalled', () => {
    const scene = stage();
    const { run, holder } = held(scene);
    scene.keeper.lose(run);
    expect(() => holder.begin(run)).toThrow(SessionError);
  });

  test('[S18] replaces earlier data of the same id, in its place, any number of times', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    writer.data('weather', 'rain', { id: 'd1' });
    writer.data('weather', null, { id: 'd2' });
    for (const now of ['hail', { now: ['sun'] }]) {
      writer.data('weather', now, { id: 'd1' });
      writer.flush();
    }
    const all = [
      ['d1', 'weather', { now: ['sun'] }],
      ['d2', 'weather', null],
    ];
    expect(dataOf(scene, reply)).toEqual(all);
    writer.data('weather', 'anew');
    writer.flush();
    expect(dataOf(scene, reply)).toHaveLength(3);
  });

  test('[S18] is replaced by a successor too, as often as it likes', () => {
    const scene = stage();
    const { writer, reply, run } = held(scene);
    writer.data('progress', 1, { id: 'd1' });
    writer.flush();
    const next = takeOver(scene, run).writer;
    for (const progress of [2, 3, 4]) next.data('progress', progress, { id: 'd1' });
    next.flush();
    next.data('progress', 5, { id: 'd1' });
    next.end();
    expect(dataOf(scene, reply)).toEqual([['d1', 'progress', 5]]);
  });

  test('[S18] does not take the id of another part, and then writes nothing', () => {
    const scene = stage();
    const { writer, run } = held(scene);
    writer.text({ id: 't1' });
    writer.flush();
    for (const one of [writer, takeOver(scene, run).writer]) {
      one.flush();
      expect(() => one.data('progress', 1, { id: 't1' })).toThrow(SessionError);
      expect(one.pending).toBe(false);
    }
  });
});

describe('parts that are dropped', () => {
  test('[A27] are gone from every peer, what was not flushed included, and their ids are free', () => {
    const scene = stage();
    const { writer, reply, holder } = held(scene);
    writer.text({ id: 'kept' }).append('kept');
    writer.flush();
    const text = writer.text({ id: 'gone', lane: { client: 21, clock: 0 } });
    text.append('gone');
    writer.flush();
    writer.tool('look', { id: 'call' }).input({ a: 1 });
    writer.drop(['gone', 'call']);
    writer.text({ id: 'gone' }).append('again');
    writer.end();
    const parts = openSession(copyOf(holder.doc), { principal: 'reader' }).view.messages.get(reply);
    expect(parts?.parts).toMatchObject([
      { id: 'kept', text: 'kept' },
      { id: 'gone', text: 'again', state: 'done' },
    ]);
    expect(checkInvariants(holder.doc)).toEqual([]);
  });
});

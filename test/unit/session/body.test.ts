// What is appended is what is read, however it is cut, flushed and taken over.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { below, type Chance, seededChance } from '../../../src/base/chance.ts';
import { endsInHighSurrogate } from '../../../src/base/text.ts';
import { limits } from '../../../src/session/limits.ts';
import type { TextWriter } from '../../../src/session/part-writer.ts';
import type { ReplyWriter } from '../../../src/session/reply.ts';
import type { Session } from '../../../src/session/session.ts';
import { runs } from '../../support/count.ts';
import { copyOf, held, type Held, stage, takeOver, wordsOf } from '../../support/peers.ts';
import { segmentsOf, type StoredSegment } from '../../support/segments.ts';
import { brokenText, cutAnywhere, token } from '../../support/words.ts';

/** How many characters one append has at most; the last is more than any segment holds. */
const appendChars = fc.constantFrom(1, 3, 40, 500, 2_100, 15_000);

/** Words of zero to a dozen segments, half of them with halves of pairs at the joints. */
const words = fc.tuple(brokenText(60), fc.integer({ min: 1, max: 200 })).map(([text, times]) => ({
  text: text.repeat(times).slice(0, 20_000),
}));

/** What a text shows before its end: a half pair at the end still waits for its other half. */
function shown(text: string): string {
  return (endsInHighSurrogate(text) ? text.slice(0, -1) : text).toWellFormed();
}

/** Appends in any cut and flushes now and then. Returns what was handed on with the last flush. */
function stream(
  chance: Chance,
  to: { readonly writer: ReplyWriter; readonly text: TextWriter },
  text: string,
  charsMax: number,
  check: (flushed: string) => void,
): string {
  let appended = '';
  let flushed = '';
  for (const cut of cutAnywhere(chance, text, charsMax)) {
    to.text.append(cut);
    appended += cut;
    if (below(chance, 8) > 0) continue;
    to.writer.flush();
    flushed = shown(appended);
    check(flushed);
  }
  return flushed;
}

/** What is wrong with how the words are cut into segments. */
function flawsOf(segments: readonly StoredSegment[]): readonly string[] {
  return segments.flatMap((segment, at) => {
    const { length } = segment.text;
    const followed = segments[at + 1]?.client === segment.client;
    const flaws: string[] = [];
    if (length < (followed ? 2_000 : 1)) flaws.push(`${at}: only ${length}, followed: ${followed}`);
    if (length > 4_000) flaws.push(`${at}: ${length}`);
    if (!segment.text.isWellFormed()) flaws.push(`${at}: half a pair`);
    return flaws;
  });
}

const sessionsOf = (first: Session, ...others: readonly Session[]): readonly Session[] => [
  first,
  ...others,
];

describe('one writer', () => {
  test('[S12] [S13] any text in any cut reads as the text, in segments that are bounded', () => {
    const property = fc.property(words, appendChars, fc.integer(), ({ text }, charsMax, world) => {
      const chance = seededChance(world);
      const scene = stage();
      const { writer, reply, holder } = held(scene);
      const part = writer.text({ id: 't1' });
      stream(chance, { writer, text: part }, text, charsMax, (flushed) => {
        expect(wordsOf(scene.session, reply, 't1')).toBe(flushed);
      });
      writer.end();
      for (const session of sessionsOf(scene.session, holder)) {
        expect(wordsOf(session, reply, 't1')).toBe(text.toWellFormed());
      }
      expect(flawsOf(segmentsOf(copyOf(scene.session.doc), reply, 't1'))).toEqual([]);
      expect(part.chars).toBe(text.length);
    });
    fc.assert(property, runs(50, 3_000));
  });

  test('[S12] a pair that comes in two halves is one character for everybody', () => {
    const scene = stage();
    const { writer, reply, holder } = held(scene);
    const text = writer.text({ id: 't1' });
    text.append('a\uD83D');
    writer.flush();
    expect(wordsOf(scene.session, reply, 't1')).toBe('a');
    text.append('\uDE00b');
    writer.flush();
    for (const session of sessionsOf(scene.session, holder)) {
      expect(wordsOf(session, reply, 't1')).toBe('a😀b');
    }
  });

  test('[S12] a half that never got its other half is a replacement character, for its writer too', () => {
    const scene = stage();
    const { writer, reply, holder } = held(scene);
    const text = writer.text({ id: 't1' });
    for (const cut of ['\uDE00', 'a', '\uD83D', 'b', '\uD83D']) text.append(cut);
    writer.end();
    for (const session of sessionsOf(scene.session, holder)) {
      expect(wordsOf(session, reply, 't1')).toBe('\uFFFDa\uFFFDb\uFFFD');
    }
  });

  test('[S13] a pair that would not fit any more begins the next segment', () => {
    for (const before of [3_998, 3_999, 4_000]) {
      const scene = stage();
      const { writer, reply } = held(scene);
      const text = `${'x'.repeat(before)}${'😀'.repeat(3_000)}`;
      writer.text({ id: 't1' }).append(text);
      writer.end();
      const segments = segmentsOf(scene.session.doc, reply, 't1');
      expect(flawsOf(segments)).toEqual([]);
      expect(segments.map((segment) => segment.text).join('')).toBe(text);
      expect(segments[0]?.text).toHaveLength(before === 3_999 ? 3_999 : 4_000);
    }
  });

  test('[S13] a segment ends with the first append that brings it to 2,000 characters', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const text = writer.text({ id: 't1' });
    for (const chars of [1_999, 1, 1, 1_998, 3_000, 5]) text.append('x'.repeat(chars));
    writer.end();
    const lengths = segmentsOf(scene.session.doc, reply, 't1').map(
      ({ text: { length } }) => length,
    );
    expect(lengths).toEqual([2_000, 4_000, 1_004]);
    expect(limits.segmentCharsMax).toBe(4_000);
  });

  test('[S13] an append is as small and changes as little late in a reply as early', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const text = writer.text({ id: 't1' });
    const updates: number[] = [];
    scene.session.doc.on('update', (update) => updates.push(update.length));
    for (let at = 0; at < 400; at++) {
      text.append('word '.repeat(50));
      writer.flush();
    }
    const longest = Math.max(
      ...segmentsOf(scene.session.doc, reply, 't1').map((s) => s.text.length),
    );
    expect(longest).toBeLessThan(2_300);
    expect(Math.max(...updates.slice(1))).toBeLessThan(250 + 60);
  });
});

describe('several writers of one text', () => {
  interface Turn {
    readonly text: string;
    readonly charsMax: number;
    readonly flush: boolean;
  }

  const turn: fc.Arbitrary<Turn> = fc.record({
    text: words.map(({ text }) => text.slice(0, 9_000)),
    charsMax: appendChars,
    flush: fc.boolean(),
  });

  /** Each turn but the last ends in a crash: what was not flushed is gone. Returns what must be read. */
  function writeInTurns(first: Held, scene: ReturnType<typeof stage>, turns: readonly Turn[]) {
    let expected = '';
    let { writer } = first;
    const chance = seededChance(turns.length);
    turns.forEach(({ text, charsMax, flush }, at) => {
      if (at > 0) ({ writer } = takeOver(scene, first.run, `agent:${at}`));
      const part = at === 0 ? writer.text({ id: 't1' }) : writer.continueText('t1');
      if (at === 0) writer.flush();
      const before = expected;
      const kept = stream(chance, { writer, text: part }, text, charsMax, (flushed) => {
        expect(wordsOf(scene.session, first.reply, 't1')).toBe(before + flushed);
      });
      const last = at === turns.length - 1;
      if (last) writer.end();
      else if (flush) writer.flush();
      expected = before + (last ? text.toWellFormed() : flush ? shown(text) : kept);
    });
    return expected;
  }

  test('[S12] [S13] a text that is taken over has no seam, wherever its writers were lost', () => {
    const turns = fc.array(turn, { minLength: 2, maxLength: 4 });
    const property = fc.property(turns, (all) => {
      const scene = stage();
      const first = held(scene);
      const expected = writeInTurns(first, scene, all);
      expect(wordsOf(scene.session, first.reply, 't1')).toBe(expected);
      const doc = copyOf(scene.session.doc);
      const segments = segmentsOf(doc, first.reply, 't1');
      expect(segments.map((segment) => segment.text).join('')).toBe(expected);
      expect(flawsOf(segments)).toEqual([]);
    });
    fc.assert(property, runs(30, 2_000));
  });

  test('[S12] a successor knows how many characters stand before its own', () => {
    const scene = stage();
    const { writer, run } = held(scene);
    writer.text({ id: 't1' }).append('0123456789');
    writer.flush();
    const next = takeOver(scene, run).writer.continueText('t1');
    expect(next.chars).toBe(10);
    next.append(token(seededChance(1)));
    expect(next.chars).toBeGreaterThan(10);
  });

  test('[S12] going on twice with one text is going on with it once', () => {
    const scene = stage();
    const { writer, run, reply } = held(scene);
    writer.text({ id: 't1' }).append('one ');
    writer.flush();
    const next = takeOver(scene, run).writer;
    next.continueText('t1').append('two ');
    next.continueText('t1').append('three ');
    next.flush();
    next.continueText('t1').append('four');
    next.end();
    expect(wordsOf(scene.session, reply, 't1')).toBe('one two three four');
  });
});

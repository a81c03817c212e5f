// When words leave an agent, how many, and in which lanes.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Bucket } from '../../../src/agent/bucket.ts';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import { limits } from '../../../src/agent/limits.ts';
import type { GrowingText } from '../../../src/agent/text.ts';
import { manualClock } from '../../../src/base/clock.ts';
import { limits as wire } from '../../../src/protocol/limits.ts';
import { segmentsOf } from '../../support/segments.ts';

interface Begun {
  readonly stage: AgentStage;
  readonly run: string;
  readonly texts: readonly GrowingText[];
  /** The updates that reached the session since, in bytes. */
  readonly updates: number[];
}

/** A run that writes texts, which the test is given; everything takes so long to the server. */
async function begun(latencyMs: number, texts = 1): Promise<Begun> {
  const stage = new AgentStage('agent', { latencyMs });
  const open: GrowingText[] = [];
  stage.start(async (run) => {
    for (let n = 0; n < texts; n++) open.push(run.text({ id: `t${n}` }));
    await new Promise(() => undefined);
  });
  const run = await stage.ask('hi');
  await stage.pass(latencyMs * 2 + 100);
  const updates: number[] = [];
  stage.ann.doc.on('update', (update: Uint8Array) => updates.push(update.length));
  return { stage, run, texts: open, updates };
}

describe('words', () => {
  test('[A32] leave at once while nothing is in flight', async () => {
    const { stage, run, texts, updates } = await begun(0);
    for (const word of ['a', 'b', 'c']) texts[0]?.write(word);
    expect(stage.text(run)).toBe('abc');
    expect(updates).toHaveLength(3);
  });

  test('[A32] are gathered while something is in flight, and leave when it has arrived', async () => {
    const { stage, run, texts, updates } = await begun(20);
    const [text] = texts;
    for (const word of ['a', 'b', 'c', 'd']) text?.write(word);
    stage.clock.advance(20);
    expect(stage.text(run)).toBe('a');
    text?.write('e');
    stage.clock.advance(19);
    expect(stage.text(run)).toBe('a');
    stage.clock.advance(1);
    expect(stage.text(run)).toBe('abcd');
    stage.clock.advance(20);
    expect(stage.text(run)).toBe('abcde');
    expect(updates).toHaveLength(3);
  });

  test('[A32] are gathered for 50 ms at the most', async () => {
    const { stage, run, texts } = await begun(1_000);
    const [text] = texts;
    const start = stage.clock.now();
    text?.write('a');
    text?.write('b');
    stage.clock.advance(limits.gatherMsMax);
    text?.write('c');
    const seen: [number, string][] = [];
    stage.ann.follow(({ delta }) => {
      if ('append' in delta) seen.push([stage.clock.now() - start, delta.append]);
    });
    for (let ms = 0; ms < 1_200; ms += 10) stage.clock.advance(10);
    expect(seen).toEqual([
      [1_000, 'a'],
      [1_050, 'b'],
      [1_100, 'c'],
    ]);
    expect(stage.text(run)).toBe('abc');
  });

  test('[A32] no update is larger than a frame may be, whatever is written at once', async () => {
    const { stage, run, texts, updates } = await begun(1_000);
    texts[0]?.write('字'.repeat(500_000));
    await stage.pass(15_000, 100);
    expect(stage.text(run)).toHaveLength(500_000);
    expect(Math.max(...updates)).toBeLessThan(wire.updateBytesMax / 2);
  });

  test('[A32] no update has more than a frame may hold, whatever parts are begun at once', async () => {
    const stage = new AgentStage('agent', { latencyMs: 1_000 });
    stage.start((run) => {
      for (let n = 0; n < 500; n++) run.data('point', { n });
      for (let n = 0; n < 5; n++) run.tool('look', 'x'.repeat(120_000)).output('y'.repeat(120_000));
    });
    const run = await stage.ask('hi');
    const updates: Uint8Array[] = [];
    stage.ann.doc.on('update', (update: Uint8Array) => updates.push(update));
    await stage.pass(10_000, 100);
    expect(stage.reply(run)?.parts).toHaveLength(505);
    for (const update of updates) {
      expect(update.length).toBeLessThan(wire.updateBytesMax);
      expect(Y.decodeUpdate(update).structs.length).toBeLessThan(wire.updateTypesMax);
    }
  });
});

describe('parts that grow side by side', () => {
  test('[A34] are stored in one struct per segment each, as long as there are lanes', async () => {
    const { stage, run, texts } = await begun(0, 3);
    for (let n = 0; n < 1_000; n++) texts.forEach((text, at) => text.write(`${at}${n} `));
    const { reply } = stage.run(run);
    texts.forEach((_text, at) => {
      const segments = segmentsOf(stage.ann.doc, reply, `t${at}`);
      expect(segments.length).toBeGreaterThan(1);
      expect(segments.map(({ structs }) => structs)).toEqual(segments.map(() => 1));
    });
  });

  test('[A34] share a lane where none is left, and take one that was freed', async () => {
    const stage = new AgentStage('agent', { lanes: 2 });
    stage.start((run) => {
      const texts = [1, 2, 3, 4].map((n) => run.text({ id: `t${n}` }));
      for (let n = 0; n < 10; n++) for (const text of texts) text.write(`${n}`);
      for (const text of texts) text.end();
      run.text({ id: 'a' }).write('a');
      run.text({ id: 'b' }).write('b');
    });
    const before = stage.ann.doc.store.clients.size;
    const run = await stage.ask('hi');
    expect(stage.reply(run)?.parts).toHaveLength(6);
    expect(stage.text(run)).toBe(`${'0123456789'.repeat(4)}ab`);
    // The two lanes, and ann's own client, which is there already.
    expect(stage.ann.doc.store.clients.size - before).toBeLessThanOrEqual(3);
  });
});

describe('the share of an agent', () => {
  test('[A33] all its runs together write no more than they may, and what was written comes', async () => {
    const stage = new AgentStage('agent', { policy: 'concurrent' });
    const pace = { charsPerSecond: 1_000, burstChars: 500 };
    stage.start(
      async (run) => {
        const text = run.text();
        for (let n = 0; n < 200; n++) {
          text.write('0123456789');
          await new Promise<void>((resolve) => stage.clock.after(1, resolve));
        }
      },
      { concurrency: 4, pace },
    );
    const runs: string[] = [];
    for (let n = 0; n < 4; n++) runs.push(await stage.ask(`${n}`));
    const written = (): number => runs.reduce((sum, run) => sum + stage.text(run).length, 0);
    await stage.pass(150);
    expect(written()).toBeGreaterThan(500);
    expect(written()).toBeLessThan(500 + 4 * 150);
    await stage.pass(300, 1);
    // The end of a run waits for nothing.
    expect(written()).toBe(8_000);
    expect(runs.every((run) => stage.isOver(run))).toBe(true);
  });

  test('[A33] a clock that jumps fills the bucket at most once, and never takes anything away', () => {
    const clock = manualClock(10_000);
    let now = 10_000;
    const bucket = new Bucket(
      { ...clock, now: () => now },
      { charsPerSecond: 1_000, burstChars: 100 },
    );
    bucket.spend(150);
    expect(bucket.wait).toBe(51);
    now = 5_000;
    expect(bucket.wait).toBe(51);
    now = 5_051;
    expect(bucket.wait).toBe(0);
    now = 1_000_000_000;
    expect(bucket.wait).toBe(0);
    bucket.spend(100);
    expect(bucket.wait).toBe(1);
  });
});

// Deleted words, the end of a room, and how it is read from the log.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { mergeUpdates, type Merged } from '../../../../server/room/merge.ts';
import { closeReasons } from '../../../../src/protocol/close.ts';
import { A, B } from '../../../support/gate.ts';
import {
  barrier,
  emptyAnswer,
  joined,
  key,
  message,
  removal,
  rest,
  stageWith,
  step1,
  type StagePeer,
} from '../../../support/room-stage.ts';

describe('deleted words', () => {
  test('[W160] are not served to whoever comes after', async () => {
    const merges: ((merged: Merged) => void)[] = [];
    const unmergeds: Parameters<typeof mergeUpdates>[0][] = [];
    const stage = await stageWith({}, (unmerged) => {
      unmergeds.push(unmerged);
      return new Promise((resolve) => merges.push(resolve));
    });
    const goOn = async (): Promise<void> => {
      const [unmerged] = unmergeds.splice(0);
      if (unmerged !== undefined) merges.shift()?.(mergeUpdates(unmerged));
      await rest();
    };
    const ann = await joined(stage, 'ann');
    const say = async (client: number, said: string): Promise<void> => {
      ann.send(message(client, said));
      ann.send(removal(client, 0));
      await rest();
    };
    const given = (one: StagePeer): string =>
      one.line
        .of('update')
        .map((frame) => Buffer.from(frame.update).toString('latin1'))
        .join('');
    await say(A, 'first');
    const bob = await stage.join('bob', ['read']);
    bob.send(step1);
    await say(B, 'second');
    expect(bob.line.took()).toEqual([]);
    const cay = await stage.join('cay', ['read']);
    cay.send(step1);
    await goOn();
    // The first merge knows of what was deleted when it began, and that is what bob waited for.
    expect(given(bob)).not.toContain('first');
    expect(bob.line.took().at(-1)).toBe('sync-step-2');
    expect(cay.line.took()).toEqual([]);
    // Who deletes on and on keeps nobody waiting.
    await say(B + 1, 'third');
    await goOn();
    expect(given(cay)).not.toContain('second');
    expect(cay.line.took().at(-1)).toBe('sync-step-2');
    await goOn();
    const dan = await stage.join('dan', ['read']);
    dan.send(step1);
    await rest();
    expect(given(dan)).not.toMatch(/first|second|third/);
    expect(dan.line.took().at(-1)).toBe('sync-step-2');
  });

  test('[W160] a merge that does not come out equal leaves everything as it is', async () => {
    const stage = await stageWith({}, () => Promise.resolve({ ok: false, fault: 'no luck' }));
    const ann = await joined(stage, 'ann');
    ann.send(message(A));
    ann.send(removal(A, 0));
    await rest();
    expect(stage.reports.at(-1)).toBe('notCompacted stage-0123456789abcd no luck');
    const bob = await stage.join('bob', ['read']);
    bob.send(step1);
    expect(bob.line.took().at(-1)).toBe('sync-step-2');
  });
});

describe('the end', () => {
  test('[W153] of a room is some time after the last one left; what is in it stays', async () => {
    const stage = await stageWith({ idleMs: 1_000 });
    const ann = await joined(stage, 'ann');
    ann.send(message(A));
    await rest();
    ann.leave();
    stage.clock.advance(999);
    expect(stage.rooms.size).toBe(1);
    const bob = await joined(stage, 'bob');
    stage.clock.advance(5_000);
    expect(stage.rooms.size).toBe(1);
    bob.leave();
    stage.clock.advance(1_000);
    expect(stage.rooms.size).toBe(0);
    const cay = await stage.join('cay');
    cay.send(step1);
    expect(cay.line.took()).toEqual(['sync-step-1', 'update', 'sync-step-2']);
  });

  test('[W171] of a server: what was taken is committed, then all are sent away to come back', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    stage.hold();
    ann.send(message(A));
    ann.send(barrier('1'));
    const closing = stage.rooms.close();
    await rest();
    expect(ann.line.closed).toBeUndefined();
    expect(stage.rooms.open('another-0123456789abcd')).toBeUndefined();
    await stage.release();
    await closing;
    expect(ann.line.took()).toEqual(['barrier']);
    expect(ann.line.closed).toBe(closeReasons.unavailable);
  });

  test('[W169] of a session: everybody is sent away for good, and nobody brings it back', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    ann.send(message(A));
    await rest();
    expect(await stage.rooms.delete('stage-0123456789abcd')).toEqual({ ok: true });
    expect(ann.line.closed).toBe(closeReasons.missing);
    expect(await stage.rooms.state('stage-0123456789abcd')).toMatchObject({ code: 'deleted' });
    const late = stage.enter('ann');
    await rest();
    expect(late.line.closed).toBe(closeReasons.missing);
    expect(await stage.rooms.delete('another-0123456789abcd')).toMatchObject({ code: 'missing' });
  });
});

describe('reading from the log', () => {
  test('[W173] what is no session is left as it is, and nobody is told that it is missing', async () => {
    const stage = await stageWith();
    const id = 'stage-0123456789abcd';
    await stage.memory.append(id, 0, [], new TextEncoder().encode('something else'));
    const ann = stage.enter('ann');
    ann.send(message(A));
    await rest();
    expect(ann.line.closed).toBe(closeReasons.unavailable);
    expect(stage.reports).toEqual([`loadFailed ${id} unreadable`]);
    expect(await stage.memory.open(id)).toMatchObject({ head: { seq: 1 } });
    expect(await stage.rooms.state(id)).toMatchObject({ ok: false, code: 'unavailable' });
  });

  test('[F25] [W173] a log that throws is no reason to end', async () => {
    const stage = await stageWith({}, undefined, {
      read: () => Promise.reject(new Error('broken read')),
    });
    const ann = stage.enter('ann');
    await rest();
    expect(ann.line.closed).toBe(closeReasons.unavailable);
    expect(stage.reports[0]).toBe('broken stage-0123456789abcd broken read');
  });

  test('[W163] what comes meanwhile waits in its order', async () => {
    const stage = await stageWith();
    const ann = stage.enter('ann');
    ann.send(step1);
    ann.send(message(A));
    ann.send(barrier('1'));
    ann.send(emptyAnswer);
    await rest();
    expect(ann.line.took()).toEqual(['sync-step-1', 'sync-step-2', 'barrier']);
  });

  test.each([
    ['so many loose updates', {}, 2],
    ['as many as the session has in pieces, where these are more', { mergedBytesMax: 28 }, 1],
  ])('is merged after %s', async (_, limits, merges) => {
    const stage = await stageWith({ compactEntries: 10, ...limits });
    const ann = await joined(stage, 'ann');
    for (let at = 0; at < 25; at++) {
      ann.send(key(A, at, `key ${at}`));
      await rest();
    }
    expect(stage.reports.filter((line) => line.startsWith('compacted')).length).toBe(merges);
  });

  test('is merged once somebody was given many loose updates, and not again for the next', async () => {
    const stage = await stageWith({ joinEntries: 10 });
    const ann = await joined(stage, 'ann');
    const merges = (): number =>
      stage.reports.filter((line) => line.startsWith('compacted')).length;
    for (let at = 0; at < 12; at++) {
      ann.send(key(A, at, `key ${at}`));
      await rest();
      if (at === 5) await joined(stage, 'early');
    }
    expect(merges()).toBe(0);
    await joined(stage, 'bob');
    await rest();
    expect(merges()).toBe(1);
    await joined(stage, 'cay');
    await rest();
    expect(merges()).toBe(1);
  });

  test('[W153] over pages, with a snapshot, is all there is', async () => {
    const stage = await stageWith({ compactRecords: 5 });
    const ann = await joined(stage, 'ann');
    for (let at = 0; at < 23; at++) {
      ann.send(key(A, at, `key ${at}`));
      await rest();
    }
    expect(stage.reports.filter((line) => line.startsWith('compacted')).length).toBe(4);
    const before = await stage.rooms.state('stage-0123456789abcd');
    ann.leave();
    stage.clock.advance(100_000);
    expect(stage.rooms.size).toBe(0);
    const after = await stage.rooms.state('stage-0123456789abcd');
    const keysOf = (state: typeof before): number => {
      const doc = new Y.Doc();
      for (const one of state.ok ? state.updates : []) Y.applyUpdate(doc, one);
      return doc.getMap('meta').size;
    };
    expect([keysOf(before), keysOf(after)]).toEqual([23, 23]);
  });
});

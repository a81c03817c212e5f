import { expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { Deletions } from '../../../../src/client/library/deletion.ts';
import { libraryLimits } from '../../../../src/client/library/limits.ts';

function deletions(now: number): { all: Deletions; clock: ReturnType<typeof manualClock> } {
  const clock = manualClock(now);
  const all = new Deletions({
    http: { ask: async () => undefined },
    clock,
    chance: seededChance(1),
    undoMs: 10_000,
    isLive: () => false,
    changed: () => undefined,
    deleted: () => undefined,
  });
  return { all, clock };
}

test('[C64] a reload does not begin the time in which it can be taken back anew', () => {
  const { all, clock } = deletions(5_000);
  all.adopt('session', 'Title', 10_000);
  clock.advance(4_999);
  expect(all.get('session')?.state).toBe('undoable');
  clock.advance(1);
  expect(all.get('session')?.state).toBe('waiting');
});

test('[C64] a clock that went back makes it no longer than it was', () => {
  const { all, clock } = deletions(0);
  all.adopt('session', 'Title', 900_000);
  clock.advance(10_000);
  expect(all.get('session')?.state).toBe('waiting');
});

test('[C64] what was deleted longest ago is forgotten at a bound', () => {
  const { all } = deletions(0);
  for (let at = 0; at <= libraryLimits.deletedMax; at++) all.remember(`session-${at}`);
  expect([all.deleted.size, all.hides('session-0'), all.hides('session-1')]).toEqual([
    libraryLimits.deletedMax,
    false,
    true,
  ]);
});

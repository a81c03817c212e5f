// When React is told, on frames and a clock that are moved by hand.

import { describe, expect, test } from 'vitest';
import { createEmitter } from '../../../src/base/emitter.ts';
import { Feed } from '../../../src/react/feed.ts';
import { frameLimits, Frames, systemFrames } from '../../../src/react/frames.ts';
import { HandFrames } from '../../support/hand-frames.ts';

/** A number that changes, and the feed of it. */
class Counter {
  value = 0;
  /** How often its feed listens. */
  heard = 0;
  readonly feed: Feed<number>;
  #changed = createEmitter<undefined>();

  constructor(frames: Frames) {
    const listen = (changed: () => void): (() => void) => {
      this.heard++;
      const stop = this.#changed.subscribe(changed);
      return () => {
        this.heard--;
        stop();
      };
    };
    this.feed = new Feed({ read: () => this.value, listen }, frames, -1);
  }

  set(value: number): void {
    this.value = value;
    this.#changed.emit(undefined);
  }
}

function stage(): { platform: HandFrames; frames: Frames; counter: Counter } {
  const platform = new HandFrames();
  const frames = new Frames(platform);
  return { platform, frames, counter: new Counter(frames) };
}

describe('a feed', () => {
  test('[C81] stands still between two frames, and tells its listeners once', () => {
    const { platform, counter } = stage();
    const told: number[] = [];
    counter.feed.subscribe(() => told.push(counter.feed.read()));
    counter.set(1);
    counter.set(2);
    expect(counter.feed.read()).toBe(0);
    expect(platform.waiting).toBe(1);
    platform.next();
    platform.next();
    expect(told).toEqual([2]);
    counter.set(3);
    platform.next();
    expect(told).toEqual([2, 3]);
  });

  test('reads its source while nobody listens, and lets go of it', () => {
    const { platform, counter } = stage();
    counter.set(4);
    expect(counter.feed.read()).toBe(4);
    const stop = counter.feed.subscribe(() => undefined);
    const other = counter.feed.subscribe(() => undefined);
    expect(counter.heard).toBe(1);
    stop();
    stop();
    expect(counter.heard).toBe(1);
    counter.set(5);
    other();
    expect(counter.heard).toBe(0);
    expect(platform.waiting).toBe(0);
    expect(counter.feed.read()).toBe(5);
  });

  test('that is listened to again begins with what is true then', () => {
    const { counter } = stage();
    counter.feed.subscribe(() => undefined)();
    counter.set(6);
    counter.feed.subscribe(() => undefined);
    expect(counter.feed.read()).toBe(6);
  });

  test('does not tell whoever left in the same frame, and survives who throws', () => {
    const { platform, counter } = stage();
    const told: string[] = [];
    let leave = (): void => undefined;
    counter.feed.subscribe(() => {
      told.push('first');
      leave();
    });
    leave = counter.feed.subscribe(() => told.push('second'));
    counter.feed.subscribe(() => told.push('third'));
    counter.set(7);
    platform.next();
    expect(told).toEqual(['first', 'third']);
  });
});

describe('frames', () => {
  test('[C81] show all feeds as of one moment', () => {
    const { platform, frames, counter } = stage();
    const other = new Counter(frames);
    const told: string[] = [];
    const tell = (): void => void told.push(`${counter.feed.read()} ${other.feed.read()}`);
    counter.feed.subscribe(tell);
    other.feed.subscribe(tell);
    counter.set(1);
    other.set(1);
    expect(platform.waiting).toBe(1);
    platform.next();
    expect(told).toEqual(['1 1', '1 1']);
  });

  test('[C82] that nobody sees are a timer', () => {
    const { platform, counter } = stage();
    platform.isVisible = false;
    counter.feed.subscribe(() => undefined);
    counter.set(1);
    platform.clock.advance(frameLimits.hiddenMs - 1);
    expect(counter.feed.read()).toBe(0);
    platform.clock.advance(1);
    expect(counter.feed.read()).toBe(1);
  });

  test('[C82] that were promised and never came are a timer in the end', () => {
    const { platform, counter } = stage();
    const told: number[] = [];
    counter.feed.subscribe(() => told.push(counter.feed.read()));
    counter.set(1);
    platform.clock.advance(frameLimits.lateFrameMs);
    expect(told).toEqual([1]);
    platform.next();
    expect(told).toEqual([1]);
    expect(platform.waiting).toBe(0);
  });

  test('go on with what changes while they tell', () => {
    const { platform, counter } = stage();
    counter.feed.subscribe(() => {
      if (counter.value < 3) counter.set(counter.value + 1);
    });
    counter.set(1);
    platform.next();
    expect(counter.feed.read()).toBe(1);
    platform.next();
    platform.next();
    expect(counter.feed.read()).toBe(3);
    platform.next();
    expect(platform.waiting).toBe(0);
  });

  test('are none where there is no page', () => {
    expect(systemFrames.frame(() => undefined)).toBeUndefined();
  });
});

// Listeners disturb neither each other nor whoever emits.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { createEmitter, reportUncaught } from '../../../src/base/emitter.ts';

afterEach(() => vi.unstubAllGlobals());

describe('an emitter', () => {
  test('calls every listener in the order in which it came', () => {
    const emitter = createEmitter<number>();
    const heard: string[] = [];
    emitter.subscribe((value) => heard.push(`a${value}`));
    emitter.subscribe((value) => heard.push(`b${value}`));
    emitter.emit(1);
    emitter.emit(2);
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  test('knows whether anybody listens', () => {
    const emitter = createEmitter<number>();
    expect(emitter.heard).toBe(false);
    const stop = emitter.subscribe(() => {});
    expect(emitter.heard).toBe(true);
    stop();
    expect(emitter.heard).toBe(false);
  });

  test('reports what a listener throws, calls the others, and goes on', () => {
    const reported: unknown[] = [];
    const emitter = createEmitter<number>((error) => reported.push(error));
    const heard: number[] = [];
    const wrong = new Error('a listener of an app');
    emitter.subscribe(() => {
      throw wrong;
    });
    emitter.subscribe((value) => heard.push(value));
    emitter.emit(1);
    emitter.emit(2);
    expect(heard).toEqual([1, 2]);
    expect(reported).toEqual([wrong, wrong]);
  });

  test('stops one subscription, and stopping it again stops no other', () => {
    const emitter = createEmitter<number>();
    const listener = vi.fn<(value: number) => void>();
    const stop = emitter.subscribe(listener);
    emitter.subscribe(listener);
    stop();
    stop();
    emitter.emit(1);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('an emit reaches those who listened when it began', () => {
    const emitter = createEmitter<number>();
    const heard: string[] = [];
    emitter.subscribe((value) => {
      heard.push(`first ${value}`);
      stopSecond();
      emitter.subscribe((later) => heard.push(`third ${later}`));
    });
    const stopSecond = emitter.subscribe((value) => heard.push(`second ${value}`));
    emitter.emit(1);
    expect(heard).toEqual(['first 1', 'second 1']);
    heard.length = 0;
    emitter.emit(2);
    expect(heard).toEqual(['first 2', 'third 2']);
  });

  test('takes an emit inside an emit', () => {
    const emitter = createEmitter<number>();
    const heard: number[] = [];
    emitter.subscribe((value) => {
      heard.push(value);
      if (value < 3) emitter.emit(value + 1);
    });
    emitter.emit(1);
    expect(heard).toEqual([1, 2, 3]);
  });
});

test('what nobody takes is thrown on a later turn, where it is loud and harmless', () => {
  const turns: (() => void)[] = [];
  vi.stubGlobal('queueMicrotask', (turn: () => void) => turns.push(turn));
  const wrong = new Error('a listener of an app');
  const emitter = createEmitter<number>();
  emitter.subscribe(() => {
    throw wrong;
  });
  emitter.emit(1);
  reportUncaught(wrong);
  expect(turns).toHaveLength(2);
  for (const turn of turns) expect(turn).toThrow(wrong);
});

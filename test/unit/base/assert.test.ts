// Checks of our own promises fail loudly, and only then.

import { expect, test } from 'vitest';
import { assert, AssertionError, defined, unreachable } from '../../../src/base/assert.ts';

test('an assertion says what was promised', () => {
  assert(1, 'one is something');
  for (const broken of [false, 0, '', null, undefined, Number.NaN]) {
    expect(() => assert(broken, 'it holds')).toThrow(new AssertionError('it holds'));
  }
  expect(new AssertionError('x').name).toBe('AssertionError');
});

test('what cannot be missing is returned as it is, falsy values too', () => {
  for (const there of [0, '', false, Number.NaN, 'a']) expect(defined(there, 'it')).toBe(there);
  expect(() => defined(undefined, 'the head')).toThrow(new AssertionError('the head is missing'));
  expect(() => defined(null, 'the head')).toThrow(AssertionError);
});

test('a switch that is answered nowhere names the value', () => {
  // The types forbid it; a newer peer does not know them.
  expect(() => unreachable('paused' as never)).toThrow(new AssertionError('unreachable: paused'));
});

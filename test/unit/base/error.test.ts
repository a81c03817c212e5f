// An error tells a program what to do: its code, its facts, whether to try again.

import { expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/error.ts';

class DoorError extends HoldfastError<'closed' | 'locked'> {
  override readonly name = 'DoorError';
}

test('carries its code, its facts and whether to try again', () => {
  const error = new DoorError('locked', 'The door is locked; ask for the key.', {
    facts: { door: 3, key: null },
    retryable: true,
    cause: 'the wind',
  });
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(HoldfastError);
  expect(error).toMatchObject({
    name: 'DoorError',
    code: 'locked',
    message: 'The door is locked; ask for the key.',
    facts: { door: 3, key: null },
    retryable: true,
    cause: 'the wind',
  });
  expect(String(error)).toBe('DoorError: The door is locked; ask for the key.');
});

test('has no facts, no cause and no hope unless they are given', () => {
  const error = new HoldfastError('closed', 'It is closed.');
  expect(error).toMatchObject({ name: 'HoldfastError', facts: {}, retryable: false });
  expect(Object.hasOwn(error, 'cause')).toBe(false);
  expect(Object.hasOwn(new HoldfastError('a', 'b', { cause: undefined }), 'cause')).toBe(false);
  expect(Object.hasOwn(new HoldfastError('a', 'b', { cause: null }), 'cause')).toBe(true);
});

// Checks of our own promises. A failed assertion is a bug of Holdfast, never of a
// user or a peer: what comes from outside is answered with a result or a typed
// error (error.ts), not with these.

/** A promise that Holdfast made to itself was broken. Report it: no input may cause it. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Returns the value, or fails where a lookup that cannot miss has missed. */
export function defined<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`);
  return value;
}

/** Ends a switch over a union: a member added later does not compile until it is answered. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}

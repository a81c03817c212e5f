// The one shape of every error that crosses a public edge. It says what is wrong
// (code), the facts needed to act on it, and what to do about it, so that an app
// can show it and a program can decide on it without parsing a sentence.

/** Plain facts of an error: what it is about, for a program to read. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Base of all typed errors. `code` is stable and unique in the package, `message`
 * says what happened and what to do, `retryable` tells whether the same call can
 * succeed later without anything else being changed.
 */
export class HoldfastError<Code extends string = string> extends Error {
  override readonly name: string = 'HoldfastError';
  readonly code: Code;
  readonly facts: ErrorFacts;
  readonly retryable: boolean;

  constructor(
    code: Code,
    message: string,
    options: { facts?: ErrorFacts; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
    this.retryable = options.retryable ?? false;
  }
}

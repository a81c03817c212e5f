// What is wrong with how a command was called. Its message is one sentence that names the
// flag or the variable and says what would be right.

import { HoldfastError } from '../../src/base/error.ts';

export class UsageError extends HoldfastError<'usage'> {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super('usage', message);
  }
}

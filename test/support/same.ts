// An equality for inner loops: `expect` with its message costs more than most of what is compared.

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

export function expectSame(found: unknown, wanted: unknown, context: () => string): void {
  if (!isDeepStrictEqual(found, wanted)) expect(found, context()).toEqual(wanted);
}

// What can be wrong with a write to the desk, in words for whoever wrote.

import { parseJson } from '../../src/protocol/json-text.ts';
import type { RowWriteAnswer } from './desk.ts';

export function isJsonText(text: string): boolean {
  return parseJson(text) !== undefined;
}

/** Code, sentence, and whether it may succeed later. */
export function rowFailure(
  refusal: RowWriteAnswer & { readonly ok: false },
): readonly [code: string, message: string, retryable: boolean] {
  switch (refusal.code) {
    case 'full':
      return ['desk-full', 'There are too many rows. Remove some that are not needed.', false];
    case 'busy':
      return ['busy', 'Too many rows are being written at once.', true];
    case 'unavailable':
      return ['unavailable', 'The row cannot be stored just now.', true];
  }
}

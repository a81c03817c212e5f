// Where a page of the list ended, as a word that its reader gives back and need not
// understand.

import * as v from 'valibot';
import { isSessionId } from '../../src/protocol/session-id.ts';
import { parseJson } from '../../src/protocol/json-text.ts';
import type { SummaryPlace } from '../log/summaries.ts';

const shape = v.strictTuple([v.pipe(v.number(), v.safeInteger()), v.custom<string>(isSessionId)]);

export function cursorOf({ activity, session }: SummaryPlace): string {
  return Buffer.from(JSON.stringify([activity, session])).toString('base64url');
}

export function readCursor(cursor: string): SummaryPlace | undefined {
  const read = v.safeParse(shape, parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  return read.success ? { activity: read.output[0], session: read.output[1] } : undefined;
}

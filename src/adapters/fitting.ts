// Foreign values on their way into a session. What a tool takes or gives may be no JSON (a date, a
// class, undefined) or larger than a session takes. Neither may end a run in which the tool has
// already done its work, so such a value is made plain, or its beginning is kept, marked as such.

import type { Json } from '../base/json.ts';
import { clip } from '../base/text.ts';
import { limits } from '../session/limits.ts';
import { plainJson } from '../session/store.ts';

/** Of a value that does not fit, as text. */
const BEGINNING_CHARS = 16_000;

/** What stands for a value that is too large, too deep, or nothing that can be written down. */
interface Beginning {
  readonly truncated: true;
  readonly text: string;
}

export function fitting(value: unknown): Json {
  if (value === undefined) return null;
  const text = jsonTextOf(value);
  if (text === undefined) return beginningOf(nameOf(value));
  // Through its text: that is how a class or a date becomes plain.
  const plain: unknown = JSON.parse(text);
  return isStorable(plain) ? plain : beginningOf(text);
}

const beginningOf = (text: string): Beginning & { readonly [key: string]: Json } => ({
  truncated: true,
  text: clip(text, BEGINNING_CHARS),
});

/** As a value inside a part, which a copy in a fork holds three levels deeper. */
const isStorable = (value: unknown): value is Json =>
  plainJson(value) !== undefined && depthOf(value, limits.valueDepthMax) <= limits.valueDepthMax;

function depthOf(value: unknown, left: number): number {
  if (typeof value !== 'object' || value === null || left < 0) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((entry) => depthOf(entry, left - 1)));
}

/** Undefined where there is none, as for a value that holds itself. */
function jsonTextOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function nameOf(value: unknown): string {
  return typeof value === 'bigint' ? `${value}` : `[${typeof value}]`;
}

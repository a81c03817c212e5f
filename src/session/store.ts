// The one door through which values enter a document. What is stored is a copy of
// what was given, made plain (no undefined entries) and well formed (no half
// surrogate, which UTF-8 cannot carry: the writer would keep it and everyone else
// get a replacement character). What does not fit is refused before anything is
// written.

import type { Json } from '../base/json.ts';
import { isJsonObject } from '../base/json.ts';
import { isSessionJson } from './decode.ts';
import { sessionError } from './error.ts';
import { limits } from './limits.ts';

const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/** The text as a document may hold it. */
export const wellFormed = (text: string): string => text.toWellFormed();

/**
 * The value as a document may hold it. Throws `bad-input` where it is not plain
 * JSON and `too-large` above `bytesMax` UTF-8 bytes of JSON text; `what` names it.
 */
export function storable<Value>(
  value: Value,
  what: string,
  bytesMax: number = limits.valueBytesMax,
): Value {
  const plain = plainCopy(value, limits.jsonDepthMax + 1);
  if (!isSessionJson(plain)) {
    throw sessionError(
      'bad-input',
      `${what} must be plain JSON, at most ${limits.jsonDepthMax} levels deep and ${limits.jsonNodesMax} values large.`,
      { what },
    );
  }
  const bytes = utf8Bytes(JSON.stringify(plain));
  if (bytes > bytesMax) {
    throw sessionError(
      'too-large',
      `${what} has ${bytes} bytes, ${bytesMax} are allowed; attach it as a file instead.`,
      { what, bytes, bytesMax },
    );
  }
  // plainCopy keeps the type: it only drops entries that are undefined, which an
  // optional key may be, and mends strings.
  return plain as Value;
}

/** The value as a document would hold it, undefined where it could not. */
export function plainJson(value: unknown): unknown {
  const plain = plainCopy(value, limits.jsonDepthMax + 1);
  if (!isSessionJson(plain)) return undefined;
  return utf8Bytes(JSON.stringify(plain)) <= limits.valueBytesMax ? plain : undefined;
}

/** A copy without undefined entries, with every string mended. Deeper levels are kept as they are: the check refuses them. */
function plainCopy(value: unknown, depthLeft: number): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (depthLeft === 0) return value;
  if (Array.isArray(value)) return value.map((entry) => plainCopy(entry, depthLeft - 1));
  if (!isJsonObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined) copy[wellFormed(key)] = plainCopy(entry, depthLeft - 1);
  }
  return copy;
}

/** A line of text within its bound, well formed. Throws `bad-input` where it is empty or too long. */
export function line(text: string, what: string, charsMax: number): string {
  const mended = wellFormed(text);
  if (mended.length === 0 || mended.length > charsMax) {
    throw sessionError('bad-input', `${what} must have 1 to ${charsMax} characters.`, {
      what,
      chars: mended.length,
    });
  }
  return mended;
}

/** Frozen JSON for types that promise more than JSON does. */
export const asJson = (value: object): Json => value as Json;

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
const utf8Bytes = (text: string): number => encoder.encode(text).length;

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
  depthMax: number = limits.jsonDepthMax,
): Value {
  const plain = plainCopy(value, depthMax + 1, { left: limits.jsonNodesMax + 1 });
  if (!isSessionJson(plain, depthMax)) {
    throw sessionError(
      'bad-input',
      `${what} must be plain JSON, at most ${depthMax} levels deep and ${limits.jsonNodesMax} values large.`,
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

/**
 * A value of an app's own (data, what a tool takes and gives), in the wrapper in which a
 * part holds it, so that it may be null. Refused as `storable` does, and above its own depth.
 */
export function storableValue<Wrapper extends { readonly value: Json }>(
  wrapper: Wrapper,
  what: string,
): Wrapper {
  const stored = storable(wrapper, what, limits.valueBytesMax, limits.valueDepthMax + 1);
  if (Object.hasOwn(stored, 'value')) return stored;
  throw sessionError('bad-input', `${what} must be plain JSON, not undefined.`, { what });
}

/** The value as a document would hold it, undefined where it could not. */
export function plainJson(value: unknown): unknown {
  const plain = plainCopy(value, limits.jsonDepthMax + 1, { left: limits.jsonNodesMax + 1 });
  if (!isSessionJson(plain)) return undefined;
  return utf8Bytes(JSON.stringify(plain)) <= limits.valueBytesMax ? plain : undefined;
}

/**
 * A copy without undefined entries, with every string mended. What is deeper, or more than
 * `nodes` has left (an object inside itself has no end), is kept as it is: the check refuses it.
 */
function plainCopy(value: unknown, depthLeft: number, nodes: { left: number }): unknown {
  if (--nodes.left < 0) return value;
  if (typeof value === 'string') return wellFormed(value);
  if (depthLeft === 0) return value;
  if (Array.isArray(value)) return value.map((entry) => plainCopy(entry, depthLeft - 1, nodes));
  if (!isJsonObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  // Assigned to a copy, this key would be gone without a word.
  if (Object.hasOwn(value, '__proto__')) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined) copy[wellFormed(key)] = plainCopy(entry, depthLeft - 1, nodes);
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

// The one door through which values of a document become typed. A value is first
// checked to be plain JSON within bounds, then against its schema, then frozen:
// the view hands out what the document stores, so nobody may write into it. Keys
// that a schema does not know are kept (a newer minor version may have written
// them).

import * as v from 'valibot';
import { freezeJson, isJson, type Json } from '../base/json.ts';
import { isId } from '../base/id.ts';
import { limits } from './limits.ts';
import { SELECTION_ROOT } from './shape.ts';

const abortEarly = { abortEarly: true };

/** Whether a value is JSON that a session may hold, as it is given. */
export const isSessionJson = (
  value: unknown,
  depthMax: number = limits.jsonDepthMax,
): value is Json => isJson(value, { depthMax, nodesMax: limits.jsonNodesMax });

/**
 * A stored value as JSON, undefined where it is none. Only own keys count: an update
 * may carry a key `__proto__`, which becomes the prototype of the object that Yjs makes
 * of it, and is gone when that peer hands the object on. Both must read the same.
 */
function readJson(stored: unknown): Json | undefined {
  if (isSessionJson(stored)) return stored;
  const own = ownCopy(stored, limits.jsonDepthMax + 1);
  return isSessionJson(own) ? own : undefined;
}

function ownCopy(value: unknown, depthLeft: number): unknown {
  if (typeof value !== 'object' || value === null || depthLeft === 0) return value;
  if (Array.isArray(value)) return value.map((entry) => ownCopy(entry, depthLeft - 1));
  if (isInstance(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (key !== '__proto__') copy[key] = ownCopy(entry, depthLeft - 1);
  }
  return copy;
}

/** Whether a class made it. A prototype that came out of an update has no constructor of its own. */
function isInstance(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) {
    return false;
  }
  return typeof Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value === 'function';
}

/** The value as the schema's type, frozen, or undefined where it is anything else. Never throws. */
export function decode<Shape>(
  schema: v.GenericSchema<unknown, Shape>,
  value: unknown,
): Shape | undefined {
  const json = readJson(value);
  if (json === undefined) return undefined;
  const result = v.safeParse(schema, json, abortEarly);
  return result.success ? freezeJson(result.output) : undefined;
}

export const idSchema: v.GenericSchema<unknown, string> = v.custom<string>(isId);

/** The id of a message. What stands for the root in a choice of branches names no message. */
export const messageIdSchema: v.GenericSchema<unknown, string> = v.custom<string>(
  (value) => isId(value) && value !== SELECTION_ROOT,
);

/** One check instead of a pipe of three: opening a session makes thousands of them. */
const text = (charsMax: number, charsMin = 0): v.GenericSchema<unknown, string> =>
  v.custom<string>(
    (value) => typeof value === 'string' && value.length >= charsMin && value.length <= charsMax,
  );

export const principalSchema = text(limits.principalCharsMax, 1);
export const nameSchema = text(limits.nameCharsMax);
export const titleSchema = text(limits.titleCharsMax);
export const sentenceSchema = text(limits.sentenceCharsMax);
export const urlSchema = text(limits.urlCharsMax);

/** Milliseconds since 1970, as the writer's clock had it. */
export const timeSchema: v.GenericSchema<unknown, number> = v.custom<number>(
  (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
);

export const countSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
);

export const jsonSchema: v.GenericSchema<unknown, Json> = v.custom<Json>(
  (value) => value !== undefined,
);

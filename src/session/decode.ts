// The one door through which values of a document become typed. A value is first
// checked to be plain JSON within bounds, then against its schema, then frozen:
// the view hands out what the document stores, so nobody may write into it. Keys
// that a schema does not know are kept (a newer minor version may have written
// them).

import * as v from 'valibot';
import { freezeJson, isJson, isJsonObject, type Json } from '../base/json.ts';
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

/** A check of one value, for `fields`. */
export type Check = (value: unknown) => boolean;

/** One for each field of a shape: a field that is added does not compile until it is checked. */
type Checks<Shape> = { readonly [Key in keyof Shape]-?: Check };

/**
 * The schema of an object by its fields, unknown ones kept. Opening a session checks
 * thousands of heads, and a schema that only checks, without a copy, takes a third of
 * the time; what is read rarely may use the library's own objects.
 */
export const fields = <Shape extends object>(
  checks: Checks<Shape>,
): v.GenericSchema<unknown, Shape> => v.custom<Shape>(hasFields(checks));

/** The same as a check, for an object inside another. */
export function hasFields<Shape extends object>(checks: Checks<Shape>): Check {
  const rows: readonly (readonly [string, Check])[] = Object.entries<Check>(checks);
  return (value) => {
    if (!isJsonObject(value)) return false;
    for (const [key, check] of rows) if (!check(value[key])) return false;
    return true;
  };
}

export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

export const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

export const isTime: Check = (value) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** A text of so many UTF-16 units. */
export const isText =
  (charsMax: number, charsMin = 0): Check =>
  (value) =>
    typeof value === 'string' && value.length >= charsMin && value.length <= charsMax;

export const isPrincipal = isText(limits.principalCharsMax, 1);

/** The id of a message. What stands for the root in a choice of branches names no message. */
export const isMessageId: Check = (value) => isId(value) && value !== SELECTION_ROOT;

export const idSchema: v.GenericSchema<unknown, string> = v.custom<string>(isId);

const text = (charsMax: number): v.GenericSchema<unknown, string> =>
  v.custom<string>(isText(charsMax));

export const principalSchema: v.GenericSchema<unknown, string> = v.custom<string>(isPrincipal);
export const nameSchema = text(limits.nameCharsMax);
export const titleSchema = text(limits.titleCharsMax);
export const sentenceSchema = text(limits.sentenceCharsMax);
export const urlSchema = text(limits.urlCharsMax);

/** Milliseconds since 1970, as the writer's clock had it. */
export const timeSchema: v.GenericSchema<unknown, number> = v.custom<number>(isTime);

export const countSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
);

export const jsonSchema: v.GenericSchema<unknown, Json> = v.custom<Json>(
  (value) => value !== undefined,
);

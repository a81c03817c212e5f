// Plain JSON values, and the one question asked of every value that comes out of
// a document or a frame: is it nothing but that? Peers can store what JSON cannot
// hold (BigInt, NaN, bytes, an object with a foreign prototype), nested deep enough
// to overflow whoever walks it, so the check is bounded in depth and in nodes.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export interface JsonBounds {
  readonly depthMax: number;
  /** Values, array entries and object entries together. */
  readonly nodesMax: number;
}

/** Whether `value` is plain JSON within the bounds. Never throws; cost is at most `nodesMax` steps. */
export function isJson(value: unknown, bounds: JsonBounds): value is Json {
  let nodesLeft = bounds.nodesMax;
  const visit = (node: unknown, depthLeft: number): boolean => {
    if (--nodesLeft < 0) return false;
    if (node === null || typeof node === 'boolean' || typeof node === 'string') return true;
    if (typeof node === 'number') return Number.isFinite(node);
    if (typeof node !== 'object' || depthLeft === 0) return false;
    if (Array.isArray(node)) {
      // By index: `every` skips holes, which JSON does not have, and walks a sparse array for ever.
      for (let at = 0; at < node.length; at++) if (!visit(node[at], depthLeft - 1)) return false;
      return true;
    }
    if (Object.getPrototypeOf(node) !== Object.prototype) return false;
    for (const key of Object.keys(node)) {
      if (key === '__proto__') return false;
      if (!visit((node as Record<string, unknown>)[key], depthLeft - 1)) return false;
    }
    return true;
  };
  return visit(value, bounds.depthMax);
}

/** Whether a JSON value is an object with keys, which excludes arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * One text for one value: keys sorted by code unit, `undefined` entries dropped, no
 * white space. RFC 8785 in effect, because JSON.stringify already prints numbers
 * and strings as ECMAScript does. Used where values are compared or hashed.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value))
    return `[${value.map((entry: Json) => canonicalJson(entry)).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries: string[] = [];
  for (const key of Object.keys(value).toSorted()) {
    const entry = value[key];
    if (entry !== undefined) entries.push(`${JSON.stringify(key)}:${canonicalJson(entry)}`);
  }
  return `{${entries.join(',')}}`;
}

/** Freezes a value and all it holds, so that a shared view cannot be written to. Bounded by isJson before. */
export function freezeJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const entry of Object.values(value)) freezeJson(entry);
  return value;
}

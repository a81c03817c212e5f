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
  return nodesAfter(value, bounds.depthMax, bounds.nodesMax) >= 0;
}

/** How many nodes are left after this one; below zero where there were too few, or it is no JSON. */
function nodesAfter(node: unknown, depthLeft: number, nodesLeft: number): number {
  let left = nodesLeft - 1;
  if (node === null || typeof node === 'boolean' || typeof node === 'string') return left;
  if (typeof node === 'number') return Number.isFinite(node) ? left : -1;
  if (typeof node !== 'object' || depthLeft === 0) return -1;
  if (Array.isArray(node)) {
    // By index: `every` skips holes, which JSON does not have, and walks a sparse array for ever.
    for (let at = 0; at < node.length && left >= 0; at++) {
      left = nodesAfter(node[at], depthLeft - 1, left);
    }
    return left;
  }
  if (Object.getPrototypeOf(node) !== Object.prototype) return -1;
  for (const key of Object.keys(node)) {
    if (key === '__proto__' || left < 0) return -1;
    left = nodesAfter((node as Record<string, unknown>)[key], depthLeft - 1, left);
  }
  return left;
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
  // Own keys: with JSON there are no others. A list of values would be made for each object.
  for (const key in value) {
    const entry = value[key];
    if (typeof entry === 'object') freezeJson(entry);
  }
  return value;
}

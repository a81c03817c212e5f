// One struct of the Yjs v1 update format: what stands in the bytes, and nothing
// that would need a document to know. A struct's own clock is not among its bytes
// (it follows from the block it stands in), so the slice from `start` to `end` can
// be kept as it is and written into another update.
//
//   item   info [origin id] [right origin id] [parent [key]] content
//   info   5 bits kind of content | 80 origin | 40 right origin | 20 under a key
//   parent 1 root-name | 0 id            only without both origins; the key likewise
//   id     client clock
//   0 GC, 10 Skip: info and a length, no flags
//
// Flag 20 beside an origin carries no key, for the key is that of the origin. A
// document writes it, Y.mergeUpdates and Y.diffUpdate lose it, so it tells nothing
// reliable and is reported as it stands.
//
// Format: yjs 13.6, src/structs/Item.js (`write`) and src/utils/updates.js.

import { textOf } from './utf8.ts';

/**
 * What a struct holds. `gc` and `deleted` are words that are gone, `skip` is a hole: clocks of which
 * this update says nothing.
 */
export type StructKind =
  | 'array'
  | 'map'
  | 'text'
  | 'string'
  | 'json'
  | 'binary'
  | 'deleted'
  | 'gc'
  | 'skip';

export const GC = 0;
export const DELETED = 1;
export const SKIP = 10;
export const WITH_ORIGIN = 0x80;
export const WITH_RIGHT = 0x40;
export const WITH_KEY = 0x20;
export const KIND_BITS = 0x1f;

/** The value of every field of a struct that the bytes do not give. */
export const NONE = -1;

/** Offsets count from the start of the bytes that were read; `NONE` stands for what is not there. */
export interface Struct {
  readonly client: number;
  readonly clock: number;
  /** Clocks it takes: UTF-16 units of a string, values of `json`, 1 of a type. */
  readonly length: number;
  readonly kind: StructKind;
  /** The struct after which it was written, by its last character or value. */
  readonly originClient: number;
  readonly originClock: number;
  /** The struct before which it was written. */
  readonly rightClient: number;
  readonly rightClock: number;
  /** The type it stands in, where that is no root. Neither parent nor root with an origin or a right one. */
  readonly parentClient: number;
  readonly parentClock: number;
  /** Flag 20. */
  readonly keyed: boolean;
  readonly rootStart: number;
  readonly rootEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  /** Where the content begins, behind origins and parent; for `gc` and `skip`, the length. */
  readonly contentStart: number;
  readonly end: number;
}

/** Clocks of one client whose structs are deleted. */
export interface DeleteRange {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

/** The name of the root that the struct stands in, where its bytes say it. */
export function rootOf(bytes: Uint8Array, struct: Struct): string | undefined {
  return struct.rootStart === NONE ? undefined : textOf(bytes, struct.rootStart, struct.rootEnd);
}

/** The key that the struct stands under, where its bytes say it. */
export function keyOf(bytes: Uint8Array, struct: Struct): string | undefined {
  return struct.keyStart === NONE ? undefined : textOf(bytes, struct.keyStart, struct.keyEnd);
}

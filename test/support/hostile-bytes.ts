// Attacks on the bytes of an update, each named by what it does to them. Most of what
// comes out is refused by Yjs; what it takes is what a reader has to live with.

import { below, type Chance, pick } from '../../src/base/chance.ts';

type Mutation = (bytes: Uint8Array, chance: Chance, other: Uint8Array) => Uint8Array;

const join = (...pieces: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
};

const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const changed = bytes.slice();
  changed[at] = value;
  return changed;
};

function cutOut(bytes: Uint8Array, chance: Chance): Uint8Array {
  const from = below(chance, bytes.length);
  return bytes.slice(from, from + 1 + below(chance, 24));
}

/** Varints that are long, huge, or padded with zeros. */
const varints = [
  [0x80, 0x80, 0x80, 0x80, 0x08],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
];

const mutations: Readonly<Record<string, Mutation>> = {
  'a bit flips': (bytes, chance) => {
    const at = below(chance, bytes.length);
    return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << below(chance, 8)));
  },
  'a number is one off': (bytes, chance) => {
    const at = below(chance, bytes.length);
    return withByte(bytes, at, (bytes[at] ?? 0) + (below(chance, 2) === 0 ? 1 : 255));
  },
  'the end is missing': (bytes, chance) => bytes.slice(0, below(chance, bytes.length)),
  'a piece is missing': (bytes, chance) => {
    const at = below(chance, bytes.length);
    return join(bytes.slice(0, at), bytes.slice(at + 1 + below(chance, 12)));
  },
  'a piece comes twice': (bytes, chance) => {
    const at = below(chance, bytes.length);
    return join(bytes.slice(0, at), cutOut(bytes, chance), bytes.slice(at));
  },
  'a piece of another document': (bytes, chance, other) => {
    const at = below(chance, bytes.length);
    const stray = cutOut(other, chance);
    return join(bytes.slice(0, at), stray, bytes.slice(at + stray.length));
  },
  'a number of another length': (bytes, chance) => {
    const at = below(chance, bytes.length);
    const varint = Uint8Array.from(pick(chance, varints) ?? []);
    return join(bytes.slice(0, at), varint, bytes.slice(at + 1));
  },
  'something follows the end': (bytes, chance) => join(bytes, cutOut(bytes, chance)),
};

/** Changes an update once or a few times. Returns what was done last, and a buffer of its own. */
export function mutate(
  bytes: Uint8Array,
  chance: Chance,
  other: Uint8Array,
): { readonly name: string; readonly bytes: Uint8Array } {
  let changed = bytes;
  let name = '';
  for (let times = below(chance, 4) === 0 ? 3 : 1; times > 0; times--) {
    name = pick(chance, mutationNames) ?? '';
    changed = mutations[name]?.(changed, chance, other) ?? changed;
    if (changed.length === 0) return { name, bytes: Uint8Array.of(0) };
  }
  return { name, bytes: changed.slice() };
}

/** The names of all mutations. */
export const mutationNames: readonly string[] = Object.keys(mutations);

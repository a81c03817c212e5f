// Where a struct stands once some of what it stood behind is not there any more, and the
// rest has other names. Behind something that was left out means: behind what that stood
// behind, and at the beginning of the same container where there was nothing.

import type { ByteWriter } from '../../protocol/byte-writer.ts';
import {
  KIND_BITS,
  NONE,
  type Struct,
  WITH_KEY,
  WITH_ORIGIN,
  WITH_RIGHT,
} from '../../protocol/struct.ts';
import { ClockRanges } from './clock-ranges.ts';

export interface StructId {
  readonly client: number;
  readonly clock: number;
}

/** A struct with the bytes that its offsets count in. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly struct: Struct;
}

/** The beginning of a container: a root or a type, and a key where it is a map. */
interface Beginning {
  readonly root: Uint8Array | undefined;
  readonly parent: StructId | undefined;
  readonly key: Uint8Array | undefined;
}

export interface Place {
  readonly origin: StructId | undefined;
  readonly right: StructId | undefined;
  readonly beginning: Beginning | undefined;
}

/**
 * `waits`: it refers to what is not there, or not there yet. `lost`: it stands in a container
 * that was left out, or nobody can say where.
 */
export type NoPlace = 'waits' | 'lost';

/** What became of an id. */
export interface Names {
  /** Whether it is there under the name that it always had. */
  readonly isKnown: (id: StructId) => boolean;
  /** The next clock of a client that is not there. */
  readonly known: (client: number) => number;
  /** Its new name, if it was issued again. */
  readonly renamed: (id: StructId) => StructId | undefined;
}

export class PlaceFinder {
  #names: Names;
  #out = new ClockRanges<Piece>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** From now on this is not there. */
  leaveOut(bytes: Uint8Array, structs: readonly Struct[]): void {
    for (const struct of structs) {
      const { client, clock, length, kind } = struct;
      if (kind === 'skip' || this.#out.find(client, clock) !== undefined) continue;
      this.#out.add(client, { clock, length, value: { bytes, struct } });
    }
  }

  /** The range of what was left out in which an id is. */
  outAt({ client, clock }: StructId): { readonly end: number } | undefined {
    const range = this.#out.find(client, clock);
    return range && { end: range.clock + range.length };
  }

  placeOf(piece: Piece): Place | NoPlace {
    const { struct } = piece;
    const right = this.#right(struct);
    if (right === 'waits') return right;
    if (struct.originClient === NONE) {
      if (right !== undefined) return { origin: undefined, right, beginning: undefined };
      const beginning = this.#beginning(piece);
      return typeof beginning === 'string' ? beginning : { origin: undefined, right, beginning };
    }
    const left = this.#left({ client: struct.originClient, clock: struct.originClock });
    if (typeof left === 'string') return left;
    if ('client' in left) return { origin: left, right, beginning: undefined };
    if (right !== undefined) return { origin: undefined, right, beginning: undefined };
    return { origin: undefined, right, beginning: left };
  }

  /** What a struct stands behind now: an id, or the beginning of its container. */
  #left(origin: StructId): StructId | Beginning | NoPlace {
    const { isKnown, known, renamed } = this.#names;
    const passed = new Set<Piece>();
    for (let id = origin; ;) {
      if (isKnown(id)) return id;
      const again = renamed(id);
      if (again !== undefined) return again;
      const out = this.#out.find(id.client, id.clock);
      if (out === undefined) return 'waits';
      // Of what was left out, a first part may have landed before.
      if (known(id.client) > out.clock) return { client: id.client, clock: known(id.client) - 1 };
      const { struct } = out.value;
      if (struct.originClient === NONE) return this.#beginning(out.value);
      if (passed.has(out.value)) return 'lost';
      passed.add(out.value);
      id = { client: struct.originClient, clock: struct.originClock };
    }
  }

  #right({ rightClient, rightClock }: Struct): StructId | undefined | 'waits' {
    if (rightClient === NONE) return undefined;
    const id = { client: rightClient, clock: rightClock };
    if (this.#names.isKnown(id)) return id;
    const again = this.#names.renamed(id);
    if (again !== undefined) return again;
    return this.outAt(id) === undefined ? 'waits' : undefined;
  }

  #beginning({ bytes, struct }: Piece): Beginning | NoPlace {
    const { parentClient, parentClock, rootStart, rootEnd, keyStart, keyEnd } = struct;
    const key = keyStart === NONE ? undefined : bytes.subarray(keyStart, keyEnd);
    if (rootStart !== NONE) {
      return { root: bytes.subarray(rootStart, rootEnd), parent: undefined, key };
    }
    if (parentClient === NONE) return 'lost';
    const id = { client: parentClient, clock: parentClock };
    if (this.#names.isKnown(id)) return { root: undefined, parent: id, key };
    const parent = this.#names.renamed(id);
    if (parent !== undefined) return { root: undefined, parent, key };
    return this.outAt(id) === undefined ? 'waits' : 'lost';
  }
}

/** Writes a struct's content at its place. A `gc` has neither: it is copied as it is. */
export function writePiece(out: ByteWriter, { bytes, struct }: Piece, place: Place): void {
  const { origin, right, beginning } = place;
  const kind = (bytes[struct.start] ?? 0) & KIND_BITS;
  const key = beginning?.key;
  out.byte(
    kind |
      (origin === undefined ? 0 : WITH_ORIGIN) |
      (right === undefined ? 0 : WITH_RIGHT) |
      (key === undefined ? 0 : WITH_KEY),
  );
  if (origin !== undefined) writeId(out, origin);
  if (right !== undefined) writeId(out, right);
  if (beginning?.root !== undefined) {
    out.varUint(1);
    out.sized(beginning.root);
  } else if (beginning?.parent !== undefined) {
    out.varUint(0);
    writeId(out, beginning.parent);
  }
  if (key !== undefined) out.sized(key);
  out.bytes(bytes.subarray(struct.contentStart, struct.end));
}

function writeId(out: ByteWriter, { client, clock }: StructId): void {
  out.varUint(client);
  out.varUint(clock);
}

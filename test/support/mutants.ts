// Bytes as nobody sends them in good faith: real updates, damaged at random places, and updates put
// together at random out of pieces that are each nearly right.

import { below, type Chance, pick } from '../../src/base/chance.ts';
import { defined } from '../../src/base/assert.ts';
import { ByteWriter } from '../../src/protocol/byte-writer.ts';

const nastyBytes = [0, 1, 2, 4, 7, 8, 10, 0x24, 0x7f, 0x80, 0x84, 0xc4, 0xed, 0xf0, 0xff];

/** A copy with one to four wounds. `other` gives bytes for a graft. */
export function damage(chance: Chance, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let wounded = [...bytes];
  for (let i = below(chance, 4); i >= 0; i--) wounded = wound(chance, wounded, other);
  return Uint8Array.from(wounded);
}

function wound(chance: Chance, bytes: number[], other: Uint8Array): number[] {
  const at = below(chance, bytes.length + 1);
  const to = at + below(chance, Math.min(8, bytes.length - at + 1));
  const nasty = defined(pick(chance, nastyBytes), 'a byte');
  switch (below(chance, 8)) {
    case 0:
      return bytes.map((byte, index) => (index === at ? nasty : byte));
    case 1:
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << below(chance, 8)) : byte));
    case 2:
      return [...bytes.slice(0, at), nasty, ...bytes.slice(at)];
    case 3:
      return [...bytes.slice(0, at), ...bytes.slice(to)];
    case 4:
      return bytes.slice(0, Math.max(at, 1));
    case 5:
      return [...bytes.slice(0, to), ...bytes.slice(at, to), ...bytes.slice(to)];
    case 6:
      return [...bytes.slice(0, at), ...other.slice(0, to - at + 3), ...bytes.slice(to)];
    default:
      return bytes.map((byte, index) =>
        index === at ? (byte + below(chance, 3) - 1) & 0xff : byte,
      );
  }
}

const ids = [0, 1, 2, 3];
const roots = ['map', 'list', 'text'];
const texts = ['a', 'ab', '😀', 'x😀y', 'abcd', 'ä', 'a', 'ab', 'abcd', ''];
const kinds = [0, 1, 3, 4, 4, 4, 7, 7, 7, 8, 8, 10];
const flagSets = [0, 0, 0x20, 0x20, 0x80, 0x80, 0x80, 0xa0, 0x40, 0xc0, 0xe0];

/** An update of few clients whose parts refer to one another, mostly to what exists. */
export function assemble(chance: Chance): Uint8Array {
  return new Assembler(chance).update();
}

class Assembler {
  readonly #chance: Chance;
  readonly #out = new ByteWriter();
  /** The clock that each client has reached. */
  readonly #clocks = new Map<number, number>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  update(): Uint8Array {
    const clients = ids.filter(() => this.#once(2)).reverse();
    this.#out.varUint(clients.length);
    for (const client of clients) this.#block(client);
    const deleted = ids.filter(() => this.#once(3));
    this.#out.varUint(deleted.length);
    for (const client of deleted) this.#deletions(client);
    return this.#out.finish();
  }

  /** True once in `times`. */
  #once(times: number): boolean {
    return below(this.#chance, times) === 0;
  }

  #one<Value>(values: readonly Value[]): Value {
    return defined(pick(this.#chance, values), 'a value');
  }

  #block(client: number): void {
    const count = 1 + below(this.#chance, 5);
    this.#clocks.set(client, this.#once(30) ? below(this.#chance, 3) : 0);
    this.#out.varUint(count);
    this.#out.varUint(client);
    this.#out.varUint(this.#clocks.get(client) ?? 0);
    for (let i = 0; i < count; i++) {
      this.#clocks.set(client, (this.#clocks.get(client) ?? 0) + this.#struct(client));
    }
  }

  #deletions(client: number): void {
    const count = 1 + below(this.#chance, 2);
    this.#out.varUint(client);
    this.#out.varUint(count);
    for (let i = 0; i < count; i++) {
      this.#out.varUint(below(this.#chance, 3) + i * 3);
      this.#out.varUint(this.#once(40) ? 0 : 1 + below(this.#chance, 2));
    }
  }

  /** An id of a client that was written before, rarely of any. */
  #id(client: number): void {
    const known = [...this.#clocks].filter(([, clock]) => clock > 0);
    const [other, reached] = this.#once(40) || known.length === 0 ? [client, 6] : this.#one(known);
    this.#out.varUint(other);
    this.#out.varUint(below(this.#chance, reached));
  }

  /** Returns how many clocks the struct takes. */
  #struct(client: number): number {
    const kind = this.#once(3) ? this.#one(kinds) : this.#one([4, 7, 8]);
    if (kind === 0 || kind === 10) {
      this.#out.byte(kind);
      return this.#length();
    }
    const isFirst = [...this.#clocks.values()].every((clock) => clock === 0);
    const flags = isFirst ? this.#one([0, 0x20]) : this.#one(flagSets);
    this.#out.byte(kind | flags);
    if ((flags & 0x80) !== 0) this.#id(client);
    if ((flags & 0x40) !== 0) this.#id(client);
    if ((flags & 0xc0) === 0) this.#parent(client, (flags & 0x20) !== 0);
    return this.#content(kind);
  }

  #parent(client: number, keyed: boolean): void {
    const isRoot = this.#once(2) || ![...this.#clocks.values()].some((clock) => clock > 0);
    this.#out.varUint(isRoot ? 1 : 0);
    if (isRoot) this.#out.text(this.#one(roots));
    else this.#id(client);
    if (keyed) this.#out.text(this.#one(['k', 'l']));
  }

  #length(): number {
    const length = this.#once(40) ? 0 : 1 + below(this.#chance, 3);
    this.#out.varUint(length);
    return length;
  }

  #content(kind: number): number {
    if (kind === 1) return this.#length();
    if (kind === 3) this.#out.sized(new Uint8Array(below(this.#chance, 3)));
    if (kind === 7) this.#out.varUint(this.#once(40) ? 3 : below(this.#chance, 3));
    if (kind === 4) {
      const text = this.#one(texts);
      this.#out.text(text);
      return text.length;
    }
    if (kind !== 8) return 1;
    const count = this.#length();
    for (let i = 0; i < count; i++) this.#out.byte(this.#one([126, 120, 121]));
    return count;
  }
}

// Updates as no honest peer makes them, for a session that has some history: structs whose
// references mostly lead somewhere, under clients that mostly are the sender's; and honest updates
// with wounds. Small, because what a gate gets wrong shows in few structs.

import type { DocumentIndex } from '../../server/room/document-index.ts';
import { defined } from '../../src/base/assert.ts';
import { below, type Chance, pick } from '../../src/base/chance.ts';
import { array, deleted, map, struct, textType, values, words } from './gate.ts';
import { damage } from './mutants.ts';
import { mutate } from './hostile-bytes.ts';
import { block, deletions, gc, type Piece, skip, update } from './update-bytes.ts';

const roots = ['meta', 'messages', 'runs', 'control', 'annotations', 'selection', 'elsewhere'];
const keys = ['title', 'a', 'acks', 'head', '😀'];
const texts = ['a', 'ab', '😀', 'x😀y', 'ä日本'];

/** One frame: honest bytes that were damaged, or one put together. */
export function hostileFrame(
  chance: Chance,
  index: DocumentIndex,
  clients: readonly number[],
  honest: readonly Uint8Array[],
): Uint8Array {
  const one = (): Uint8Array => pick(chance, honest) ?? update([]);
  const fate = below(chance, 8);
  if (fate < 5) return new Assembly(chance, index, clients).update();
  if (fate === 5) return mutate(one(), chance, one()).bytes;
  if (fate === 6) return damage(chance, one(), one());
  return damage(chance, new Assembly(chance, index, clients).update(), one());
}

class Assembly {
  readonly #chance: Chance;
  readonly #clients: readonly number[];
  /** Where each client stands in the room, and then in this update. */
  readonly #clocks = new Map<number, number>();
  readonly #index: DocumentIndex;

  constructor(chance: Chance, index: DocumentIndex, clients: readonly number[]) {
    this.#chance = chance;
    this.#index = index;
    this.#clients = clients;
    for (const { client, next } of index.table.writers) this.#clocks.set(client, next);
  }

  update(): Uint8Array {
    const writing = this.#clients.filter(() => this.#once(2)).slice(0, 3);
    const blocks = writing.map((client) => this.#block(client));
    const deleting = this.#once(3) ? [...this.#clocks.keys()].filter(() => this.#once(3)) : [];
    return update(
      blocks,
      deleting.map((client) => this.#deletions(client)),
    );
  }

  /** True once in `times`. */
  #once(times: number): boolean {
    return below(this.#chance, times) === 0;
  }

  #one<Value>(from: readonly Value[]): Value {
    return defined(pick(this.#chance, from), 'a value');
  }

  #block(client: number): Piece {
    const known = this.#clocks.get(client) ?? 0;
    // Mostly what comes next; now and then a little earlier, or later.
    const start = Math.max(0, known + (this.#once(6) ? below(this.#chance, 7) - 5 : 0));
    const structs: Piece[] = [];
    let clock = start;
    for (let left = 1 + below(this.#chance, 4); left > 0; left--) {
      const [piece, length] = this.#struct(client, clock);
      structs.push(piece);
      clock += length;
      this.#clocks.set(client, Math.max(clock, this.#clocks.get(client) ?? 0));
    }
    return block(client, start, structs);
  }

  #struct(client: number, clock: number): readonly [Piece, number] {
    const place = this.#place(client, clock);
    const several = 1 + below(this.#chance, 3);
    switch (below(this.#chance, 11)) {
      case 0:
        return [gc(several), several];
      case 1:
        return [this.#once(4) ? skip(several) : deleted(place, several), several];
      case 2:
        return [map(place), 1];
      case 3:
        return [array(place), 1];
      case 4:
        return [textType(place), 1];
      case 5:
      case 6: {
        const text = this.#one(texts);
        return [words(place, text), text.length];
      }
      case 7:
        return [struct(3, place, [1, 7]), 1];
      default: {
        const count = this.#once(4) ? several : 1;
        return [values(place, ...Array.from({ length: count }, (_, at) => at)), count];
      }
    }
  }

  #place(client: number, clock: number): Parameters<typeof struct>[1] {
    const key = this.#once(2) ? { key: this.#one(keys) } : {};
    const right = this.#once(25) ? { right: this.#id(client, clock) } : {};
    if (this.#once(2)) return { origin: this.#id(client, clock), ...right };
    const root = this.#one(roots);
    const isMap = root !== 'messages';
    const fitting = this.#once(8) ? key : isMap ? { key: this.#one(keys) } : {};
    if (this.#once(2)) return { in: root, ...fitting, ...right };
    const parent = this.#once(3) ? this.#id(client, clock) : this.#type();
    return { in: parent ?? root, ...(parent === undefined ? fitting : key), ...right };
  }

  /** A type that is there. */
  #type(): readonly [number, number] | undefined {
    const { table } = this.#index;
    const container = pick(this.#chance, table.containers);
    if (container === undefined || container.row < 0) return undefined;
    return [table.client(container.row), table.clock(container.row)];
  }

  /** An id that mostly exists, now or earlier in this update. */
  #id(client: number, clock: number): readonly [number, number] {
    if (clock > 0 && this.#once(2))
      return [client, clock - 1 - below(this.#chance, Math.min(clock, 3))];
    const [other, next] = pick(this.#chance, [...this.#clocks]) ?? [client, 1];
    return [other, below(this.#chance, next + (this.#once(20) ? 3 : 0) || 1)];
  }

  #deletions(client: number): Piece {
    const next = this.#clocks.get(client) ?? 1;
    const at = below(this.#chance, next + 1);
    return deletions(client, [at, 1 + below(this.#chance, 3), at + 5, 1]);
  }
}

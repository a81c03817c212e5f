// A peer of another make: yrs, the port of Yjs to Rust, as its package for browsers has it. It
// writes in the roots of a session what its own interface offers, and takes what a room shows.

import { createRequire } from 'node:module';
import * as Y from 'yjs';
import type * as ywasm from 'ywasm';
import { below, type Chance, pick } from '../../src/base/chance.ts';

// Made for CommonJS: an import of its names would find none.
const yrs = createRequire(import.meta.url)('ywasm') as typeof ywasm;

const words = ['a', 'bc ', 'ä', '日本', '😀', 'x😀y'];
const maps = ['meta', 'selection'];
const keys = ['title', 'policy', 'a', 'acks', '😀'];

export class YrsPeer {
  /** Own updates that were not sent yet. */
  outbox: Uint8Array[] = [];
  readonly principal: string;
  #doc: ywasm.YDoc;
  #texts: ywasm.YText[] = [];
  /** Its own messages: people write in no others. */
  #own = new Set<number>();
  #chance: Chance;

  constructor(principal: string, chance: Chance) {
    this.principal = principal;
    this.#chance = chance;
    this.#doc = new yrs.YDoc({ clientID: 1 + below(chance, 2 ** 31 - 2), gc: true });
    // Types that exist from the beginning, as in any program that uses it.
    for (const name of maps) this.#doc.getMap(name);
    this.#doc.getArray('messages');
  }

  /** One change. Returns what was done. */
  write(): string {
    const known = yrs.encodeStateVector(this.#doc);
    const done = this.#act();
    if (done !== 'nothing') this.outbox.push(yrs.encodeStateAsUpdate(this.#doc, known));
    return done;
  }

  take(update: Uint8Array): void {
    yrs.applyUpdate(this.#doc, update, 'room');
  }

  /** Everything it has, or what somebody of these clocks has not. */
  state(known?: Uint8Array): Uint8Array {
    return yrs.encodeStateAsUpdate(this.#doc, known ?? new Uint8Array([0]));
  }

  /** The next clock of every client that it knows. */
  clocks(): ReadonlyMap<number, number> {
    return Y.decodeStateVector(yrs.encodeStateVector(this.#doc));
  }

  /** What stands in the roots. */
  content(): Record<string, unknown> {
    const roots: Record<string, unknown> = {
      messages: this.#doc.getArray('messages').toJson(undefined),
    };
    for (const name of maps) roots[name] = this.#doc.getMap(name).toJson(undefined);
    return roots;
  }

  free(): void {
    this.#doc.free();
  }

  #act(): string {
    const messages = this.#doc.getArray('messages');
    switch (below(this.#chance, 8)) {
      case 0:
        return this.#begin(messages);
      case 1: {
        const at = this.#placeOfOwn(messages);
        if (at < 0) return 'nothing';
        messages.delete(at, 1, undefined);
        return 'deleted';
      }
      case 2:
      case 3: {
        const map = this.#doc.getMap(pick(this.#chance, maps) ?? 'meta');
        map.set(pick(this.#chance, keys) ?? 'a', { n: this.#chance.uint32() }, undefined);
        return 'set';
      }
      case 4: {
        const map = this.#doc.getMap(pick(this.#chance, maps) ?? 'meta');
        const key = pick(this.#chance, keys) ?? 'a';
        if (map.get(key, undefined) === undefined) return 'nothing';
        map.delete(key, undefined);
        return 'unset';
      }
      default:
        return this.#append();
    }
  }

  /** A message whose words grow. */
  #begin(messages: ywasm.YArray): string {
    const text = new yrs.YText('begin ');
    const body = new yrs.YArray([text]);
    const id = this.#chance.uint32();
    this.#own.add(id);
    messages.push([new yrs.YMap({ head: { id }, body })], undefined);
    this.#texts.push(text);
    return 'begun';
  }

  #append(): string {
    const text = pick(this.#chance, this.#texts);
    if (text === undefined || !this.#isAlive(text)) return 'nothing';
    text.push(pick(this.#chance, words) ?? 'x', undefined, undefined);
    return 'appended';
  }

  #placeOfOwn(messages: ywasm.YArray): number {
    const all: { readonly head?: { readonly id?: number } }[] = messages.toJson(undefined);
    const places = all.flatMap(({ head }, at) => (this.#own.has(head?.id ?? -1) ? [at] : []));
    return pick(this.#chance, places) ?? -1;
  }

  #isAlive(text: ywasm.YText): boolean {
    const transaction = this.#doc.beginTransaction(null);
    const isAlive = text.alive(transaction);
    transaction.commit();
    transaction.free();
    return isAlive;
  }
}

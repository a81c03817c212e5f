// The server's small picture of a session: what its meta says, its runs with their
// bookkeeping, its control requests, and the beginning of what was last asked. Lists and
// offers are taken from it, so it shows what is committed and nothing else, and no document
// is needed. It is the index read through two veils, which hold what stood under a key
// before the batch in flight, and before the open one, changed it.

import type { Json } from '../../src/base/json.ts';
import type { DocumentIndex, Entry } from './document-index.ts';
import { entryNumber } from './map-winners.ts';
import { NO } from './struct-table.ts';

type Veil = Map<number, Entry>;

export interface PicturedRun {
  readonly id: string;
  readonly entry: (key: string) => Json | undefined;
  readonly acks: () => IterableIterator<readonly [request: string, ack: Json]>;
}

export class Picture {
  #index: DocumentIndex;
  #open: Veil = new Map();
  #flying: Veil | undefined;

  constructor(index: DocumentIndex) {
    this.#index = index;
    index.watchers.push((container, key) => {
      const place = entryNumber(container, key);
      if (!this.#open.has(place)) this.#open.set(place, index.entry(container, key));
    });
  }

  /** The open batch is on its way. */
  begin(): void {
    this.#flying = this.#open;
    this.#open = new Map();
  }

  /** What was on its way is committed, and shows. */
  commit(): void {
    this.#flying = undefined;
  }

  meta(key: string): Json | undefined {
    return this.#value(this.#index.root('meta'), key);
  }

  control(): IterableIterator<readonly [request: string, value: Json]> {
    return this.#values(this.#index.root('control'));
  }

  *runs(): IterableIterator<PicturedRun> {
    for (const id of this.#keys(this.#index.root('runs'))) {
      const run = this.run(id);
      if (run !== undefined) yield run;
    }
  }

  run(id: string): PicturedRun | undefined {
    const container = this.#entry(this.#index.root('runs'), id).child;
    if (container === undefined) return undefined;
    return {
      id,
      entry: (key) => this.#value(container, key),
      acks: () => {
        const acks = this.#entry(container, 'acks').child;
        return acks === undefined ? none() : this.#values(acks);
      },
    };
  }

  /** The first words of the newest prompt that has words; empty where there is none. */
  preview(): string {
    const { table } = this.#index;
    const messages = table.containers[this.#index.root('messages')];
    for (let row = messages?.last ?? NO; row !== NO; row = table.previous(row)) {
      const child = table.childNumber(row);
      const words = child === NO ? undefined : this.#value(child, 'parts');
      if (typeof words === 'string' && words !== '') return words;
    }
    return '';
  }

  *#values(container: number): IterableIterator<readonly [string, Json]> {
    for (const key of this.#keys(container)) {
      const value = this.#value(container, key);
      if (value !== undefined) yield [key, value];
    }
  }

  /** Every key that anything was ever written under, each once. */
  #keys(container: number): ReadonlySet<string> {
    const { table } = this.#index;
    const keys = new Set<string>();
    for (let row = table.containers[container]?.last ?? NO; row !== NO; row = table.previous(row)) {
      const key = table.keyOf(row);
      if (key !== undefined) keys.add(key);
    }
    return keys;
  }

  #value(container: number, key: string): Json | undefined {
    return this.#entry(container, key).value;
  }

  #entry(container: number, key: string): Entry {
    const number = this.#index.table.findKey(key);
    if (number === undefined) return nothing;
    const place = entryNumber(container, number);
    const before = this.#flying?.get(place) ?? this.#open.get(place);
    return before ?? this.#index.entry(container, number);
  }
}

const nothing: Entry = { value: undefined, child: undefined };

function* none(): IterableIterator<never> {
  // Nothing is answered where nobody can answer.
}

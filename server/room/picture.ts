// The server's small picture of a session: what its meta says, its runs with their
// bookkeeping, its control requests and the heads of its messages. Decisions, offers and
// lists are taken from it, so it shows what is committed and nothing else, and no document
// is needed. Values come from the index as the gate settles them, and are taken over with
// the batch that brought them.

import type { Json } from '../../src/base/json.ts';
import type { DocumentIndex, Touched } from './document-index.ts';

/** What stands under a key now: a value, a type, or nothing any more. */
export interface PictureChange {
  readonly container: number;
  readonly key: string;
  readonly value: Json | undefined;
  /** The container that stands there. */
  readonly child: number | undefined;
}

type Entries = ReadonlyMap<string, Json>;
const none: Entries = new Map();

export class Picture {
  #index: DocumentIndex;
  #values = new Map<number, Map<string, Json>>();
  #children = new Map<number, Map<string, number>>();
  /** The containers of messages, in the order in which they came. */
  #messages = new Set<number>();

  constructor(index: DocumentIndex) {
    this.#index = index;
  }

  get meta(): Entries {
    return this.#values.get(this.#index.root('meta')) ?? none;
  }

  get control(): Entries {
    return this.#values.get(this.#index.root('control')) ?? none;
  }

  /** The runs that are there. */
  *runs(): IterableIterator<{
    readonly id: string;
    readonly entries: Entries;
    readonly acks: Entries;
  }> {
    for (const id of this.#children.get(this.#index.root('runs'))?.keys() ?? []) {
      const run = this.run(id);
      if (run !== undefined) yield { id, ...run };
    }
  }

  run(id: string): { readonly entries: Entries; readonly acks: Entries } | undefined {
    const container = this.#children.get(this.#index.root('runs'))?.get(id);
    if (container === undefined) return undefined;
    const acks = this.#children.get(container)?.get('acks');
    return {
      entries: this.#values.get(container) ?? none,
      acks: acks === undefined ? none : (this.#values.get(acks) ?? none),
    };
  }

  /** What each message says, without replies' growing parts, in the order in which they came. */
  *messages(): IterableIterator<Entries> {
    for (const container of this.#messages) yield this.#values.get(container) ?? none;
  }

  /** What the gate settled since the last call, as it stands now. */
  takeChanges(): readonly PictureChange[] {
    return this.#index.takeTouched().map((touched) => this.#changeOf(touched));
  }

  /** What is committed now. */
  take(changes: readonly PictureChange[]): void {
    for (const { container, key, value, child } of changes) {
      put(this.#values, container, key, value);
      put(this.#children, container, key, child);
      const place = this.#index.table.containers[container]?.place;
      if (place === 'message') this.#messages.add(container);
    }
  }

  #changeOf({ container, key }: Touched): PictureChange {
    return {
      container,
      key,
      value: this.#index.value(container, key),
      child: this.#index.childUnder(container, key),
    };
  }
}

function put<T>(
  into: Map<number, Map<string, T>>,
  container: number,
  key: string,
  value: T | undefined,
): void {
  const entries = into.get(container);
  if (value === undefined) entries?.delete(key);
  else if (entries === undefined) into.set(container, new Map([[key, value]]));
  else entries.set(key, value);
}

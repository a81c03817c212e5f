// What one tab holds of one session beside its document: what it knows, what of that is not known to
// be stored, and every entry that is not durable. Every tab holds it, also one that does not write, so
// that any of them can take over from one that crashed: what a writer had not stored yet the others
// have, until a receipt covers it. Pure bookkeeping: nothing here waits, stores or talks.
//
//            own, or heard            a writer's receipt          durable
//   entry  ------------------> unstored -------------> stored --------------> gone
//   words  ------------------> unstored -------------> gone
//
// A receipt names ids and an extent, so it does not matter who cut the words into which updates.

import { readStateVector, writeStateVector } from '../../protocol/state-vector.ts';
import type { DiskBatch, DiskContents, StoredEntry } from './disk.ts';
import { type Extent, extentOf, joinExtents, Knowledge } from './extent.ts';
import { FateList } from './fate-list.ts';
import { storeLimits } from './limits.ts';
import { mergeRecords } from './merging.ts';
import type { OutboxEntry } from './offline.ts';

const NOTHING: Extent = { structs: [], deletions: [] };

interface Words {
  readonly update: Uint8Array;
  readonly extent: Extent | undefined;
}

/** What goes to disk in one transaction, and what is told when it has. */
export interface Shipment {
  readonly batch: DiskBatch;
  /** Entries that are stored by it. */
  readonly ids: readonly string[];
  readonly settled: readonly string[];
  readonly extent: Extent;
  /** Words of this device are in it. */
  readonly isOwn: boolean;
}

export class Holding {
  resets = 0;
  /** Too much could not be stored: the whole document has to stand in for it. */
  isOverfull = false;
  readonly #known = new Knowledge();
  readonly #stored = new Knowledge();
  #words: Words[] = [];
  #bytes = 0;
  /** Every entry that is not durable, by id. */
  readonly #outbox = new Map<string, StoredEntry>();
  readonly #unstored = new Set<string>();
  readonly #unsettled = new Set<string>();
  readonly #undropped = new Set<string>();
  /** Durable entries of which the words were not seen. */
  readonly #unseen = new Set<string>();
  #fates = new FateList(storeLimits.fatesMax);

  get unsent(): number {
    return this.#outbox.size;
  }

  /** Whether there is anything that is not known to be stored, and whether of this device. */
  get waiting(): 'nothing' | 'base' | 'own' {
    if (this.#unsettled.size + this.#undropped.size > 0 || this.#ready().length > 0) return 'own';
    return this.#words.length > 0 || this.isOverfull ? 'base' : 'nothing';
  }

  /** Words that a server has; false where they are nothing new. */
  takeBase(update: Uint8Array): boolean {
    const extent = extentOf(update);
    if (extent !== undefined && !this.#known.add(extent)) return false;
    this.#keepWords({ update, extent });
    return true;
  }

  /** Words of this device; false where this id was seen. */
  takeOwn(entry: StoredEntry): boolean {
    const present = this.#outbox.get(entry.id);
    // A replacement took it over as it is.
    if (present !== undefined && present.resets < entry.resets) this.#outbox.set(entry.id, entry);
    if (present !== undefined || this.#fates.of(entry.id) === 'gone') return false;
    this.#outbox.set(entry.id, entry);
    if (this.#fates.of(entry.id) !== 'stored') this.#unstored.add(entry.id);
    const extent = extentOf(entry.update);
    if (extent !== undefined) this.#known.add(extent);
    return true;
  }

  /**
   * What is on disk, which may be more than was known; what of it is new. An entry that is `durable`
   * by now is words of the base. Of those in `stored` no receipt had come.
   */
  takeStored(contents: DiskContents): {
    base: Uint8Array[];
    durable: Uint8Array[];
    outbox: StoredEntry[];
    stored: string[];
  } {
    const stored = contents.outbox.map(({ id }) => id).filter((id) => this.#unstored.has(id));
    const base: Uint8Array[] = [];
    const durable: Uint8Array[] = [];
    for (const update of contents.base) {
      const extent = extentOf(update);
      if (extent !== undefined) this.#stored.add(extent);
      if (extent === undefined || this.#known.add(extent)) base.push(update);
    }
    const isNew = contents.outbox.filter((entry) => this.takeOwn(entry));
    for (const entry of contents.outbox) if (this.takeDurable(entry)) durable.push(entry.update);
    this.confirm(
      contents.outbox.map(({ id }) => id),
      NOTHING,
    );
    return { base, durable, outbox: isNew, stored };
  }

  /** The words of an entry that was known to be durable before it was known itself; false if they are not new. */
  takeDurable(entry: StoredEntry): boolean {
    const isDurable = this.#fates.of(entry.id) === 'gone' && entry.resets === this.resets;
    if (isDurable) this.#unseen.delete(entry.id);
    return isDurable && this.takeBase(entry.update);
  }

  /** Durable ids; those of them that were not known to be. */
  takeSettled(ids: readonly string[]): readonly string[] {
    const isNew = ids.filter((id) => this.#fates.of(id) !== 'gone');
    for (const id of isNew) {
      const entry = this.#outbox.get(id);
      const wasStored = !this.#unstored.has(id);
      if (entry === undefined) this.#unseen.add(id);
      this.#forget(id);
      // An entry that is stored moves on disk. Of one that is not the words are the server's now.
      if (entry !== undefined && !wasStored) {
        this.#keepWords({ update: entry.update, extent: extentOf(entry.update) });
      }
      this.#unsettled.add(id);
    }
    return isNew;
  }

  takeDropped(ids: readonly string[]): void {
    for (const id of ids) {
      this.#forget(id);
      this.#undropped.add(id);
    }
  }

  /** A receipt: these ids and this extent are stored. Returns the ids for which that is news. */
  confirm(ids: readonly string[], extent: Extent): readonly string[] {
    const isNew = ids.filter((id) => this.#fates.of(id) === undefined);
    for (const id of ids) {
      this.#unstored.delete(id);
      if (this.#fates.of(id) === undefined) this.#fates.set(id, 'stored');
    }
    this.#stored.add(extent);
    this.#setWords(
      this.#words.filter(({ extent: own }) => own === undefined || !this.#stored.covers(own)),
    );
    return isNew;
  }

  /** The same for ids that left the outbox on disk. Returns those that this tab held. */
  confirmGone(ids: readonly string[]): readonly string[] {
    const isNew = ids.filter((id) => this.#outbox.has(id));
    for (const id of ids) {
      this.#forget(id);
      this.#unsettled.delete(id);
      this.#undropped.delete(id);
      this.#unseen.delete(id);
    }
    return isNew;
  }

  /** Whether all of it was heard of. What another tab stored and this one lacks has to be read. */
  knows(ids: readonly string[], extent: Extent): boolean {
    const knowsId = (id: string): boolean =>
      this.#outbox.has(id) || (this.#fates.of(id) === 'gone' && !this.#unseen.has(id));
    return ids.every(knowsId) && this.#known.covers(extent);
  }

  /** Whether a state vector names nothing that is new. */
  knowsClocks(clocks: Uint8Array): boolean {
    const read = readStateVector(clocks);
    if (!read.ok) return true;
    const structs = [...read.clocks].flatMap(([client, clock]) =>
      clock > 0 ? [client, 0, clock] : [],
    );
    return this.#known.covers({ structs, deletions: [] });
  }

  /** All that is not known to be stored. It stays until it is confirmed. */
  ship(): Shipment {
    const ids = this.#ready();
    const settled = [...this.#unsettled];
    const words = [...this.#words];
    const outbox = ids.flatMap((id) => this.#outbox.get(id) ?? []);
    const extent = joinExtents(words.map(({ extent: own }) => own));
    return {
      batch: {
        drop: [...this.#undropped],
        outbox,
        settle: settled,
        base: mergeRecords(words.map(({ update }) => update)),
      },
      ids,
      settled,
      extent,
      isOwn: ids.length > 0,
    };
  }

  /** A shipment arrived. */
  shipped({ batch, ids, settled, extent }: Shipment): readonly string[] {
    this.confirmGone([...settled, ...(batch.drop ?? [])]);
    const unread = new Set(batch.base);
    this.#setWords(
      this.#words.filter((words) => words.extent !== undefined || !unread.has(words.update)),
    );
    return this.confirm(ids, extent);
  }

  /** After a replacement: nothing is known but entries, and of these none that it dealt with. */
  after(resets: number, handled: readonly string[]): Holding {
    const next = new Holding();
    next.resets = resets;
    next.#fates = this.#fates.goneOnly();
    for (const id of handled) next.#fates.set(id, 'gone');
    for (const entry of this.#outbox.values()) next.takeOwn(entry);
    for (const id of this.#unsettled) next.#unsettled.add(id);
    for (const id of this.#undropped) next.#undropped.add(id);
    return next;
  }

  /** Storage was lost: everything that is known has to be stored again. */
  startAgain(): void {
    // In the order in which they were written.
    this.#unstored.clear();
    for (const id of this.#outbox.keys()) this.#unstored.add(id);
    this.#fates = this.#fates.goneOnly();
    this.isOverfull = true;
  }

  /** The whole document went to disk, or was not needed. */
  relieve(): void {
    this.isOverfull = false;
  }

  /** Words of a server that are not known to be stored. */
  words(): readonly Uint8Array[] {
    return this.#words.map(({ update }) => update);
  }

  /** Entries that are not known to be stored. */
  unstored(): readonly StoredEntry[] {
    return [...this.#unstored].flatMap((id) => this.#outbox.get(id) ?? []);
  }

  /** Entries that are not durable. */
  entries(): readonly StoredEntry[] {
    return [...this.#outbox.values()];
  }

  /** A state vector of what is known. */
  clocks(): Uint8Array {
    return writeStateVector(this.#known.clocks());
  }

  /**
   * Entries to be stored. One of another tab waits for what that wrote before it: stored alone it
   * would be said to be safe, and could not be read should that tab crash.
   */
  #ready(): string[] {
    return [...this.#unstored].filter((id) => {
      const entry = this.#outbox.get(id);
      const [client = 0, clock = 0] = (entry && extentOf(entry.update)?.structs) ?? [];
      return clock === 0 || this.#known.covers({ structs: [client, 0, clock], deletions: [] });
    });
  }

  #forget(id: string): void {
    this.#outbox.delete(id);
    this.#unstored.delete(id);
    this.#fates.set(id, 'gone');
  }

  #keepWords(words: Words): void {
    if (words.extent !== undefined && this.#stored.covers(words.extent)) return;
    this.#words.push(words);
    this.#bytes += words.update.length;
    const { unstoredBytesMax, unstoredUpdatesMax } = storeLimits;
    if (this.#bytes < unstoredBytesMax && this.#words.length < unstoredUpdatesMax) return;
    this.#setWords([]);
    this.isOverfull = true;
  }

  #setWords(words: Words[]): void {
    if (words.length === this.#words.length) return;
    this.#words = words;
    this.#bytes = words.reduce((sum, { update }) => sum + update.length, 0);
  }
}

export function plainEntry({ id, at, client, update, intent }: StoredEntry): OutboxEntry {
  return { id, at, client, update, intent };
}

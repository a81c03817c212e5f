// What the cases of an offline store stand on: tabs of one device, a document in each as an app has
// it, and waits that end.

import * as Y from 'yjs';
import type { Clock } from '../base/clock.ts';
import type { LocalSession, OfflineStore, OutboxEntry } from '../client/store/offline.ts';
import { wakeWaiting } from '../client/waking.ts';
import { documentDigest } from '../session/digest.ts';
import { ConformanceFailure } from './stock.ts';

export interface StoreOptions {
  /** Another tab of the same person on the same device, which it may open again later. */
  readonly open: () => Promise<OfflineStore>;
  /** Lets time pass, until something asked for is so, or the patience of a case is at its end. */
  readonly clock: Clock;
  /** Whether what is stored outlives the tabs. */
  readonly keeps: boolean;
  readonly patienceMs?: number;
}

const PATIENCE_MS = 5_000;
const STEP_MS = 5;

/** One session in one tab, with the document that an app keeps in step with it. */
export class StoreTab {
  readonly doc = new Y.Doc();
  readonly session: LocalSession;
  readonly stored = new Set<string>();
  readonly settled = new Set<string>();
  readonly entries = new Map<string, OutboxEntry>();
  resets = 0;
  #count = 0;

  constructor(store: OfflineStore, id: string) {
    wakeWaiting(this.doc, 'tab');
    this.session = store.open(id, { state: () => Y.encodeStateAsUpdate(this.doc) });
    this.session.on({
      stored: (ids) => ids.forEach((one) => this.stored.add(one)),
      settled: (ids) => ids.forEach((one) => this.settled.add(one)),
      update: (update, _from, entry) => {
        Y.applyUpdate(this.doc, update, 'tab');
        if (entry !== undefined) this.entries.set(entry.id, entry);
      },
      reset: () => {
        this.resets += 1;
      },
    });
  }

  async load(): Promise<void> {
    const { base, outbox } = await this.session.load();
    for (const update of base) Y.applyUpdate(this.doc, update, 'load');
    for (const entry of outbox) {
      Y.applyUpdate(this.doc, entry.update, 'load');
      this.entries.set(entry.id, entry);
    }
  }

  /** Writes a word, and hands it over; the id of its entry. */
  write(word: string): string {
    const updates: Uint8Array[] = [];
    const take = (update: Uint8Array): void => void updates.push(update);
    this.doc.on('update', take);
    this.doc.getArray('words').push([word]);
    this.doc.off('update', take);
    const id = `${this.doc.clientID}-${(this.#count += 1)}`;
    const [update] = updates;
    if (update === undefined) throw new ConformanceFailure('a document tells what is written');
    const { clientID: client } = this.doc;
    const entry = { id, at: 1, client, update, intent: { verb: 'send', content: word } };
    this.entries.set(id, entry);
    this.session.own(entry);
    return id;
  }

  /** Words that come from the server. */
  receive(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, 'server');
    this.session.base(update);
  }

  get words(): readonly unknown[] {
    return this.doc.getArray('words').toArray();
  }

  get digest(): string {
    return documentDigest(this.doc);
  }
}

export class StoreStage {
  readonly options: StoreOptions;
  readonly #stores: OfflineStore[] = [];

  constructor(options: StoreOptions) {
    this.options = options;
  }

  async store(): Promise<OfflineStore> {
    const store = await this.options.open();
    this.#stores.push(store);
    return store;
  }

  /** A session in a tab of its own, loaded. */
  async tab(id: string): Promise<StoreTab & { readonly store: OfflineStore }> {
    const store = await this.store();
    const tab = Object.assign(new StoreTab(store, id), { store });
    await tab.load();
    return tab;
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const { clock, patienceMs = PATIENCE_MS } = this.options;
    for (let waited = 0; !isSo(); waited += STEP_MS) {
      if (waited >= patienceMs) throw new ConformanceFailure(`waited in vain for ${what}`);
      await new Promise<void>((resolve) => clock.after(STEP_MS, resolve));
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }
}

// A session as one tab has it: a holding, a shipper that brings it to disk, and the other tabs. Every
// word goes three ways: into the holding, to the other tabs, and, when its time comes, to disk. A count
// of resets stands on the disk and in every message: words from before a replacement reach nobody who
// knows of it, except entries, which are never lost but told as stale.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import type { Json } from '../../base/json.ts';
import type { Clock } from '../../base/clock.ts';
import type { StandForElection } from '../tabs/election.ts';
import { Office } from '../tabs/office.ts';
import { hearSession, type SessionEars } from '../tabs/session-ears.ts';
import type { TabTopic } from '../tabs/tab-line.ts';
import type { Disk, DiskContents, DiskSize, StoredEntry } from './disk.ts';
import { joinExtents, extentOf, type Extent } from './extent.ts';
import { Holding, plainEntry, type Shipment } from './holding.ts';
import type {
  KeptRecord,
  Loaded,
  LocalSession,
  LocalSessionListeners,
  OpenOptions,
  OutboxEntry,
  Replacement,
  StorageState,
} from './offline.ts';
import { lackOf, wholeState } from './lack.ts';
import { followingBatch, replacementBatch } from './replacement.ts';
import { SessionDisk } from './session-disk.ts';
import { FORMAT_FACT, keptName, SessionFacts } from './session-facts.ts';
import { Shipper } from './shipper.ts';
import { TabFrame } from './tab-frame.ts';

export interface LocalSessionParts {
  readonly id: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly topic: TabTopic;
  /** Of the session's lock, among all of the origin. */
  readonly lockName: string;
  readonly stand: StandForElection;
  readonly makeRoom: (bytes: number) => Promise<number>;
  readonly onSize: (size: DiskSize) => void;
  readonly onClosed: () => void;
}

const NOTHING: Extent = { structs: [], deletions: [] };

export class TabSession implements LocalSession {
  readonly id: string;
  readonly #parts: LocalSessionParts;
  readonly #options: OpenOptions;
  readonly #disk: SessionDisk;
  readonly #shipper: Shipper;
  readonly #frame: TabFrame;
  readonly #office: Office;
  readonly #events = createEmitter<(listeners: LocalSessionListeners) => void>();
  readonly #unhear: Unsubscribe;
  #holding = new Holding();
  #facts = new SessionFacts();
  /** Entries that whoever opened this knows of. */
  #seen = new Set<string>();
  #isLoaded = false;
  /** Something was stored while it was loaded. */
  #isBehind = false;
  #isClosed = false;

  constructor(parts: LocalSessionParts, options: OpenOptions) {
    const { id, clock, topic, disk } = parts;
    this.id = id;
    this.#parts = parts;
    this.#options = options;
    this.#disk = new SessionDisk(id, disk);
    this.#disk.changed.subscribe((state) => this.#tell((listeners) => listeners.state?.(state)));
    this.#frame = new TabFrame(clock, (updates) =>
      topic.say({ kind: 'base', resets: this.#holding.resets, updates }),
    );
    this.#shipper = new Shipper({
      clock,
      disk: this.#disk,
      holding: () => this.#holding,
      facts: () => this.#facts.values,
      state: () => wholeState(options),
      makeRoom: parts.makeRoom,
      arrived: (...arrival) => this.#arrived(...arrival),
      overtaken: () => this.#reread(),
    });
    this.#unhear = hearSession(topic, this.#ears());
    this.#office = new Office(() =>
      parts.stand(parts.lockName, topic, (isWriter) => {
        this.#shipper.isWriter = isWriter;
        this.#shipper.nudge();
        if (isWriter) void this.#takeOffice();
      }),
    );
    this.#office.stand();
  }

  get state(): StorageState {
    return this.#disk.state;
  }

  async load(): Promise<Loaded> {
    // Only after a replacement is there anything that has to be on disk first: what is stale.
    if (this.#holding.resets > 0) await this.#shipper.flush();
    const contents = await this.#disk.read();
    const base = [...this.#takeContents(contents), ...this.#holding.words()];
    const entries = this.#holding.entries();
    for (const { id } of entries) this.#seen.add(id);
    this.#parts.topic.say({ kind: 'hello', clocks: this.#holding.clocks() });
    this.#disk.note({ lastOpenedAt: this.#parts.clock.now() });
    this.#isLoaded = true;
    if (this.#isBehind) void this.#reread();
    const { resets } = this.#holding;
    const isForeign = contents.base.length > 0 && !contents.facts.has(FORMAT_FACT[0]);
    return {
      base,
      outbox: entries.filter((entry) => entry.resets === resets).map(plainEntry),
      stale: entries.filter((entry) => entry.resets !== resets).map(plainEntry),
      generation: this.#facts.generation,
      quarantined: contents.quarantined,
      kept: this.#facts.kept,
      resets,
      handled: this.#facts.handled,
      mixed: this.#facts.mixed || isForeign,
    };
  }

  base(update: Uint8Array): void {
    if (this.#isClosed || !this.#holding.takeBase(update)) return;
    this.#frame.add(update);
    this.#shipper.nudge();
  }

  own(entry: OutboxEntry): void {
    if (this.#isClosed) return;
    const stored: StoredEntry = { ...entry, resets: this.#holding.resets };
    this.#seen.add(entry.id);
    if (!this.#holding.takeOwn(stored)) return;
    this.#parts.topic.say({ kind: 'own', entries: [stored] });
    this.#shipper.nudge();
  }

  settle(ids: readonly string[]): void {
    const news = this.#holding.takeSettled(ids);
    if (news.length === 0) return;
    this.#parts.topic.say({ kind: 'settle', ids: news });
    this.#shipper.nudge();
  }

  drop(ids: readonly string[]): void {
    this.#holding.takeDropped(ids);
    this.#parts.topic.say({ kind: 'drop', ids });
    this.#shipper.nudge();
  }

  setGeneration(generation: string): void {
    if (this.#facts.generation !== generation) this.#setFact('generation', generation);
  }

  keep({ id, draft }: KeptRecord): void {
    this.#setFact(keptName(id), draft);
  }

  unkeep(id: string): void {
    this.#setFact(keptName(id), undefined);
  }

  async replace(next: Replacement): Promise<'done' | 'overtaken'> {
    const before = this.#holding.resets;
    const gone = this.#holding.entries().flatMap(({ id }) => (this.#seen.has(id) ? [id] : []));
    const batch = replacementBatch(next, before, gone, this.#facts);
    const { handled } = batch;
    const outcome = await this.#shipper.express(batch);
    if (this.#holding.resets !== before || (!outcome.ok && outcome.fault === 'overtaken')) {
      await this.#reread();
      return 'overtaken';
    }
    const resets = before + 1;
    this.#begin(resets, handled);
    for (const [name, value] of batch.facts) this.#facts.set(name, value);
    for (const entry of batch.outbox) {
      this.#seen.add(entry.id);
      this.#holding.takeOwn(entry);
    }
    const ids = batch.outbox.map(({ id }) => id);
    // Where the disk refused, it is shipped later, and the session goes on from memory.
    if (outcome.ok) this.#holding.confirm(ids, joinExtents(batch.base.map(extentOf)));
    for (const update of batch.base) this.#holding.takeBase(update);
    this.#parts.topic.say({ kind: 'reset', resets, handled });
    if (outcome.ok) this.#tellStored(ids);
    return 'done';
  }

  on(listeners: LocalSessionListeners): Unsubscribe {
    return this.#events.subscribe((tell) => tell(listeners));
  }

  async flush(): Promise<void> {
    this.#frame.flush();
    await this.#shipper.flush();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#frame.flush();
    // The office goes last: whoever follows finds everything stored.
    await this.#shipper.close();
    this.#leave();
  }

  /** All is deleted, or this tab has crashed: nothing is written any more, and nothing is said. */
  abandon(why?: string): void {
    this.#isClosed = true;
    this.#frame.reset();
    this.#shipper.abandon();
    this.#leave(why);
  }

  /** Another tab may write, until this one takes part again. */
  freeze(): void {
    this.#frame.flush();
    void this.#shipper.flush();
    this.#office.giveUp();
    this.#shipper.isWriter = false;
  }

  thaw(): void {
    this.#office.stand();
  }

  /** Whoever wrote before may have gone without a word: the disk and the others know what it left. */
  async #takeOffice(): Promise<void> {
    if (this.#disk.keeps && this.#isLoaded) await this.#reread();
    this.#parts.topic.say({ kind: 'hello', clocks: this.#holding.clocks() });
  }

  #leave(why?: string): void {
    this.#disk.close(why);
    this.#office.close();
    this.#unhear();
    this.#parts.onClosed();
  }

  /** Takes over what is on disk; returns the base that counts. */
  #takeContents(contents: DiskContents): readonly Uint8Array[] {
    const facts = new SessionFacts(contents.facts);
    if (facts.resets > this.#holding.resets) this.#begin(facts.resets, facts.handled);
    const isBehind = facts.resets < this.#holding.resets;
    if (!isBehind) for (const [name, value] of contents.facts) this.#facts.set(name, value);
    const base = isBehind ? [] : contents.base;
    // What became durable while it was read is no entry any more, and not in the base that was read.
    const { durable, stored } = this.#holding.takeStored({ ...contents, base });
    this.#tellStored(stored);
    return [...base, ...durable];
  }

  /** Reads again what is on disk, and tells what of it is new. */
  async #reread(): Promise<void> {
    const contents = await this.#disk.read();
    const { resets: onDisk } = new SessionFacts(contents.facts);
    const { resets } = this.#holding;
    if (onDisk > resets) {
      this.#takeContents(contents);
      this.#tell((listeners) => listeners.reset?.(onDisk));
      return;
    }
    if (onDisk < resets) {
      // It is of this tab alone, or whoever replaced the session could not write.
      void this.#shipper.express(followingBatch(resets, onDisk, this.#facts.handled));
      return;
    }
    const { base, durable, outbox, stored } = this.#holding.takeStored(contents);
    this.#tellStored(stored);
    for (const update of [...base, ...durable]) this.#tellBase(update);
    for (const entry of outbox) this.#tellEntry(entry);
  }

  /** Everything but entries is of another session now. */
  #begin(resets: number, handled: readonly string[]): void {
    this.#holding = this.#holding.after(resets, handled);
    this.#facts.set('resets', resets);
    this.#frame.reset();
    this.#seen = new Set();
    this.#shipper.nudge();
  }

  #setFact(name: string, value: Json | undefined): void {
    this.#facts.set(name, value);
    this.#shipper.fact(name, value);
    this.#parts.topic.say({ kind: 'fact', facts: [[name, value]] });
  }

  #arrived(shipment: Shipment, news: readonly string[], size: DiskSize): void {
    const { ids, extent, settled, batch } = shipment;
    const { topic, onSize } = this.#parts;
    topic.say({ kind: 'stored', resets: batch.ifResets ?? 0, ids, extent });
    if (settled.length > 0) topic.say({ kind: 'settled', ids: settled });
    const dropped = batch.drop ?? [];
    if (dropped.length > 0) topic.say({ kind: 'dropped', ids: dropped });
    this.#tellStored(news);
    onSize(size);
    if (!this.#shipper.isWriter) return;
    void this.#disk.trim(size, onSize);
  }

  #ears(): SessionEars {
    return {
      base: (resets, updates) => this.#hearBase(resets, updates),
      own: (entries) => this.#hearEntries(entries),
      mixed: (resets, updates) => {
        if (resets !== this.#holding.resets) return;
        for (const update of updates) this.#tell(({ update: take }) => take?.(update, 'own'));
        this.#holding.isOverfull ||= this.#disk.keeps;
        this.#shipper.nudge();
      },
      stored: (resets, ids, extent) => this.#hearStored(resets, ids, extent),
      settle: (ids) => this.#hearSettled(this.#holding.takeSettled(ids)),
      settled: (ids) => {
        this.#readUnless(this.#holding.knows(ids, NOTHING));
        this.#hearSettled(this.#holding.confirmGone(ids));
      },
      drop: (ids) => this.#holding.takeDropped(ids),
      dropped: (ids) => void this.#holding.confirmGone(ids),
      facts: (facts) => facts.forEach(([name, value]) => this.#facts.set(name, value)),
      reset: (resets, handled) => this.#hearReset(resets, handled),
      hello: (from, clocks) => this.#answer(from, clocks),
    };
  }

  /** What another tab knows to be on disk is read there, once this one has read it at all. */
  #readUnless(knows: boolean): void {
    if (knows || !this.#disk.keeps) return;
    if (this.#isLoaded) void this.#reread();
    else this.#isBehind = true;
  }

  #hearBase(resets: number, updates: readonly Uint8Array[]): void {
    if (resets !== this.#holding.resets) return;
    for (const update of updates) {
      this.#frame.hear(update);
      if (this.#holding.takeBase(update)) this.#tellBase(update);
    }
    this.#shipper.nudge();
  }

  #hearEntries(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      if (this.#holding.takeOwn(entry)) this.#tellEntry(entry);
      else if (this.#holding.takeDurable(entry)) this.#tellBase(entry.update);
    }
    this.#shipper.nudge();
  }

  #hearStored(resets: number, ids: readonly string[], extent: Extent): void {
    const isMine = resets === this.#holding.resets;
    this.#tellStored(this.#holding.confirm(ids, isMine ? extent : NOTHING));
    this.#shipper.receipted();
    this.#readUnless(!isMine || this.#holding.knows(ids, extent));
  }

  #hearSettled(news: readonly string[]): void {
    if (news.length > 0) this.#tell((listeners) => listeners.settled?.(news));
    this.#shipper.receipted();
    this.#shipper.nudge();
  }

  #hearReset(resets: number, handled: readonly string[]): void {
    if (resets <= this.#holding.resets) return;
    this.#begin(resets, handled);
    this.#facts.set('handled', [...this.#facts.handled, ...handled]);
    this.#tell((listeners) => listeners.reset?.(resets));
  }

  #answer(to: string, clocks: Uint8Array): void {
    this.#readUnless(this.#holding.knowsClocks(clocks));
    const { resets } = this.#holding;
    const isThere = this.state.state === 'persistent';
    const lack = lackOf(this.#holding, isThere ? undefined : this.#options, clocks);
    if (lack !== undefined) this.#parts.topic.say({ kind: 'answer', to, resets, ...lack });
  }

  #tell(tell: (listeners: LocalSessionListeners) => void): void {
    this.#events.emit(tell);
  }

  #tellStored(ids: readonly string[]): void {
    if (ids.length > 0 && this.#disk.keeps) this.#tell((listeners) => listeners.stored?.(ids));
  }

  #tellBase(update: Uint8Array): void {
    this.#tell(({ update: take }) => take?.(update, 'base'));
  }

  #tellEntry(entry: StoredEntry): void {
    if (entry.resets !== this.#holding.resets) return;
    this.#seen.add(entry.id);
    this.#tell((listeners) => listeners.update?.(entry.update, 'own', plainEntry(entry)));
  }
}

// Tabs of one person on one device, from a seed: each with a document, all on one disk, hearing each
// other late and in no order but each speaker's own. Any of them crashes, freezes or closes at any
// step, also in the middle of a commit. A server takes what they send and tells it to all. With `hasTrouble`
// the disk also refuses for a while, and tabs are hidden and shown again while others take over.

import * as Y from 'yjs';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { type Clock, type ManualClock, manualClock } from '../../src/base/clock.ts';
import { diskRefusal, type DiskSession } from '../../src/client/store/disk.ts';
import { MemoryDisk } from '../../src/client/store/memory-disk.ts';
import type { OfflineStore } from '../../src/client/store/offline.ts';
import { createOfflineStore } from '../../src/client/store/offline-store.ts';
import { wakeWaiting } from '../../src/client/waking.ts';
import type { LockPort } from '../../src/client/tabs/election.ts';
import type { TabChannel } from '../../src/client/tabs/tab-channel.ts';
import { StoreTab } from '../../src/conformance/store-stage.ts';
import { type FakeLocks, fakeLocks } from './locks.ts';

const ID = 'a-session-of-the-world';
const TABS_MAX = 4;

interface Said {
  readonly serial: number;
  readonly message: unknown;
}

/** One tab's life: what it waits for happens when the world lets it, and never after a crash. */
class Life {
  readonly world: TabWorld;
  readonly tab: StoreTab;
  readonly store: OfflineStore;
  readonly inbox = new Map<Life, Said[]>();
  readonly crash = new AbortController();
  /** Steps of the disk that wait. */
  gates: (() => void)[] = [];
  late: (() => void)[] = [];
  isFrozen = false;
  /** How much of the server's log it has. */
  heard = 0;
  /** How much of what it said somebody has heard: a message reaches all, or nobody. */
  wasHeard = 0;
  #said = 0;
  #listeners = new Set<(message: unknown) => void>();

  constructor(world: TabWorld) {
    this.world = world;
    const disk = new MemoryDisk({ keeps: true });
    disk.openSession = async (id) => this.#pace(await world.disk.openSession(id));
    this.store = createOfflineStore({
      server: 'ws://here',
      principal: 'ann',
      clock: this.#clock(),
      chance: world.chance,
      disk,
      tabs: () => this.#channel(),
      locks: world.locks === undefined ? undefined : this.#locks(world.locks),
    });
    this.tab = new StoreTab(this.store, ID);
    this.tab.doc.clientID = world.chance.uint32();
    this.tab.session.on({ stored: (ids) => ids.forEach((id) => world.told.add(id)) });
  }

  get isDead(): boolean {
    return this.crash.signal.aborted;
  }

  take(from: Life, said: readonly Said[]): void {
    for (const { serial, message } of said) {
      from.wasHeard = Math.max(from.wasHeard, serial);
      for (const listener of this.#listeners) listener(message);
    }
  }

  /** What fell due while it stood still. */
  thaw(): void {
    this.isFrozen = false;
    this.store.thaw();
    for (const callback of this.late.splice(0)) callback();
  }

  #clock(): Clock {
    const { clock } = this.world;
    return {
      now: () => clock.now(),
      after: (ms, callback) => {
        let isOff = false;
        const run = (): void => {
          if (this.isDead || isOff) return;
          if (this.isFrozen) this.late.push(run);
          else callback();
        };
        const stop = clock.after(ms, run);
        return () => {
          isOff = true;
          stop();
        };
      },
    };
  }

  #channel(): TabChannel {
    const { world } = this;
    return {
      post: (message) => {
        if (this.isDead) return;
        const serial = (this.#said += 1);
        for (const other of world.lives) {
          if (other === this) continue;
          const queue = other.inbox.get(this) ?? [];
          other.inbox.set(this, queue);
          queue.push({ serial, message: structuredClone(message) });
        }
        world.watch(this, message);
      },
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      close: () => this.#listeners.clear(),
    };
  }

  #locks(locks: FakeLocks): LockPort {
    const { signal: crashed } = this.crash;
    const dead = new Promise<void>((resolve) => {
      crashed.addEventListener('abort', () => resolve());
    });
    return {
      request: (name, { signal, ...options }, hold) =>
        locks.request(
          name,
          {
            ...options,
            signal: AbortSignal.any([crashed, ...(signal === undefined ? [] : [signal])]),
          },
          (lock) => Promise.race([hold(lock), dead]),
        ),
    };
  }

  #gate(): Promise<void> {
    return new Promise((resolve) => {
      this.gates.push(resolve);
    });
  }

  #pace(session: DiskSession): DiskSession {
    const paced = async <T>(act: () => Promise<T>): Promise<T> => {
      await this.#gate();
      const outcome = await act();
      await this.#gate();
      return outcome;
    };
    return {
      read: () => paced(() => session.read()),
      commit: (batch, durability) => paced(() => session.commit(batch, durability)),
      trim: () => paced(() => session.trim()),
      onLost: (listener) => session.onLost(listener),
      close: () => session.close(),
    };
  }
}

export class TabWorld {
  readonly chance: Chance;
  readonly clock: ManualClock = manualClock(1);
  readonly disk = new MemoryDisk({ keeps: true });
  readonly locks: FakeLocks | undefined;
  readonly lives = new Set<Life>();
  readonly server = new Y.Doc();
  readonly log: Uint8Array[] = [];
  /** Entries that somebody was told are stored; that the server has; and all. */
  readonly told = new Set<string>();
  readonly durable = new Set<string>();
  readonly written = new Map<string, string>();
  /** Who beat since when it was emptied. */
  readonly beats = new Set<Life>();
  readonly events: string[] = [];

  readonly #hasTrouble: boolean;

  constructor(seed: number, hasLocks: boolean, hasTrouble = false) {
    this.#hasTrouble = hasTrouble;
    this.chance = seededChance(seed);
    this.locks = hasLocks ? fakeLocks() : undefined;
    this.server.clientID = this.chance.uint32();
    this.server.on('update', (update: Uint8Array) => this.log.push(update));
  }

  watch(life: Life, message: unknown): void {
    if (JSON.stringify(message, (_, value) => value as unknown).includes('"beat"'))
      this.beats.add(life);
  }

  async step(): Promise<void> {
    const life = pick(this.chance, [...this.lives]);
    const act = below(this.chance, this.#hasTrouble ? 30 : 26);
    if (life === undefined || (act === 0 && this.lives.size < TABS_MAX)) this.#open();
    else if (act === 1) this.#crash(life);
    else if (act === 2) await this.#close(life);
    else if (act === 3) this.#freeze(life);
    else if (act === 4 && life.isFrozen) life.thaw();
    else if (act >= 26) this.#trouble(life, act);
    else if (!life.isFrozen) this.#live(life, act);
    this.clock.advance(below(this.chance, 80));
    await this.#settle();
  }

  /** Everybody lives on until nothing moves any more. */
  async drain(): Promise<void> {
    this.disk.fault = undefined;
    for (const life of this.lives) if (life.isFrozen) life.thaw();
    for (let round = 0; round < 400; round++) {
      // Whoever comes says what is on disk; somebody may have stored it with the last breath.
      if (round === 200) this.#open();
      if (round === 300) this.beats.clear();
      for (const life of this.lives) {
        for (const gate of life.gates.splice(0)) gate();
        for (const [from, queue] of life.inbox) life.take(from, queue.splice(0));
      }
      await this.#settle();
      this.clock.advance(50);
    }
  }

  /** Everything that is said and stored by nobody alive is gone; this is what is left. */
  async onDisk(): Promise<{ doc: Y.Doc; outbox: readonly string[] }> {
    const contents = await (await this.disk.openSession(ID)).read();
    if (!contents.ok) throw new Error('a disk in memory can be read');
    const doc = new Y.Doc();
    wakeWaiting(doc, 'disk');
    const updates = [...contents.base, ...contents.outbox.map(({ update }) => update)];
    for (const update of updates) Y.applyUpdate(doc, update);
    return { doc, outbox: contents.outbox.map(({ id }) => id) };
  }

  #open(): void {
    const life = new Life(this);
    this.lives.add(life);
    this.events.push('open');
    void life.tab.load();
  }

  #crash(life: Life): void {
    this.events.push(life.gates.length > 0 ? 'crash at the disk' : 'crash');
    life.crash.abort();
    this.lives.delete(life);
    // What it said last may not have gone out, to anybody.
    const queues = [...this.lives].map((other) => other.inbox.get(life) ?? []);
    const last = Math.max(0, ...queues.flat().map(({ serial }) => serial));
    const cut = Math.max(life.wasHeard, last - below(this.chance, 8));
    for (const queue of queues) {
      const from = queue.findIndex(({ serial }) => serial > cut);
      if (from >= 0) queue.splice(from);
    }
  }

  async #close(life: Life): Promise<void> {
    if (life.isFrozen) return;
    this.events.push('close');
    const closing = life.store.close();
    // So many steps of the disk are enough for all that a tab may hold.
    for (let turn = 0; turn < 100; turn++) {
      for (const gate of life.gates.splice(0)) gate();
      await this.#settle();
    }
    await closing;
    this.lives.delete(life);
  }

  #freeze(life: Life): void {
    this.events.push('freeze');
    if (below(this.chance, 2) === 0) life.store.freeze();
    life.isFrozen = true;
  }

  #trouble(life: Life, act: number): void {
    if (act === 26) {
      this.events.push('fault');
      this.disk.fault = () => diskRefusal('quota', 'There is no space.');
    } else if (act < 29) {
      this.disk.fault = undefined;
    } else if (!life.isFrozen) {
      // Hidden and shown again, while another tab is about to take over.
      this.events.push('hand-over');
      life.store.freeze();
      life.store.thaw();
    }
  }

  #live(life: Life, act: number): void {
    const { tab } = life;
    if (act < 10) {
      const word = `w${this.written.size}`;
      this.written.set(tab.write(word), word);
    } else if (act < 13) {
      const next = this.log[life.heard];
      if (next === undefined) return;
      life.heard += 1;
      tab.receive(next);
    } else if (act < 15) this.#send(life);
    else if (act < 18) this.server.getText('reply').insert(0, 'token ');
    else if (act < 22) life.gates.shift()?.();
    else {
      const [from, queue] = pick(this.chance, [...life.inbox]) ?? [];
      const some = queue?.splice(0, 1 + below(this.chance, 3)) ?? [];
      if (from !== undefined) life.take(from, some);
    }
  }

  /** Its entries reach the server, which has them for good, and says so. */
  #send({ tab }: Life): void {
    const ids: string[] = [];
    for (const [id, { update }] of tab.entries) {
      if (tab.settled.has(id)) continue;
      Y.applyUpdate(this.server, update);
      this.durable.add(id);
      tab.settled.add(id);
      ids.push(id);
    }
    tab.session.settle(ids);
  }

  /** Promises that can go on do. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  }
}

// A device of a simulated world: its disk, locks, tabs' channels and network outlive its pages. A
// page is a real client on a platform of its own; it may be killed in any step, or stand still.

import { below, type Chance, seededChance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createClient } from '../../src/client/client.ts';
import type { Client } from '../../src/client/client-options.ts';
import { createConnection } from '../../src/client/connection/connection.ts';
import { manualWake, type ManualWake } from '../../src/client/connection/wake.ts';
import type { Platform } from '../../src/client/platform.ts';
import { diskRefusal } from '../../src/client/store/disk.ts';
import { MemoryDisk } from '../../src/client/store/memory-disk.ts';
import { createOfflineStore } from '../../src/client/store/offline-store.ts';
import type { LockPort } from '../../src/client/tabs/election.ts';
import type { TabChannel } from '../../src/client/tabs/tab-channel.ts';
import type * as Y from 'yjs';
import { mortalClock } from './simulated-clock.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Lane, Lanes } from './simulated-lanes.ts';
import { SimulatedLocks } from './simulated-locks.ts';
import { simulatedSockets, type Wire } from './simulated-wire.ts';

export interface DeviceWorld {
  readonly url: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly lanes: Lanes;
  readonly accept: (wire: Wire) => boolean;
  /** A token for this principal, as its app gets it now. */
  readonly token: (principal: string) => string;
}

const nothing = { base: [], outbox: [], facts: new Map<string, never>() };

export class SimulatedDevice {
  readonly world: DeviceWorld;
  readonly name: string;
  readonly principal: string;
  readonly disk = new MemoryDisk({ keeps: true });
  readonly remembered = new Map<string, string>();
  readonly pages: SimulatedPage[] = [];
  /** None on a plain http page. */
  readonly locks: SimulatedLocks | undefined;
  readonly channels = new Map<string, Map<SimulatedPage, (message: unknown) => void>>();
  network: 'good' | 'swallows' | 'refuses' = 'good';
  isFull = false;
  wasFull = false;
  /** The page in which somebody signed out, until all pages know. */
  signingOut: SimulatedPage | undefined;
  /** All pages could hear of it at once. */
  isQuick = false;
  /** It did, and nothing may be left. */
  isClean = false;

  constructor(world: DeviceWorld, name: string, principal: string) {
    this.world = world;
    this.name = name;
    this.principal = principal;
    this.locks = below(world.chance, 3) > 0 ? new SimulatedLocks() : undefined;
    this.disk.fault = () =>
      this.isFull ? diskRefusal('quota', 'There is no space on this device.') : undefined;
  }

  get living(): readonly SimulatedPage[] {
    return this.pages.filter(({ isDead }) => !isDead);
  }

  /** What is left on it, in words; undefined where nothing is. */
  async leftovers(session: string): Promise<string | undefined> {
    const { disk, remembered } = this;
    const notes = await disk.sessions();
    const records = await disk.records.entries('');
    const opened = await disk.openSession(session);
    const contents = 'ok' in opened ? opened : await opened.read();
    const { base, outbox, facts } = contents.ok && 'base' in contents ? contents : nothing;
    const left = { notes, records, base, outbox, facts: [...facts], remembered: [...remembered] };
    const isClean = Object.values(left).every(({ length }) => length === 0);
    return isClean ? undefined : JSON.stringify(left);
  }

  open(): SimulatedPage {
    const page = new SimulatedPage(this, this.world.chance.uint32());
    this.pages.push(page);
    return page;
  }
}

export class SimulatedPage {
  readonly device: SimulatedDevice;
  readonly name: string;
  readonly client: Client;
  readonly wake: ManualWake = manualWake();
  readonly wires: Wire[] = [];
  /** The document that was connected last. */
  doc: Y.Doc | undefined;
  isDead = false;
  isFrozen = false;
  /** What happens to the page, in order: it waits while the page stands still. */
  readonly #inbox: Lane;
  readonly asked: Lane;
  readonly #toPages = new Map<SimulatedPage, Lane>();

  constructor(device: SimulatedDevice, seed: number) {
    this.device = device;
    this.name = `${device.name}/${device.pages.length}`;
    const { lanes, url, token } = device.world;
    this.#inbox = lanes.make(() => this.isFrozen);
    this.asked = lanes.make();
    this.client = createClient({
      url,
      token: () => this.#token(() => token(device.principal)),
      principal: device.principal,
      platform: this.#platform(seededChance(seed)),
    });
  }

  /** The process ends in the middle of whatever it did. */
  crash(): void {
    const { chance } = this.device.world;
    this.isDead = true;
    this.asked.end(below(chance, this.asked.length + 1));
    this.#inbox.clear();
    for (const wire of this.wires) wire.abandon(below(chance, wire.waiting + 1));
    for (const lane of this.#toPages.values()) lane.end(below(chance, lane.length + 1));
    this.#leave();
    // Nothing of it gets out any more; only what the process itself holds is given back.
    void this.client.close();
  }

  /** It was closed as one closes a tab. */
  ended(): void {
    this.isDead = true;
    this.#leave();
  }

  freeze(): void {
    this.wake.signal('frozen');
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    this.wake.signal(below(this.device.world.chance, 2) === 0 ? 'visible' : 'page-restored');
  }

  /** What is on its way to other pages. */
  get told(): Iterable<Lane> {
    return this.#toPages.values();
  }

  get liveWires(): readonly Wire[] {
    return this.wires.filter(({ isOver }) => !isOver);
  }

  #leave(): void {
    this.device.locks?.leave(this);
    for (const channel of this.device.channels.values()) channel.delete(this);
  }

  #due = (act: () => void): void => {
    if (this.isDead) return;
    if (this.isFrozen) this.#inbox.put(act);
    else act();
  };

  async #token(make: () => string): Promise<string> {
    if (this.device.network === 'refuses') throw new Error('no network');
    return make();
  }

  #platform(chance: Chance): Platform {
    const { device } = this;
    const { world } = device;
    const isDead = (): boolean => this.isDead;
    const clock = mortalClock(world.clock, { isDead, due: this.#due });
    const disk = new SimulatedDisk(device.disk, {
      asked: this.asked,
      answered: this.#inbox,
      isDead,
      beforeWipe: () => {
        // They were told before, and a disk takes its time to delete.
        for (const { told } of device.pages)
          for (const lane of told) if (lane.isReady) lane.end(lane.length);
        for (const { asked } of device.pages) asked.end(asked.length);
      },
    });
    const locks: LockPort | undefined = device.locks?.portOf(this, this.#due);
    return {
      clock,
      chance,
      wake: this.wake,
      WebSocket: this.#sockets(),
      fetch: () => Promise.reject(new TypeError('no network')),
      XMLHttpRequest: undefined,
      subtle: undefined,
      remembered: {
        get: (key) => device.remembered.get(key) ?? null,
        set: (key, value) => {
          if (this.isDead) return;
          if (value === null) device.remembered.delete(key);
          else device.remembered.set(key, value);
        },
      },
      connect: (options) => {
        this.doc = options.doc;
        return createConnection(options);
      },
      openStore: ({ url, principal }) =>
        createOfflineStore({
          server: url,
          principal,
          clock,
          chance,
          disk,
          tabs: (name) => this.#channel(name),
          locks,
        }),
      limits: [],
    };
  }

  #sockets(): Platform['WebSocket'] {
    const { device } = this;
    const { lanes, accept } = device.world;
    return simulatedSockets(
      {
        lanes,
        isFrozen: () => this.isFrozen,
        isDead: () => this.isDead,
        isSwallowing: () => device.network === 'swallows',
        accept: (wire) => !this.isDead && device.network === 'good' && accept(wire),
      },
      (wire) => this.wires.push(wire),
    );
  }

  #channel(name: string): TabChannel {
    const room = this.device.channels.get(name) ?? new Map();
    this.device.channels.set(name, room);
    const listeners = new Set<(message: unknown) => void>();
    room.set(this, (message: unknown) => {
      for (const listener of listeners) listener(message);
    });
    return {
      post: (message) => {
        if (this.isDead || !room.has(this)) return;
        for (const other of room.keys()) {
          if (other === this) continue;
          const copy: unknown = structuredClone(message);
          this.#laneTo(other).put(() => {
            if (!other.isDead) room.get(other)?.(copy);
          });
        }
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: () => room.delete(this),
    };
  }

  #laneTo(other: SimulatedPage): Lane {
    const lane = this.#toPages.get(other) ?? this.device.world.lanes.make(() => other.isFrozen);
    this.#toPages.set(other, lane);
    return lane;
  }
}

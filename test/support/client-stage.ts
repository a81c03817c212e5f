// Clients of an app against a real server: each device has a disk and tabs of its own, which
// outlive its pages, and every page is a client.

import { seededChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createClient } from '../../src/client/client.ts';
import type { Client, ClientOptions } from '../../src/client/client-options.ts';
import type { Platform, Remembered } from '../../src/client/platform.ts';
import type { SessionHandle } from '../../src/client/session-handle.ts';
import { MemoryDisk } from '../../src/client/store/memory-disk.ts';
import { createOfflineStore } from '../../src/client/store/offline-store.ts';
import type { OfflineStore } from '../../src/client/store/offline.ts';
import { memoryTabs } from '../../src/client/tabs/tab-channel.ts';
import type { Claims } from '../../src/protocol/token.ts';
import { within } from './hang.ts';

/** What is kept when a page goes: one disk for one principal. */
export class ClientDevice {
  readonly disk = new MemoryDisk({ keeps: true });
  readonly tabs = memoryTabs();
  readonly #remembered = new Map<string, string>();
  #pages = 0;

  readonly remembered: Remembered = {
    get: (key) => this.#remembered.get(key) ?? null,
    set: (key, value) => {
      if (value === null) this.#remembered.delete(key);
      else this.#remembered.set(key, value);
    },
  };

  /** What is kept here for a principal of a server, as a page opens it. */
  store(url: string, principal: string): OfflineStore {
    const chance = seededChance(900 + this.#pages++);
    const { disk, tabs } = this;
    const clock = systemClock;
    return createOfflineStore({ server: url, principal, clock, chance, disk, tabs });
  }

  platform(seed: number): Partial<Platform> {
    const chance = seededChance(seed * 1_000 + this.#pages++);
    return {
      clock: systemClock,
      chance,
      remembered: this.remembered,
      openStore: ({ url, principal, clock }) =>
        createOfflineStore({
          server: url,
          principal,
          clock,
          chance,
          disk: this.disk,
          tabs: this.tabs,
        }),
    };
  }
}

/** Sockets that are refused at once, and requests that nobody answers. */
export const noNetwork: Partial<Platform> = {
  WebSocket: class extends WebSocket {
    constructor() {
      super('ws://127.0.0.1:9');
    }
  },
  fetch: () => Promise.reject(new TypeError('no network')),
};

/** A server, and who signs tokens for it. */
interface Stage {
  readonly url: string;
  token(sub: string, more?: Partial<Claims>): Promise<string>;
}

let pages = 0;

/** A page on a device, signed in with a token of the stage. Closed with `closing`. */
export async function openPage(
  stage: Stage,
  principal: string,
  {
    device = new ClientDevice(),
    claims = {},
    ...options
  }: Partial<ClientOptions> & { device?: ClientDevice; claims?: Partial<Claims> } = {},
): Promise<Client> {
  const token = await stage.token(principal, claims);
  const platform = { ...device.platform(++pages), ...options.platform };
  return createClient({ url: stage.url, token, ...options, platform });
}

/** Resolves when this is so, by what the handle tells of itself. */
export async function until(
  handle: SessionHandle,
  what: string,
  holds: (handle: SessionHandle) => boolean,
): Promise<void> {
  if (holds(handle)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (holds(handle)) resolve();
  };
  const stops = [
    handle.subscribe((view) => view, look),
    handle.subscribeStatus(look),
    handle.subscribeSaved(look),
    handle.subscribeKept(look),
    handle.presence.subscribe(look),
  ];
  try {
    await within(promise, `${what}: ${JSON.stringify(handle.status)}`);
  } finally {
    for (const stop of stops) stop();
  }
}

export const wordsOf = (handle: SessionHandle): readonly string[] =>
  handle.view.path.map(({ parts }) =>
    parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  );

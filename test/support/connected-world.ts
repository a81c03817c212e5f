// Devices of two people behind bad networks of their own, and a real server that is restarted now
// and then. Everything is written under an id of its own, so that what is missing or there twice
// is seen. Whenever a device is told that something is durable, the log is asked: what it has
// committed is followed record by record.

import { join } from 'node:path';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { signToken } from '../../server/access/tokens.ts';
import { createServer, type RunningServer } from '../../server/server.ts';
import { defined } from '../../src/base/assert.ts';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import type { WebSocketClass } from '../../src/client/connection/socket.ts';
import { frameTypes } from '../../src/protocol/frame.ts';
import { rights } from '../../src/protocol/token.ts';
import { Committed } from './committed.ts';
import { Device } from './device.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { withFolder } from './folder.ts';
import { session } from './guarded.ts';
import { Tally } from './tally.ts';

const secret = 'a secret of thirty-two bytes and more';
const start = 1_800_000_000_000;
const caps = { address: { burstMax: 100_000 }, principal: { burstMax: 100_000, openMax: 10_000 } };
const limits = { creditBytesMax: 1e12, idleMs: 10_000 };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function tokenOf(sub: string): Promise<string> {
  const about = { sub, name: sub, kind: 'person', rights, sessions: ['*'] } as const;
  return signToken(secret, { ...about, exp: start / 1_000 + 3_000 });
}

/** Somebody writes in the very turn in which a barrier comes back, before anybody hears of that. */
function hastySockets(write: () => void): WebSocketClass {
  const made = class extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      this.on('message', (data: Buffer | ArrayBuffer) => {
        if (new Uint8Array(data)[0] === frameTypes.barrier) write();
      });
    }
  };
  return made as unknown as WebSocketClass;
}

interface Written {
  readonly id: string;
  /** It is in the list, or a key; or a key that was taken away again. */
  readonly how: 'listed' | 'keyed' | 'gone';
}

interface Site {
  readonly device: Device;
  readonly proxy: FaultProxy;
  /** By position: what each local transaction wrote. */
  readonly written: Written[];
}

export class ConnectedWorld {
  readonly sites: Site[] = [];
  readonly tally = new Tally();
  /** What was said to be durable and was not. */
  readonly lies: string[] = [];
  readonly chance: Chance;
  server: RunningServer | undefined;
  url = '';
  #data: string;
  #committed = new Committed();
  #ids = 0;
  #isOver = false;

  constructor(seed: number, data: string) {
    this.chance = seededChance(seed);
    this.#data = data;
  }

  get committed(): Y.Doc {
    return this.#committed.doc;
  }

  /** Starts the server, on what it left behind. */
  async serve(): Promise<void> {
    const data = this.#data;
    const clock = manualClock(start);
    this.server = await createServer({ data, clock, caps, limits, keys: { secret } });
    const { log } = this.server;
    const append = log.append.bind(log);
    log.append = async (...record) => {
      const appended = await append(...record);
      const [, , , bytes] = record;
      if (appended.ok) this.#committed.take(bytes);
      return appended;
    };
    this.url = (await this.server.listen({ host: '127.0.0.1', port: 0 })).url;
    for (const { proxy } of this.sites) proxy.retarget(this.port);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async add(sub: string, seed: number): Promise<void> {
    const proxy = await openFaultProxy({ port: this.port });
    const token = (): Promise<string> => tokenOf(sub);
    const sockets = hastySockets(() => {
      if (!this.#isOver && below(this.chance, 2) === 0) this.write(site);
    });
    const device = new Device({ url: proxy.url, session, token, seed, WebSocket: sockets });
    const site: Site = { device, proxy, written: [] };
    device.connection.on({ durable: (position) => this.#judge(site, position) });
    this.sites.push(site);
  }

  async restart(): Promise<void> {
    this.tally.add('restart');
    const closed = this.server?.close();
    for (let turns = 0; turns < 20; turns++) await turn();
    // Whom the network swallowed the server would wait for, for half a minute.
    for (const { proxy } of this.sites) proxy.cut();
    await closed;
    await this.serve();
  }

  /** Something happens, anywhere. */
  async step(): Promise<void> {
    const site = pick(this.chance, this.sites);
    if (site === undefined) return;
    const name = defined(pick(this.chance, Object.keys(deeds)), 'a deed');
    this.tally.add(name);
    defined(deeds[name], name)(this, site);
    if (below(this.chance, 25) === 0) await this.restart();
    for (let turns = below(this.chance, 8); turns > 0; turns--) await turn();
  }

  write({ device, written }: Site): void {
    const id = `w${++this.#ids}`;
    const earlier = pick(this.chance, written);
    const kind = below(this.chance, 6);
    if (kind === 0 && earlier?.how === 'keyed') {
      written.push({ id: earlier.id, how: 'gone' });
      device.doc.getMap('annotations').delete(earlier.id);
      // Where it was taken away before, nothing was written.
      if (device.position < written.length) written.pop();
    } else if (kind < 3) {
      written.push({ id, how: 'keyed' });
      device.note(id, 'x'.repeat(kind === 1 ? 60_000 : 3));
    } else {
      written.push({ id, how: 'listed' });
      device.doc.getArray('messages').push([new Y.Map([['id', id]])]);
    }
  }

  #judge({ device, written }: Site, position: number): void {
    if (position > device.position) this.lies.push(`${position} of ${device.position}`);
    for (const { id, how } of written.slice(0, position)) {
      const isThere =
        how === 'listed'
          ? idsOf(this.committed).includes(id)
          : this.committed.getMap('annotations').has(id);
      const isGone = how === 'keyed' && written.some((one) => one.id === id && one.how === 'gone');
      if (!isGone && isThere !== (how !== 'gone')) this.lies.push(`${how} ${id} at ${position}`);
    }
  }

  /** The network is good again, and all come to the same end. */
  async meet(): Promise<void> {
    this.#isOver = true;
    for (const { device, proxy } of this.sites) {
      proxy.cut();
      proxy.heal();
      device.connection.disconnect();
      device.connection.connect();
      device.doc.on('update', () => this.#look());
    }
    await this.#patiently(async () => {
      await Promise.all(this.sites.map(({ device }) => device.untilDurable()));
      await Promise.all(this.sites.map(({ device }) => device.until(() => this.#isOne, 'one end')));
    });
  }

  get #isOne(): boolean {
    const [first, ...others] = this.sites.map(({ device }) => device.doc);
    return others.every((doc) => first === undefined || sameState(doc, first));
  }

  #look(): void {
    for (const { device } of this.sites) device.look();
  }

  /** The clocks of all devices go on meanwhile. */
  async #patiently(act: () => Promise<void>): Promise<void> {
    await this.sites.reduce<() => Promise<void>>(
      (inner, { device }) =>
        () =>
          device.patient(inner()),
      act,
    )();
  }

  async close(): Promise<void> {
    for (const { device, proxy } of this.sites) {
      device.close();
      await proxy.close();
    }
    await this.server?.close();
  }
}

export const idsOf = (doc: Y.Doc): readonly string[] =>
  doc.getArray<Y.Map<string>>('messages').map((item) => item.get('id') ?? '');

function sameState(one: Y.Doc, other: Y.Doc): boolean {
  const keys = (doc: Y.Doc): string => [...doc.getMap('annotations').keys()].sort().join();
  return idsOf(one).join() === idsOf(other).join() && keys(one) === keys(other);
}

const deeds: Readonly<Record<string, (world: ConnectedWorld, site: Site) => void>> = {
  write: (world, site) => world.write(site),
  'write more': (world, site) => {
    for (let times = 1 + below(world.chance, 5); times > 0; times--) world.write(site);
  },
  'write in turns': (world, site) => {
    world.write(site);
    void turn().then(() => world.write(site));
  },
  cut: (_world, { proxy }) => proxy.cut(),
  swallow: (_world, { proxy }) => proxy.swallow(),
  misbehave: (world, { proxy }) => proxy.misbehave(world.chance, 20_000),
  refuse: (_world, { proxy }) => proxy.refuse(),
  heal: (_world, { proxy }) => proxy.heal(),
  'a while': ({ chance }, { device }) => device.clock.advance(below(chance, 22_000)),
  'a moment': ({ chance }, { device }) => device.clock.advance(below(chance, 600)),
  leave: (_world, { device }) => device.connection.disconnect(),
  connect: (_world, { device }) => device.connection.connect(),
  'connect again': (_world, { device }) => device.connection.connect(),
  wake: ({ chance }, { device }) =>
    device.wake.signal(pick(chance, ['online', 'visible', 'page-restored', 'offline']) ?? 'online'),
};

/** A world of one seed, which is over afterwards. */
export async function withConnectedWorld(
  seed: number,
  act: (world: ConnectedWorld) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const world = new ConnectedWorld(seed, join(folder, 'data'));
    try {
      await world.serve();
      for (const [at, sub] of ['ada', 'ada', 'bob'].entries()) await world.add(sub, seed * 10 + at);
      await act(world);
    } finally {
      await world.close();
    }
  });
}

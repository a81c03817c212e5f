// What happens in a world of clients: what people write, and what befalls their pages, devices,
// networks and the server.

import { below, pick } from '../../src/base/chance.ts';
import { HoldfastError } from '../../src/base/error.ts';
import { type ClientWorld, type Seat, turn } from './client-world.ts';
import type { SimulatedDevice } from './simulated-device.ts';

type Act = (world: ClientWorld) => Promise<void> | void;

/** What somebody writes with a verb. */
const verbs: Readonly<Record<string, (world: ClientWorld, seat: Seat) => void>> = {
  send: (world, seat) => {
    const marker = world.marker();
    const sent = seat.handle.send(marker);
    world.note(seat, sent, { marker, verb: 'send', key: sent.message });
  },
  edit: (world, seat) => {
    const { handle, page } = seat;
    const own = [...handle.view.messages].filter(
      ({ author, role }) => author === page.device.principal && role === 'user',
    );
    const message = pick(world.chance, own);
    if (message === undefined) return;
    const marker = world.marker();
    const sent = handle.edit(message.id, marker);
    world.note(seat, sent, { marker, verb: 'edit', key: sent.message });
  },
  annotate: (world, seat) => {
    const message = pick(world.chance, [...seat.handle.view.messages]);
    if (message === undefined) return;
    const marker = world.marker();
    const target = { kind: 'message', message: message.id } as const;
    const made = seat.handle.annotate(target, marker, { label: marker });
    world.note(seat, made, { marker, verb: 'annotate', key: made.id });
  },
  cancel: (world, seat) => {
    const run = pick(world.chance, [...seat.handle.view.runs]);
    if (run === undefined) return;
    const marker = world.marker();
    const made = seat.handle.cancel(run.id);
    world.note(seat, made, { marker, verb: 'cancel', key: made.id });
  },
  rename: (world, seat) => {
    const marker = world.marker();
    const made = seat.handle.rename(marker);
    world.note(seat, made, { marker, verb: 'rename', key: undefined });
  },
};

function write(world: ClientWorld, verb: string): void {
  const seat = pick(world.chance, world.usable);
  if (seat === undefined) return;
  try {
    verbs[verb]?.(world, seat);
    world.tally.add(verb);
  } catch (error) {
    // What the verb itself says no to: a right that is known to be missing, a run that has ended.
    if (!(error instanceof HoldfastError)) throw error;
    world.tally.add(`no: ${error.code}`);
  }
}

const somePage = (world: ClientWorld): Seat | undefined => pick(world.chance, world.living);
const someDevice = (world: ClientWorld): SimulatedDevice | undefined =>
  pick(world.chance, world.devices);

const acts: Readonly<Record<string, Act>> = {
  send: (world) => write(world, 'send'),
  edit: (world) => write(world, 'edit'),
  annotate: (world) => write(world, 'annotate'),
  cancel: (world) => write(world, 'cancel'),
  rename: (world) => write(world, 'rename'),
  open: async (world) => {
    const device = someDevice(world);
    if (device === undefined || !(await world.mayOpen(device))) return;
    world.count('open');
    world.open(device);
  },
  close: (world) => {
    const seat = pick(world.chance, world.usable);
    if (seat === undefined) return;
    world.count('close');
    const { page } = seat;
    void page.client.close().then(() => page.ended());
  },
  crash: (world) => {
    const seat = somePage(world);
    if (seat === undefined) return;
    world.count('crash');
    world.tell(`crash ${seat.page.name}`);
    seat.page.crash();
  },
  freeze: (world) => {
    const seat = pick(world.chance, world.usable);
    if (seat === undefined) return;
    world.count('freeze');
    world.tell(`freeze ${seat.page.name}`);
    seat.page.freeze();
  },
  thaw: (world) => {
    const seat = world.living.find(({ page }) => page.isFrozen);
    if (seat === undefined) return;
    world.count('thaw');
    seat.page.thaw();
  },
  network: (world) => {
    const device = someDevice(world);
    if (device === undefined) return;
    device.network = pick(world.chance, ['good', 'good', 'swallows', 'refuses'] as const) ?? 'good';
    world.count(`network ${device.network}`);
    const signal = device.network === 'good' ? 'online' : 'offline';
    const isTold = below(world.chance, 2) === 0;
    for (const page of device.living) {
      if (device.network === 'refuses') for (const wire of page.liveWires) wire.cut();
      if (isTold && !page.isFrozen) page.wake.signal(signal);
    }
  },
  cut: (world) => {
    const wire = pick(world.chance, somePage(world)?.page.liveWires ?? []);
    if (wire === undefined) return;
    world.count('cut');
    wire.cut();
  },
  'half-open': (world) => {
    const wire = pick(world.chance, somePage(world)?.page.liveWires ?? []);
    if (wire === undefined) return;
    world.count('half-open');
    wire.isSwallowed = true;
  },
  'server crash': async (world) => {
    if (!world.server.isUp) return world.server.start();
    world.count('server crash');
    world.server.crash();
    await turn();
    if (below(world.chance, 2) === 0) world.server.start();
  },
  restore: async (world) => {
    if (world.wasRestored || world.server.records < 6 || below(world.chance, 3) > 0) return;
    world.count('restore');
    world.wasRestored = true;
    await world.server.restore();
    const { ever } = world.server;
    const still = world.committedKeys();
    for (const deed of world.deeds) {
      if (deed.key !== undefined && ever.has(deed.key) && !still.has(deed.key)) {
        deed.gone = 'restored';
      }
    }
    world.server.start();
  },
  role: async (world) => {
    const role = pick(world.chance, ['editor', 'editor', 'commenter', 'viewer'] as const);
    if (role === undefined || !world.server.isUp) return;
    world.count(`role ${role}`);
    if (role !== 'editor') world.wasLimited.add('bob');
    void world.server.setRole('bob', role);
    await turn();
  },
  'sign out': (world) => {
    if (below(world.chance, 4) > 0) return;
    const seat = pick(world.chance, world.usable);
    if (seat === undefined || seat.page.device.signingOut !== undefined) return;
    world.count('sign out');
    world.tell(`sign out ${seat.page.name}`);
    world.signOut(seat);
  },
  full: (world) => {
    const device = someDevice(world);
    if (device === undefined) return;
    device.isFull = !device.isFull;
    device.wasFull = true;
    world.count(device.isFull ? 'disk full' : 'disk has room');
  },
  moment: (world) => world.clock.advance(below(world.chance, 100)),
  while: (world) => world.clock.advance(below(world.chance, 3_000)),
  'long while': (world) => world.clock.advance(below(world.chance, 40_000)),
  wake: (world) => {
    const seat = pick(world.chance, world.usable);
    seat?.page.wake.signal(pick(world.chance, ['visible', 'online'] as const) ?? 'online');
  },
};

const weights: Readonly<Record<string, number>> = {
  send: 16,
  edit: 3,
  annotate: 5,
  cancel: 3,
  rename: 2,
  open: 6,
  close: 2,
  crash: 4,
  freeze: 2,
  thaw: 3,
  network: 4,
  cut: 3,
  'half-open': 2,
  'server crash': 3,
  restore: 1,
  role: 3,
  'sign out': 1,
  full: 1,
  moment: 10,
  while: 8,
  'long while': 2,
  wake: 2,
};

const bag = Object.entries(weights).flatMap(([name, weight]) =>
  Array.from({ length: weight }, () => name),
);

/** One act of somebody or something, and then some of what is on its way arrives. */
export async function takeStep(world: ClientWorld): Promise<void> {
  const name = pick(world.chance, bag) ?? 'moment';
  await acts[name]?.(world);
  await turn();
  for (let times = below(world.chance, 14); times > 0; times--) await world.deliver();
}

// A device with one session open: its document, and the connection that is under test, with a
// clock, a chance and signals of its own. It keeps what it was told and lets a test wait for it.
// The clock stands still; `patient` turns it on as often as something is waited for, so that
// retries come.

import WebSocket from 'ws';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock, systemClock } from '../../src/base/clock.ts';
import type { ConnectionError } from '../../src/client/connection/connection-error.ts';
import type { ConnectionState } from '../../src/client/connection/connection-state.ts';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type RefusedUpdate,
} from '../../src/client/connection/connection.ts';
import type { Admission } from '../../src/client/connection/link.ts';
import type { WebSocketClass } from '../../src/client/connection/socket.ts';
import { manualWake } from '../../src/client/connection/wake.ts';
import { within } from './hang.ts';

type Needed = 'url' | 'session' | 'token';

export interface DeviceOptions
  extends Pick<ConnectionOptions, Needed>, Partial<Omit<ConnectionOptions, Needed>> {
  readonly seed?: number;
  readonly WebSocket?: WebSocketClass;
  /** The manual clock of the device begins here. */
  readonly now?: number;
}

export class Device {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly clock;
  readonly wake = manualWake();
  readonly connection: Connection;
  /** In the order in which they were told. */
  readonly states: ConnectionState[] = [];
  readonly admissions: Admission[] = [];
  readonly sent: number[] = [0];
  readonly durable: number[] = [0];
  readonly refused: RefusedUpdate[] = [];
  readonly errors: ConnectionError[] = [];
  /** Local transactions that changed the document. */
  position = 0;
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor({ seed = 1, now = 1_800_000_000_000, ...options }: DeviceOptions) {
    this.clock = manualClock(now);
    this.doc = options.doc ?? new Y.Doc();
    this.doc.on('update', (_update, _origin, _doc, { local }) => {
      if (local) this.position++;
    });
    this.awareness = new Awareness(this.doc);
    this.connection = createConnection({
      awareness: this.awareness,
      generation: () => this.admissions.at(-1)?.generation,
      position: () => this.position,
      ...options,
      doc: this.doc,
      platform: {
        clock: this.clock,
        chance: seededChance(seed),
        WebSocket: options.WebSocket ?? (WebSocket as unknown as WebSocketClass),
        wake: this.wake,
      },
    });
    const keep =
      <T>(list: T[]) =>
      (value: T): void => {
        list.push(value);
        this.look();
      };
    this.connection.on({
      state: keep(this.states),
      ready: keep(this.admissions),
      sent: keep(this.sent),
      durable: keep(this.durable),
      refused: keep(this.refused),
      error: keep(this.errors),
    });
    this.doc.on('update', () => this.look());
  }

  get durableTo(): number {
    return this.durable.at(-1) ?? 0;
  }

  get sentTo(): number {
    return this.sent.at(-1) ?? 0;
  }

  /** Writes one small thing under a key of its own. */
  note(key: string, value: unknown = true): void {
    this.doc.getMap('annotations').set(key, value);
  }

  /** The keys that are in the document. */
  get notes(): readonly string[] {
    return [...this.doc.getMap('annotations').keys()].sort();
  }

  /** Looks whether what is waited for has come. */
  look(): void {
    const come = this.#waiting.filter(({ holds }) => holds());
    this.#waiting = this.#waiting.filter((waiter) => !come.includes(waiter));
    for (const { resolve } of come) resolve();
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    if (holds()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ holds, resolve });
    await within(promise, `${what}; it is ${JSON.stringify(this.connection.state)}`);
  }

  untilIs(name: ConnectionState['name']): Promise<void> {
    return this.until(() => this.connection.state.name === name, `a connection that is ${name}`);
  }

  /** Everything that was written here until now is durable. */
  untilDurable(): Promise<void> {
    const { position } = this;
    return this.until(() => this.durableTo >= position, `${position} to be durable`);
  }

  /** Turns the clock on by so much each few milliseconds of the world outside, while `act` is awaited. */
  async patient<T>(act: Promise<T>, stepMs = 50): Promise<T> {
    let stop = (): void => undefined;
    const turn = (): void => {
      stop = systemClock.after(2, () => {
        this.clock.advance(stepMs);
        turn();
      });
    };
    turn();
    try {
      return await act;
    } finally {
      stop();
    }
  }

  close(): void {
    this.connection.close();
    this.awareness.destroy();
    this.doc.destroy();
  }
}

/** Runs with a device that is closed afterwards. */
export async function withDevice<T>(
  options: DeviceOptions,
  act: (device: Device) => Promise<T>,
): Promise<T> {
  const device = new Device(options);
  try {
    return await act(device);
  } finally {
    device.close();
  }
}

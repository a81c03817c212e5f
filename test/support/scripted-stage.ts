// A device whose sockets the test plays, for what no real server does on demand.

import { expect } from 'vitest';
import { defined } from '../../src/base/assert.ts';
import { Device, type DeviceOptions } from './device.ts';
import { session } from './guarded.ts';
import { type ScriptedSocket, scriptedSockets } from './scripted-socket.ts';

export interface ScriptedStage {
  readonly device: Device;
  readonly sockets: readonly ScriptedSocket[];
  /** The newest one, once there are so many. */
  readonly socket: (count: number) => Promise<ScriptedSocket>;
}

/** Lets promises that wait for nothing else settle. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export async function staged(
  act: (stage: ScriptedStage) => Promise<void>,
  options: Partial<DeviceOptions> = {},
): Promise<void> {
  const { sockets, WebSocket } = scriptedSockets();
  const url = 'https://holdfast.test/';
  const token = (): Promise<string> => Promise.resolve('token 1');
  const device = new Device({ url, session, token, WebSocket, ...options });
  const socket = async (count: number): Promise<ScriptedSocket> => {
    await settle();
    expect(sockets).toHaveLength(count);
    return defined(sockets.at(-1), 'a socket');
  };
  try {
    await act({ device, sockets, socket });
  } finally {
    device.close();
  }
}

/** A connection that is live on its first socket. */
export async function live({ device, socket }: ScriptedStage): Promise<ScriptedSocket> {
  device.connection.connect();
  const first = await socket(1);
  first.open();
  first.greet();
  expect(device.connection.state).toEqual({ name: 'live' });
  return first;
}

// The proxy between two plain sockets: each fault is the fault it says, and nothing else is.

import { once } from 'node:events';
import { connect as dial, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { seededChance } from '../../../src/base/chance.ts';
import { manualClock } from '../../../src/base/clock.ts';
import { type FaultProxy, withFaultProxy } from '../../support/fault-proxy.ts';
import { within } from '../../support/hang.ts';

/** A server that keeps its sockets, a proxy before it, and a way to dial. */
async function withNetwork(
  act: (parts: {
    proxy: FaultProxy;
    clock: ReturnType<typeof manualClock>;
    dialled: () => Promise<{ client: Socket; server: Socket }>;
  }) => Promise<void>,
): Promise<void> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clock = manualClock();
  const open: Socket[] = [];
  await withFaultProxy({ port, clock }, async (proxy) => {
    const dialled = async (): Promise<{ client: Socket; server: Socket }> => {
      const accepted = once(server, 'connection');
      const client = dial({ port: Number(new URL(proxy.url).port), host: '127.0.0.1' });
      const [accepting] = (await within(accepted, 'a connection')) as [Socket];
      for (const socket of [client, accepting]) socket.on('error', () => undefined);
      open.push(client, accepting);
      return { client, server: accepting };
    };
    await act({ proxy, clock, dialled });
  });
  for (const socket of open) socket.destroy();
  server.close();
}

/** Its end; whether by an error. */
function closed(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('close', resolve);
  });
}

/** The next bytes that come. */
async function heard(socket: Socket): Promise<string> {
  const [chunk] = (await within(once(socket, 'data'), 'bytes')) as [Buffer];
  return chunk.toString();
}

test('passes bytes on, both ways, and the end of one way alone', () =>
  withNetwork(async ({ proxy, dialled }) => {
    const { client, server } = await dialled();
    client.write('up');
    expect(await heard(server)).toBe('up');
    const ended = once(server, 'end');
    client.end('!');
    expect(await heard(server)).toBe('!');
    await ended;
    const gone = closed(client);
    server.end('down');
    expect(await heard(client)).toBe('down');
    await within(gone, 'the end');
    expect(proxy.counts).toMatchObject({ connections: 1, up: 3, down: 4, cut: 0 });
  }));

test('cuts both sides with a reset, and lets the next one through', () =>
  withNetwork(async ({ proxy, dialled }) => {
    const { client, server } = await dialled();
    client.write('up');
    await heard(server);
    const errors = [closed(client), closed(server)];
    proxy.cut();
    expect(await within(Promise.all(errors), 'two resets')).toEqual([true, true]);
    const next = await dialled();
    next.client.write('again');
    expect(await heard(next.server)).toBe('again');
    expect([proxy.counts.cut, proxy.open]).toEqual([1, 1]);
  }));

test('goes silent without a word: neither bytes nor the end arrive', () =>
  withNetwork(async ({ proxy, dialled }) => {
    const { client, server } = await dialled();
    client.write('before');
    await heard(server);
    proxy.swallow({ new: true });
    const words: string[] = [];
    for (const socket of [client, server]) {
      socket.on('data', (chunk) => words.push(chunk.toString()));
      socket.on('end', () => words.push('end'));
      socket.on('close', () => words.push('close'));
    }
    server.write('lost');
    client.end('lost');
    const other = await dialled();
    other.server.on('data', (chunk) => words.push(chunk.toString()));
    other.client.write('lost too');
    proxy.heal();
    const healthy = await dialled();
    healthy.client.write('new');
    expect(await heard(healthy.server)).toBe('new');
    expect(words).toEqual([]);
    expect(proxy.counts).toMatchObject({ connections: 3, swallowed: 2, up: 9 });
    proxy.cut();
    await within(closed(server), 'a reset after all');
  }));

test('stays silent towards a client whose server is gone', () =>
  withNetwork(async ({ proxy, dialled }) => {
    const { client, server } = await dialled();
    proxy.swallow();
    let gone = false;
    client.on('close', () => (gone = true));
    server.resetAndDestroy();
    const other = await dialled();
    other.client.write('meanwhile');
    await heard(other.server);
    expect(gone).toBe(false);
  }));

test('fails after so many bytes, in the middle of what was sent', () =>
  withNetwork(async ({ proxy, dialled }) => {
    const { client, server } = await dialled();
    proxy.after(4, 'up', 'swallow');
    client.write('12345678');
    expect(await heard(server)).toBe('1234');
    expect(proxy.counts).toMatchObject({ swallowed: 1, up: 4 });
    const next = await dialled();
    proxy.after(2, 'down', 'cut');
    const cut = closed(next.client);
    next.server.write('12345678');
    await within(cut, 'a cut');
    expect(proxy.counts.cut).toBe(1);
  }));

test('misbehaves the same way for the same seed', () =>
  withNetwork(async ({ proxy, dialled }) => {
    const runs: string[] = [];
    for (let run = 0; run < 2; run++) {
      const chance = seededChance(5);
      for (let fault = 0; fault < 8; fault++) {
        const { client, server } = await dialled();
        const before = { ...proxy.counts };
        proxy.misbehave(chance, 6);
        const struck = untilStruck(proxy);
        client.write('123456');
        server.write('abcdef');
        await within(struck, 'a fault');
        const { cut, swallowed } = proxy.counts;
        runs.push(`${cut - before.cut} ${swallowed - before.swallowed}`);
        proxy.cut();
        await within(closed(client), 'a cut');
      }
    }
    expect(runs.slice(0, 8)).toEqual(runs.slice(8));
    expect(new Set(runs)).toEqual(new Set(['1 0', '0 1']));
  }));

function untilStruck(proxy: FaultProxy): Promise<void> {
  const before = proxy.counts.cut + proxy.counts.swallowed;
  return new Promise((resolve) => {
    const look = (): void => {
      if (proxy.counts.cut + proxy.counts.swallowed > before) resolve();
      else setImmediate(look);
    };
    look();
  });
}

test('delays every byte by as much, in their order', () =>
  withNetwork(async ({ proxy, clock, dialled }) => {
    const { client, server } = await dialled();
    proxy.pace({ delayMs: 500 });
    client.write('late');
    await untilPassed(proxy, 4);
    clock.advance(499);
    proxy.pace({ delayMs: 0 });
    client.write(' and behind it');
    await untilPassed(proxy, 18);
    await new Promise(setImmediate);
    expect(server.bytesRead).toBe(0);
    clock.advance(1);
    expect(await heard(server)).toMatch(/^late/);
  }));

test('throttles, and pushes back on who sends too much', () =>
  withNetwork(async ({ proxy, clock, dialled }) => {
    const { client, server } = await dialled();
    proxy.pace({ bytesPerSecond: 1_000 });
    let bytes = 0;
    server.on('data', (chunk) => (bytes += chunk.length));
    client.write(Buffer.alloc(100));
    await within(once(server, 'data'), 'a first slice');
    expect(bytes).toBe(20);
    const rest = heard(server);
    clock.advance(20);
    await rest;
    expect(bytes).toBe(40);
    const large = Buffer.alloc(30_000_000);
    client.write(large);
    await untilPassed(proxy, 50_000);
    clock.advance(0);
    expect(client.writableLength).toBeGreaterThan(1_000_000);
  }));

/** The proxy has taken so many bytes of the client: counted, not waited for. */
function untilPassed(proxy: FaultProxy, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (proxy.counts.up >= bytes) resolve();
      else setImmediate(look);
    };
    look();
  });
}

test('refuses new connections, until it is healed', () =>
  withNetwork(async ({ proxy, dialled }) => {
    proxy.refuse();
    const client = dial({ port: Number(new URL(proxy.url).port), host: '127.0.0.1' });
    client.on('error', () => undefined);
    await within(closed(client), 'a refusal');
    expect(proxy.counts).toMatchObject({ connections: 0, refused: 1 });
    proxy.heal();
    const { client: healed, server } = await dialled();
    healed.write('in');
    expect(await heard(server)).toBe('in');
    proxy.retarget(1);
    const nowhere = dial({ port: Number(new URL(proxy.url).port), host: '127.0.0.1' });
    nowhere.on('error', () => undefined);
    await within(closed(nowhere), 'nobody');
  }));

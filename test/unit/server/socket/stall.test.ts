// What is nobody's fault: the server itself stood still for a while; a stock client that says what
// it hears; and upgrades that come while the server stops.

import { createServer as createHttp } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { Clock } from '../../../../src/base/clock.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { StockPeer } from '../../../support/stock-peer.ts';
import { withSync } from '../../../support/sync-stage.ts';
import { connect, refusedUpgrade } from '../../../support/wire-client.ts';

const session = 'stall-0123456789abcdef';
const step1 = { type: 'sync-step-1', stateVector: Uint8Array.of(0) } as const;

/** Time that passes while nothing runs: what fell due is called once, late, as a real timer is. */
class StallingClock implements Clock {
  #now = 1_800_000_000_000;
  #timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  stall(ms: number): void {
    this.#now += ms;
    const due = new Set([...this.#timers].filter((timer) => timer.due <= this.#now));
    for (const timer of due) if (this.#timers.delete(timer)) timer.callback();
  }
}

test('[F43] [W164] whoever was there before the server stood still is there afterwards', async () => {
  const clock = new StallingClock();
  await withSync(
    async (stage) => {
      const ann = await stage.wire('ann', session);
      ann.send(step1);
      await ann.next('sync-step-2');
      for (let stalls = 0; stalls < 4; stalls++) {
        clock.stall(60_000);
        await ann.ask({ type: 'hello' });
      }
      expect(ann.isOpen).toBe(true);
      expect(stage.server.connections).toBe(1);
    },
    { clock },
  );
});

test('[F40] [W161] a stock client that sends back what it hears makes no traffic of it', () =>
  withSync(
    async (stage) => {
      const token = await stage.token('ann');
      const stock = ['one', 'two', 'three'].map(
        () => new StockPeer({ url: stage.url, session, token }),
      );
      try {
        await Promise.all(stock.map((peer) => peer.untilSynced()));
        const watcher = await connect({ url: stage.url, session, token });
        watcher.send(step1);
        await watcher.next('sync-step-2');
        watcher.send({ type: 'sync-step-2', update: Uint8Array.of(0, 0) });
        stock[0]?.provider.awareness.setLocalStateField('cursor', 1);
        const before = watcher.count('awareness');
        for (let round = 0; round < 50; round++) await watcher.barrier();
        expect(watcher.count('awareness') - before).toBeLessThan(5);
        await watcher.terminate();
      } finally {
        for (const peer of stock) peer.destroy();
      }
    },
    { clock: systemClock },
  ));

test('[W172] [W171] while the server stops, an upgrade is told when to come back', () =>
  withSync(async (stage) => {
    const app = createHttp((request, response) => stage.server.request(request, response));
    stage.server.attach(app);
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    const ann = await connect({ url, session, token: await stage.token('ann') });
    ann.send(step1);
    await ann.next('sync-step-2');
    const closing = stage.server.close();
    const { status, headers } = await refusedUpgrade({ url, session });
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    expect((await ann.closed).code).toBe(4503);
    await closing;
    app.closeAllConnections();
    app.close();
  }));

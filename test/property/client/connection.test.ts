// Random schedules of writing, bad networks, sleep and restarts, on the real server.

import { describe, expect, test } from 'vitest';
import { count, seed } from '../../support/count.ts';
import {
  type ConnectedWorld,
  idsOf,
  tokenOf,
  withConnectedWorld,
} from '../../support/connected-world.ts';
import { session } from '../../support/guarded.ts';
import { withStockPeer } from '../../support/stock-peer.ts';
import { Tally } from '../../support/tally.ts';

const first = seed() ?? 1;

/** All that was written is with everybody, once; and a stock peer sees it too. */
async function expectWhole(world: ConnectedWorld): Promise<void> {
  const listed = world.sites.flatMap(({ written }) =>
    written.filter(({ how }) => how === 'listed').map(({ id }) => id),
  );
  const gone = new Set(
    world.sites.flatMap(({ written }) =>
      written.filter(({ how }) => how === 'gone').map(({ id }) => id),
    ),
  );
  const keyed = world.sites.flatMap(({ written }) =>
    written.filter(({ id, how }) => how === 'keyed' && !gone.has(id)).map(({ id }) => id),
  );
  const token = await tokenOf('eve');
  await withStockPeer({ url: world.url, session, token }, async (peer) => {
    await peer.untilSynced();
    for (const doc of [peer.doc, ...world.sites.map(({ device }) => device.doc)]) {
      expect([...idsOf(doc)].sort()).toEqual(listed.sort());
      expect([...doc.getMap('annotations').keys()].sort()).toEqual(keyed.sort());
    }
  });
}

describe('a connection behind any network', () => {
  test('[C13] never calls durable what is not in the log, and brings everything once', async () => {
    const tally = new Tally();
    for (let at = first; at < first + count(5, 500); at++) {
      await withConnectedWorld(at, async (world) => {
        for (const { device } of world.sites) device.connection.connect();
        for (let step = 0; step < 60; step++) await world.step();
        await world.meet();
        expect({ seed: at, lies: world.lies }).toEqual({ seed: at, lies: [] });
        await expectWhole(world);
        for (const { device, proxy, written } of world.sites) {
          expect(device.refused).toEqual([]);
          expect(device.position).toBe(written.length);
          for (const told of [device.sent, device.durable]) {
            expect(told).toEqual([...new Set(told)].sort((one, other) => one - other));
          }
          tally.add('connections', proxy.counts.connections);
          tally.add('durable', device.durable.length);
        }
      });
    }
    expect(tally.counts.get('connections')).toBeGreaterThan(20);
    expect(tally.counts.get('durable')).toBeGreaterThan(20);
  });
});

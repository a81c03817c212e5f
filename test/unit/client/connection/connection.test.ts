// The connection against the real server, over real sockets.

import { describe, expect, test } from 'vitest';
import type { Claims } from '../../../../src/protocol/token.ts';
import { type Device, withDevice } from '../../../support/device.ts';
import { session } from '../../../support/guarded.ts';
import { withStockPeer } from '../../../support/stock-peer.ts';
import { sharedSync, type SyncStage } from '../../../support/sync-stage.ts';

function open<T>(
  stage: SyncStage,
  act: (device: Device) => Promise<T>,
  { sub = 'ada', ...claims }: Partial<Claims> = {},
): Promise<T> {
  const token = (): Promise<string> => stage.token(sub, claims);
  return withDevice({ url: stage.url, session, token }, act);
}

describe('a connection', () => {
  const stage = sharedSync();

  test('opens, is let in, and is live', async () => {
    await open(stage(), async (device) => {
      device.note('before');
      device.connection.connect();
      await device.untilIs('live');
      await device.untilDurable();
      device.note('after');
      device.note('after 2');
      await device.untilDurable();
      expect(device.states.map(({ name }) => name)).toEqual(['connecting', 'syncing', 'live']);
      expect(device.admissions[0]).toMatchObject({ principal: 'ada' });
      const token = await stage().token('bob');
      await withStockPeer({ url: stage().url, session, token }, async (peer) => {
        await peer.untilSynced();
        expect([...peer.doc.getMap('annotations').keys()].sort()).toEqual(device.notes);
        peer.doc.getMap('annotations').set('stock', 1);
        await device.until(() => device.notes.includes('stock'), 'a word of a stock peer');
      });
    });
  });
});

import { expect, describe, test } from 'vitest';
import { memoryRecords } from '../../../../src/client/library/ports.ts';
import { device, facts } from '../../../support/library-device.ts';
import { entry, settled, tabRoom } from '../../../support/library-server.ts';

const a = entry('a', { lastActivity: 3_000 });
const b = entry('b', { lastActivity: 1_000 });

describe('several tabs', () => {
  test('[C63] show the same list at once, with no server', async () => {
    const { tab } = tabRoom();
    const one = await device({ tabs: tab() });
    const two = await device({ tabs: tab(false) });
    one.library.setLocal(a.session, facts({ title: 'Offline', isOpen: true }));
    await settled();
    expect(two.library.entries).toEqual(one.library.entries);
    const three = await device({ tabs: tab() });
    await settled();
    expect(three.library.entries).toEqual(one.library.entries);
    // What is open in a tab that tab knows best.
    two.library.setLocal(a.session, facts({ title: 'Late', unsent: 0 }));
    await settled();
    expect(one.library.get(a.session)?.title).toBe('Offline');
    two.library.setLocal(a.session, undefined);
    one.library.setLocal(a.session, undefined);
    await settled();
    expect([two.ids(), three.ids()]).toEqual([[], []]);
  });

  test('[C63] one that hears the server tells the others, which store nothing', async () => {
    const { tab } = tabRoom();
    const records = memoryRecords();
    const one = await device({ tabs: tab(), records });
    const quiet = memoryRecords();
    const two = await device({ tabs: tab(false), records: quiet });
    await one.online([a, b]);
    await settled();
    expect(two.ids()).toEqual(['a', 'b']);
    one.socket().say({ type: 'gone', sessions: [b.session] });
    await settled();
    expect(two.ids()).toEqual(['a']);
    await two.online([a, entry('c')]);
    one.clock.advance(2_000);
    two.clock.advance(2_000);
    await settled();
    expect(await records.entries('library/list/')).toHaveLength(2);
    expect(await quiet.entries('library/list/')).toEqual([]);
  });

  test('[C63] [C64] delete together: taken back in one is taken back in all, and done once', async () => {
    const { tab } = tabRoom();
    const one = await device({ tabs: tab() });
    const two = await device({ tabs: tab() });
    await one.online([a, b]);
    await two.online([a, b]);
    one.library.delete(a.session);
    await settled();
    expect(two.ids()).toEqual(['b']);
    // The other's clock is a moment ahead.
    two.clock.advance(10_000);
    await two.online([a, b]);
    expect(two.asked).toEqual([]);
    expect(one.library.undo(a.session)).toBe(true);
    await settled();
    expect([one.ids(), two.ids()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    one.library.delete(b.session);
    await settled();
    one.clock.advance(10_500);
    await settled();
    two.clock.advance(20_000);
    await settled();
    expect([one.asked.length, two.asked.length]).toEqual([1, 0]);
    expect([two.ids(), two.library.deletions]).toEqual([['a'], []]);
  });

  test('[C64] a failure is said in the tab where it was asked for, and shown in none as deleted', async () => {
    const { tab } = tabRoom();
    const one = await device({ tabs: tab() });
    const two = await device({ tabs: tab() });
    await one.online([a]);
    await two.online([a]);
    one.server.status = 403;
    one.library.delete(a.session);
    await settled();
    one.clock.advance(10_500);
    await settled();
    expect([one.ids(), two.ids()]).toEqual([['a'], ['a']]);
    two.clock.advance(60_000);
    await settled();
    expect(two.asked).toEqual([]);
  });
});

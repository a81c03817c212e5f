import { describe, expect, test } from 'vitest';
import type { LibraryOptions } from '../../../../src/client/library/library.ts';
import { memoryRecords } from '../../../../src/client/library/ports.ts';
import { device, facts } from '../../../support/library-device.ts';
import { entry, settled } from '../../../support/library-server.ts';

const a = entry('a', { lastActivity: 3_000 });
const b = entry('b', { lastActivity: 1_000 });

describe('the list', () => {
  test('[C61] is what the device remembers, then what the server has, page by page', async () => {
    const records = memoryRecords();
    const first = await device({ records });
    await first.online([a, b]);
    expect(first.ids()).toEqual(['a', 'b']);
    await first.library.close();
    const second = await device({ records });
    expect([second.ids(), second.library.state]).toEqual([['a', 'b'], 'remembered']);
    second.link.connect();
    await settled();
    const socket = second.socket();
    socket.open();
    socket.ready(second.clock.now() + 3_600_000);
    const c = entry('c', { lastActivity: 4_000 });
    socket.say({ type: 'page', sessions: [c], cursor: 'next' });
    expect(socket.last('list')).toMatchObject({ cursor: 'next' });
    expect([second.ids(), second.library.state]).toEqual([['c', 'a', 'b'], 'loading']);
    socket.say({ type: 'changed', sessions: [{ ...a, lastActivity: 5_000 }] });
    socket.say({ type: 'page', sessions: [], cursor: null });
    // Of b there was no word: it went while nobody looked.
    expect([second.ids(), second.library.state]).toEqual([['a', 'c'], 'complete']);
    expect(second.forgotten).toEqual([b.session]);
  });

  test('[C61] an entry that did not change stays the same object, and is told of once', async () => {
    const { library, online, socket } = await device();
    await online([a, b]);
    const [first, second] = library.entries;
    const { entries } = library;
    const told: unknown[] = [];
    library.subscribe((list) => told.push(list));
    socket().say({ type: 'changed', sessions: [a] });
    await settled();
    expect([library.entries === entries, told]).toEqual([true, []]);
    socket().say({ type: 'changed', sessions: [{ ...b, running: true }] });
    socket().say({ type: 'changed', sessions: [{ ...b, running: true, preview: 'x' }] });
    await settled();
    expect(library.entries[0]).toBe(first);
    expect(library.entries[1]).not.toBe(second);
    expect(told).toEqual([library.entries]);
    expect(library.get(b.session)).toMatchObject({ running: true, preview: 'x' });
  });

  test('[C62] what was made here stands in it at once, and keeps its words when the server knows it', async () => {
    const { library, online, socket } = await device();
    library.setLocal(a.session, facts({ title: 'Mine' }));
    expect(library.get(a.session)).toMatchObject({ title: 'Mine', unsent: 1, onServer: false });
    expect(library.get(a.session)?.unread).toBe(false);
    await online([{ ...a, title: 'Old' }]);
    expect(library.get(a.session)).toMatchObject({ title: 'Mine', onServer: true, bytes: 10 });
    library.setLocal(a.session, facts({ title: 'Mine again', unsent: 0 }));
    expect(library.get(a.session)?.title).toBe('Mine again');
    socket().say({ type: 'changed', sessions: [{ ...a, title: 'Theirs' }] });
    expect(library.get(a.session)?.title).toBe('Theirs');
    library.setLocal(a.session, facts({ title: 'Open', unsent: 0, isOpen: true }));
    socket().say({ type: 'changed', sessions: [{ ...a, title: 'Late' }] });
    expect(library.get(a.session)?.title).toBe('Open');
  });

  test('[C65] what went elsewhere goes here too, but never what only this device has', async () => {
    const { library, online, socket, forgotten, ids } = await device();
    await online([a, b]);
    library.setLocal(a.session, facts({ unsent: 2 }));
    library.setLocal(b.session, facts({ unsent: 0 }));
    socket().say({ type: 'gone', sessions: [a.session, b.session] });
    expect(ids()).toEqual(['a']);
    expect(library.get(a.session)).toMatchObject({ onServer: false, unsent: 2 });
    expect(forgotten).toEqual([b.session]);
  });

  test('[C66] names, pins and puts away at once', async () => {
    const { library, online, socket } = await device();
    await online([a, b]);
    library.pin(a.session);
    library.archive(b.session);
    expect(library.get(a.session)).toMatchObject({ pinned: true, archived: false, unread: true });
    expect(library.get(b.session)).toMatchObject({ pinned: false, archived: true });
    expect(socket().last('write-row')).toMatchObject({ key: `pin/${a.session}`, json: 'true' });
    library.pin(a.session, false);
    expect(library.get(a.session)?.pinned).toBe(false);
  });

  test('[C66] is read up to where somebody read it', async () => {
    const { library, online, socket, desk } = await device();
    await online([a]);
    library.markRead(a.session, 'm1');
    expect(library.get(a.session)?.unread).toBe(false);
    expect(desk.readMark(a.session).place).toEqual({ at: a.lastActivity, message: 'm1' });
    socket().say({ type: 'changed', sessions: [{ ...a, lastActivity: 9_000 }] });
    expect(library.get(a.session)?.unread).toBe(true);
    const rows = [{ key: `read/${a.session}`, json: '{"at":9000}', seq: 1 }];
    socket().say({ type: 'rows', rows, more: false });
    expect(library.get(a.session)?.unread).toBe(false);
  });

  test('[C66] a name that cannot be given is taken back, and that is said', async () => {
    const names: string[] = [];
    const withSession: LibraryOptions['withSession'] = async (session, act) => {
      if (session === b.session) throw new Error('not here');
      act({ rename: (title) => names.push(title) });
      await settled();
    };
    const { library, online } = await device({ withSession });
    await online([a, b]);
    const named = library.rename(a.session, 'Better');
    expect(library.get(a.session)?.title).toBe('Better');
    library.setLocal(a.session, facts({ title: 'Better' }));
    await named;
    expect([names, library.get(a.session)?.title]).toEqual([['Better'], 'Better']);
    const failing = library.rename(b.session, 'Never');
    expect(library.get(b.session)?.title).toBe('Never');
    await expect(failing).rejects.toThrow('not here');
    expect(library.get(b.session)?.title).toBe(b.title);
  });
});

describe('deleting', () => {
  test('[C64] hides at once, and asks the server only when it cannot be taken back any more', async () => {
    const { library, online, clock, asked, ids, forgotten, desk } = await device();
    await online([a, b]);
    library.pin(a.session);
    expect(library.delete(a.session)).toMatchObject({ state: 'undoable', title: a.title });
    expect(ids()).toEqual(['b']);
    clock.advance(9_999);
    expect(asked).toEqual([]);
    clock.advance(1);
    expect([library.undo(a.session), library.deletions[0]?.state]).toEqual([false, 'waiting']);
    clock.advance(500);
    await settled();
    expect(asked).toEqual([`DELETE /api/sessions/${a.session}`]);
    expect([library.deletions, forgotten]).toEqual([[], [a.session]]);
    expect(desk.get(`pin/${a.session}`)).toBeUndefined();
  });

  test('[C64] is taken back in time', async () => {
    const { library, online, clock, asked, ids } = await device();
    await online([a, b]);
    library.delete(a.session);
    clock.advance(9_000);
    expect(library.undo(a.session)).toBe(true);
    expect(ids()).toEqual(['a', 'b']);
    clock.advance(60_000);
    await settled();
    expect([asked, library.deletions]).toEqual([[], []]);
  });

  test('[C64] outlives a reload, waits for the network, and what was deleted never comes back', async () => {
    const records = memoryRecords();
    const first = await device({ records });
    await first.online([a, b]);
    first.link.disconnect();
    first.library.delete(a.session);
    first.clock.advance(5_000);
    await first.library.close();
    const second = await device({ records });
    expect(second.ids()).toEqual(['b']);
    expect(second.library.deletions[0]).toMatchObject({ state: 'undoable', title: a.title });
    second.clock.advance(11_000);
    await settled();
    expect([second.asked, second.library.deletions[0]?.state]).toEqual([[], 'waiting']);
    await second.online([a, b]);
    expect(second.asked).toHaveLength(1);
    second.socket().say({ type: 'changed', sessions: [{ ...a, lastActivity: 99_000 }] });
    second.library.setLocal(a.session, facts());
    expect(second.ids()).toEqual(['b']);
    await second.library.close();
    expect(await records.entries('library/local/')).toEqual([]);
    const third = await device({ records });
    expect([third.ids(), third.library.deletions]).toEqual([['b'], []]);
    await third.online([a, b]);
    expect(third.ids()).toEqual(['b']);
    expect(() => third.library.delete(a.session)).toThrow(
      expect.objectContaining({ code: 'deletion' }),
    );
  });

  test('[C64] that fails for good is said, and the session is there again', async () => {
    const { library, online, clock, server, ids, socket } = await device();
    await online([a, b]);
    server.status = 403;
    library.delete(a.session);
    clock.advance(10_500);
    await settled();
    expect(library.deletions[0]).toMatchObject({ state: 'failed', problem: { code: 'forbidden' } });
    expect(ids()).toEqual(['a', 'b']);
    library.dismiss(a.session);
    expect(library.deletions).toEqual([]);
    socket().say({ type: 'beat' });
    server.status = 404;
    library.delete(a.session);
    clock.advance(10_500);
    await settled();
    expect([ids(), library.deletions]).toEqual([['b'], []]);
  });

  test('[C64] is tried again where the server was not reached', async () => {
    const { library, online, clock, server, asked, ids, socket } = await device();
    await online([a]);
    for (const status of [0, 503]) {
      server.status = status;
      socket().say({ type: 'beat' });
      library.delete(a.session);
      clock.advance(10_500);
      await settled();
      expect([ids(), library.deletions[0]?.state]).toEqual([[], 'waiting']);
    }
    server.status = 204;
    socket().say({ type: 'beat' });
    clock.advance(3_000);
    await settled();
    expect([library.deletions, asked.length >= 2]).toEqual([[], true]);
  });

  test('[C64] that another device was faster with needs no more', async () => {
    const { library, online, socket, clock, asked, forgotten } = await device();
    await online([a]);
    library.delete(a.session);
    socket().say({ type: 'gone', sessions: [a.session] });
    clock.advance(20_000);
    await settled();
    expect([library.deletions, asked, forgotten]).toEqual([[], [], [a.session]]);
  });
});

import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { Desk } from '../../../../src/client/desk/desk.ts';
import { memoryRecords, type Records, type Tabs } from '../../../../src/client/library/ports.ts';
import type { DeskRow } from '../../../../src/protocol/library.ts';
import { linkStage, settled, tabRoom, type LinkStage } from '../../../support/library-server.ts';

interface Device extends LinkStage {
  readonly desk: Desk;
  readonly records: Records;
  /** Connects; the server has these rows for it. */
  readonly online: (rows?: readonly DeskRow[]) => Promise<void>;
  readonly rows: (...rows: DeskRow[]) => void;
  /** What was written of this key on the wire. */
  readonly writes: (key?: string) => readonly (readonly [string | undefined, known: number])[];
  /** Answers the last write. */
  readonly answer: (seq: number, alternative?: string) => void;
}

async function device(records: Records = memoryRecords(), tabs?: Tabs, seed = 1): Promise<Device> {
  const known: { desk?: Desk } = {};
  const stage = linkStage({ rowsAfter: () => known.desk?.seq ?? 0 });
  const { link, clock, socket } = stage;
  const desk = new Desk({ link, records, tabs, clock, chance: seededChance(seed) });
  known.desk = desk;
  await desk.ready;
  const rows: Device['rows'] = (...all) => socket().say({ type: 'rows', rows: all, more: false });
  return {
    ...stage,
    desk,
    records,
    rows,
    async online(all = []) {
      link.disconnect();
      link.connect();
      await settled();
      socket().open();
      socket().ready(clock.now() + 3_600_000);
      socket().say({ type: 'page', sessions: [], cursor: null });
      rows(...all);
    },
    writes: (key) =>
      socket().requests.flatMap((request) =>
        request.type === 'write-row' && (key ?? request.key) === request.key
          ? [[request.json, request.known] as const]
          : [],
      ),
    answer(seq, alternative) {
      const request = socket().last('write-row');
      if (request === undefined) throw new Error('nothing was written');
      const { id: re, key, json } = request;
      socket().say({ type: 'row-written', re, row: { key, json, seq, alternative } });
    },
  };
}

const draft = (text: string): string => JSON.stringify({ text });
const key = 'draft/session-of-tests-1';
const session = 'session-of-tests-1';

describe('drafts', () => {
  test('[C67] are sent once a second at most, the latest words, and at once on a flush', async () => {
    const { desk, clock, online, writes, answer } = await device();
    await online();
    const mine = desk.draft(session);
    mine.set('H');
    expect(writes()).toEqual([[draft('H'), 0]]);
    mine.set('He');
    mine.set('Hel');
    answer(1);
    clock.advance(999);
    expect(writes()).toHaveLength(1);
    clock.advance(1);
    expect(writes()).toEqual([
      [draft('H'), 0],
      [draft('Hel'), 1],
    ]);
    mine.set('Hello');
    answer(2);
    expect(writes()).toHaveLength(2);
    mine.flush();
    expect(writes().at(-1)).toEqual([draft('Hello'), 2]);
    answer(3);
    clock.advance(5_000);
    expect(writes()).toHaveLength(3);
    expect([mine.text, desk.unsent]).toEqual(['Hello', 0]);
  });

  test('[C67] begun on one device go on in another, and are gone when they are sent', async () => {
    const { desk, online, rows } = await device();
    await online();
    let heard = 0;
    desk.draft(session).subscribe(() => (heard += 1));
    rows({ key, json: draft('from a train'), seq: 4 });
    expect(desk.draft(session).text).toBe('from a train');
    rows({ key, seq: 5 });
    expect([desk.draft(session).text, heard]).toEqual(['', 2]);
    expect(desk.keys('draft/')).toEqual([]);
  });

  test('[C67] of two that knew nothing of one another the later one counts, the other is offered', async () => {
    const { desk, online, rows, writes, answer } = await device();
    desk.draft(session).set('mine');
    await online([{ key, json: draft('theirs'), seq: 7 }]);
    expect(desk.draft(session).text).toBe('mine');
    // Its author had not seen the other.
    expect(writes()).toEqual([[draft('mine'), 0]]);
    answer(8, draft('theirs'));
    expect(desk.draft(session).alternative).toBe('theirs');
    desk.draft(session).set('mine and more');
    desk.flush();
    expect(writes().at(-1)).toEqual([draft('mine and more'), 8]);
    rows({ key, json: draft('mine and more'), seq: 9 });
    expect(desk.draft(session).alternative).toBe('theirs');
    desk.draft(session).settle();
    expect(desk.draft(session).alternative).toBeNull();
  });

  test('[C67] what came while words wait was not seen by who goes on with them', async () => {
    const { desk, clock, link, socket, rows, writes } = await device();
    desk.draft(session).set('mi');
    link.connect();
    await settled();
    socket().open();
    socket().ready(clock.now() + 3_600_000);
    const theirs = { key, json: draft('theirs'), seq: 7 };
    socket().say({ type: 'rows', rows: [theirs], more: true });
    desk.draft(session).set('mine');
    rows();
    expect(writes()).toEqual([[draft('mine'), 0]]);
  });

  test('[C67] what comes late does not go before what is newer', async () => {
    const { desk, online, rows } = await device();
    await online([{ key, json: draft('new'), seq: 5 }]);
    rows({ key, json: draft('old'), seq: 4 });
    expect(desk.draft(session).text).toBe('new');
  });

  test('[C67] what is typed while a write is out has seen what that wrote, and no more', async () => {
    const { desk, clock, online, rows, writes, answer } = await device();
    await online();
    desk.draft(session).set('a');
    desk.draft(session).set('ab');
    // Another device was faster; our first write has beaten it.
    rows({ key, json: draft('other'), seq: 1 });
    answer(2, draft('other'));
    clock.advance(1_000);
    expect(writes().at(-1)).toEqual([draft('ab'), 2]);
    expect(desk.draft(session)).toMatchObject({ text: 'ab', alternative: 'other' });
  });
});

describe('the desk', () => {
  test('[C68] keeps the latest of each key while there is no network, also over a restart', async () => {
    const records = memoryRecords();
    const first = await device(records);
    await first.online([{ key: 'settings', json: '{"theme":"dark"}', seq: 3 }]);
    first.link.disconnect();
    for (const text of ['o', 'on', 'one']) first.desk.draft(session).set(text);
    first.desk.set('pin/session-of-tests-1', true);
    await first.desk.close();
    const second = await device(records, undefined, 2);
    expect(second.desk.draft(session).text).toBe('one');
    expect(second.desk.get('settings')).toEqual({ theme: 'dark' });
    expect(second.desk.unsent).toBe(2);
    await second.online();
    expect(second.socket().last('hello')?.rowsAfter).toBe(3);
    expect(second.writes(key)).toEqual([[draft('one'), 0]]);
    second.answer(4);
    expect(second.writes('pin/session-of-tests-1')).toEqual([['true', 0]]);
    second.answer(5);
    await second.desk.close();
    const third = await device(records, undefined, 3);
    expect([third.desk.unsent, third.desk.draft(session).text]).toEqual([0, 'one']);
  });

  test('[C68] sends again what was not answered, but not what the server has', async () => {
    const { desk, online, link, writes, socket } = await device();
    await online();
    desk.set('a', 1);
    desk.set('b', 2);
    expect(writes()).toEqual([['1', 0]]);
    link.disconnect();
    await online([{ key: 'a', json: '1', seq: 1 }]);
    expect(writes()).toEqual([['2', 0]]);
    link.disconnect();
    await online();
    expect(writes()).toEqual([['2', 0]]);
    expect(socket().last('hello')?.rowsAfter).toBe(1);
  });

  test('[C68] waits for what the server has before it writes over it', async () => {
    const { desk, link, socket, clock, writes } = await device();
    desk.set('a', 1);
    link.connect();
    await settled();
    socket().open();
    socket().ready(clock.now() + 3_600_000);
    socket().say({ type: 'rows', rows: [{ key: 'a', json: '0', seq: 1 }], more: true });
    expect(writes()).toEqual([]);
    socket().say({ type: 'rows', rows: [{ key: 'a', json: '1', seq: 2 }], more: false });
    expect([writes(), desk.unsent]).toEqual([[], 0]);
  });

  test('[C68] tries again what the server could not take just now, and says what it will not', async () => {
    const { desk, clock, online, writes, socket } = await device();
    await online();
    desk.set('a', 1);
    const refuse = (code: string, retryable: boolean): void => {
      const re = socket().last('write-row')?.id;
      socket().say({ type: 'error', re, code, message: 'Too many rows.', retryable });
    };
    refuse('busy', true);
    clock.advance(2_000);
    expect(writes()).toHaveLength(2);
    refuse('desk-full', false);
    clock.advance(60_000);
    expect(writes()).toHaveLength(2);
    expect(desk.problem).toEqual({ code: 'desk-full', sentence: 'Too many rows.' });
    expect([desk.get('a'), desk.unsent]).toEqual([1, 1]);
    await online();
    expect([writes(), desk.problem]).toEqual([[['1', 0]], null]);
  });

  test('[C68] hears everything anew from a server that was put back to an earlier day', async () => {
    const { desk, online, clock, sockets, answer } = await device();
    await online([{ key: 'old', json: '1', seq: 90 }]);
    desk.set('new', 1);
    answer(50);
    await settled();
    expect(sockets).toHaveLength(2);
    sockets[1]?.open();
    expect(sockets[1]?.last('hello')?.rowsAfter).toBe(0);
    sockets[1]?.ready(clock.now() + 3_600_000);
    sockets[1]?.say({ type: 'rows', rows: [{ key: 'new', json: '1', seq: 50 }], more: false });
    expect([desk.get('old'), desk.get('new'), desk.unsent]).toEqual([undefined, 1, 0]);
  });

  test('[C68] refuses what no row can hold, before anything is written', async () => {
    const { desk } = await device();
    expect(() => desk.set('x'.repeat(201), 1)).toThrow(
      expect.objectContaining({ code: 'row-key' }),
    );
    expect(() => desk.set('\ud800', 1)).toThrow(expect.objectContaining({ code: 'row-key' }));
    const large = 'ü'.repeat(33_000);
    expect(() => desk.set('x', large)).toThrow(expect.objectContaining({ code: 'row-too-large' }));
    expect(desk.unsent).toBe(0);
  });

  test('[C68] a store that fails, or holds what is none of ours, stops nothing', async () => {
    const records: Records = {
      get: () => Promise.reject(new Error('no store')),
      set: () => Promise.reject(new Error('no store')),
      delete: () => Promise.reject(new Error('no store')),
      entries: () => Promise.reject(new Error('no store')),
    };
    const { desk, online, writes } = await device(records);
    await online();
    desk.set('a', 1);
    expect(writes()).toEqual([['1', 0]]);
    await desk.close();
    const odd = memoryRecords();
    await odd.set('desk/row/x', { key: 'x', json: 5 });
    await odd.set('desk/write/y', [1]);
    await odd.set('desk/seq', 'many');
    expect((await device(odd)).desk.keys('')).toEqual([]);
  });

  test('a value is the same object while it does not change', async () => {
    const { desk } = await device();
    desk.set('a', { list: [1] });
    const value = desk.get('a');
    desk.set('a', { list: [1] });
    expect(desk.get('a')).toBe(value);
  });
});

describe('several tabs', () => {
  test('[C63] show the same desk at once, with no server', async () => {
    const { tab } = tabRoom();
    const records = memoryRecords();
    const one = await device(records, tab(), 1);
    const two = await device(records, tab(false), 2);
    one.desk.draft(session).set('typed in one');
    await settled();
    expect(two.desk.draft(session).text).toBe('typed in one');
    two.desk.draft(session).set('and in two');
    await settled();
    expect(one.desk.draft(session).text).toBe('and in two');
    one.desk.draft(session).set('');
    const three = await device(memoryRecords(), tab(), 3);
    await settled();
    expect(two.desk.draft(session).text).toBe('');
    one.desk.set('late', 1);
    const four = await device(memoryRecords(), tab(), 4);
    await settled();
    expect([three.desk.get('late'), four.desk.get('late')]).toEqual([1, 1]);
  });

  test('[C63] each sends what was written in it, and for another only when that is gone', async () => {
    const { tab } = tabRoom();
    const one = await device(memoryRecords(), tab(), 1);
    const two = await device(memoryRecords(), tab(), 2);
    await two.online();
    one.desk.set('a', 1);
    await settled();
    two.clock.advance(9_999);
    expect(two.writes()).toEqual([]);
    two.clock.advance(1);
    expect(two.writes()).toEqual([['1', 0]]);
    two.answer(1);
    await settled();
    expect([one.desk.unsent, two.desk.unsent]).toEqual([0, 0]);
    one.desk.set('b', 2);
    await one.online();
    one.answer(2);
    await settled();
    two.clock.advance(10_000);
    expect(two.writes()).toHaveLength(1);
  });

  test('[C63] a value that lost is settled in all of them', async () => {
    const { tab } = tabRoom();
    const one = await device(memoryRecords(), tab(), 1);
    const two = await device(memoryRecords(), tab(), 2);
    const row = { key, json: draft('a'), seq: 2, alternative: draft('b') };
    await one.online([row]);
    await two.online([row]);
    expect(two.desk.draft(session).alternative).toBe('b');
    one.desk.draft(session).settle();
    await settled();
    expect(two.desk.draft(session).alternative).toBeNull();
  });
});

describe('read marks', () => {
  test('[C66] never go back, neither here nor because of another device', async () => {
    const { desk, online, rows, writes } = await device();
    const mark = desk.readMark(session);
    expect(mark.place).toBeNull();
    mark.set({ at: 50, message: 'm1' });
    mark.set({ at: 40 });
    expect(mark.place).toEqual({ at: 50, message: 'm1' });
    await online([{ key: `read/${session}`, json: '{"at":60}', seq: 1 }]);
    expect(mark.place).toEqual({ at: 60 });
    expect([writes(), desk.unsent]).toEqual([[], 0]);
    rows({ key: `read/${session}`, json: '"nonsense"', seq: 2 });
    expect(mark.place).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { httpLimits } from '../../../../server/http/limits.ts';
import { Desk } from '../../../../server/library/desk.ts';
import { deskRoutes } from '../../../../server/library/desk-routes.ts';
import type { Log } from '../../../../server/log/log.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import type { Rows } from '../../../../server/log/rows.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import type { DeskRow } from '../../../../src/protocol/library.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { bearer, claimsOf, testDoorman } from '../../../support/doorman.ts';
import { overriding } from '../../../support/guarded.ts';
import { failed, withServer } from '../../../support/http.ts';
import { withLibrary, type Device } from '../../../support/library-world.ts';

const write = (
  device: Device,
  key: string,
  json: string | undefined,
  known = 0,
): Promise<unknown> => device.ask({ type: 'write-row', key, json, known });

/** Rows until one with this seq has come. */
async function rowsTo(device: Device, seq: number): Promise<readonly DeskRow[]> {
  const rows: DeskRow[] = [];
  while (rows.at(-1)?.seq !== seq) rows.push(...(await device.next('rows')).rows);
  return rows;
}

const withRows =
  (over: Partial<Rows>) =>
  (log: Log): Log =>
    overriding(log, { rows: overriding(log.rows, over) });

describe('the desk on a socket', () => {
  test('[W147] is on all devices of its principal, and on no other', () =>
    withLibrary(async (world) => {
      const phone = await world.open('ada', {}, 0);
      const laptop = await world.open('ada', {}, 0);
      const deaf = await world.open('ada');
      const other = await world.open('bob', {}, 0);
      for (const device of [phone, laptop, other]) {
        expect(await device.next('rows')).toMatchObject({ rows: [], more: false });
      }
      expect(await write(phone, 'draft', '{"text":"Hello"}')).toMatchObject({
        type: 'row-written',
        row: { key: 'draft', json: '{"text":"Hello"}', seq: 1 },
      });
      for (const device of [phone, laptop]) {
        expect(await rowsTo(device, 1)).toEqual([
          { key: 'draft', json: '{"text":"Hello"}', seq: 1 },
        ]);
      }
      for (const device of [deaf, other]) {
        expect((await device.rest()).map(({ type }) => type)).not.toContain('rows');
      }
    }));

  test('[W147] keeps what lost to a write that had not seen it, until somebody has', () =>
    withLibrary(async (world) => {
      const phone = await world.open('ada', {}, 0);
      const laptop = await world.open('ada', {}, 0);
      await write(phone, 'draft', '"from the phone"');
      const raced = { key: 'draft', json: '"from the laptop"', seq: 2 };
      const row = { ...raced, alternative: '"from the phone"' };
      expect(await write(laptop, 'draft', '"from the laptop"')).toMatchObject({ row });
      expect((await rowsTo(phone, 2)).at(-1)).toEqual(row);
      const settled = await write(phone, 'draft', undefined, 2);
      expect(settled).toMatchObject({ row: { key: 'draft', seq: 3 } });
      expect((await rowsTo(laptop, 3)).at(-1)).toEqual({ key: 'draft', seq: 3 });
    }));

  test('[W147] comes in order and without holes from where a device left it, in pages', () =>
    withLibrary(async (world) => {
      const count = 2 * limits.rowsPageMax + 5;
      for (let at = 1; at <= count; at++) {
        await world.desk.write('ada', { key: `row ${at}`, json: `${at}`, known: 0 });
      }
      const device = await world.connect();
      const token = await world.token(claimsOf('ada'));
      device.send({ type: 'hello', token, rowsAfter: 3 });
      const first = await device.next('rows');
      expect([first.rows.length, first.more]).toEqual([limits.rowsPageMax, true]);
      // Written while it reads.
      await write(device, 'late', '1');
      const rest = await rowsTo(device, count + 1);
      const all = [...first.rows, ...rest].map(({ seq }) => seq);
      expect(all).toEqual(Array.from({ length: count - 2 }, (_, at) => at + 4));
      const again = await world.open('ada', {}, count + 1);
      expect(await again.next('rows')).toMatchObject({ rows: [], more: false });
    }));

  test.each([
    ['no JSON', 'key', '{"a":', 'json'],
    ['a value nested too deep', 'key', '['.repeat(99) + ']'.repeat(99), 'json'],
    ['a value too large', 'key', JSON.stringify('a'.repeat(limits.rowBytesMax)), 'command-shape'],
    ['a key too long', 'k'.repeat(limits.rowKeyCharsMax + 1), '1', 'command-shape'],
    ['no key', '', '1', 'command-shape'],
    ['half a character as a key', '\ud800', '1', 'command-shape'],
  ])('[W147] takes not %s', (_, key, json, code) =>
    withLibrary(async (world) => {
      const device = await world.open('ada', {}, 0);
      expect(await write(device, key, json)).toMatchObject({
        type: 'error',
        code,
        retryable: false,
      });
      expect(await write(device, 'key', '1')).toMatchObject({ row: { seq: 1 } });
    }),
  );

  test('[W147] says that it is full, that the store is, and that too much is written at once', async () => {
    const log = new MemoryLog({ clock: manualClock() });
    const full = { rowsMax: 1, keptRowsMax: 2 };
    const small: Rows['write'] = (principal, key, json, known) =>
      log.rows.write(principal, key, json, known, full);
    await withLibrary(
      async (world) => {
        const device = await world.open('ada', {}, 0);
        expect(await write(device, 'a', '1')).toMatchObject({ type: 'row-written' });
        expect(await write(device, 'b', '1')).toMatchObject({
          code: 'desk-full',
          retryable: false,
        });
      },
      withRows({ write: small }),
    );
    await withLibrary(
      async (world) => {
        const device = await world.open('ada', {}, 0);
        expect(await write(device, 'a', '1')).toMatchObject({
          code: 'unavailable',
          retryable: true,
        });
      },
      withRows({ write: async () => unavailable('full') }),
    );
    const desk = new Desk(overriding(log.rows, { write: () => new Promise(() => undefined) }));
    const row = { key: 'a', json: '1', known: 0 };
    for (let at = 0; at < httpLimits.rowWritesPerPrincipalMax; at++) void desk.write('ada', row);
    expect(await desk.write('ada', row)).toEqual({ ok: false, code: 'busy' });
  });

  test('[W147] that cannot be read ends the connection, to come back', () =>
    withLibrary(
      async (world) => {
        const device = await world.open('ada', {}, 0);
        expect((await device.closed).code).toBe(4503);
      },
      withRows({ since: async () => unavailable('damaged') }),
    ));
});

describe('the desk over HTTP', () => {
  type Ask = (path: string, body?: string) => Promise<Response>;

  async function withDesk(
    act: (ask: Ask, desk: Desk, log: MemoryLog) => Promise<void>,
  ): Promise<void> {
    const clock = manualClock();
    const log = new MemoryLog({ clock });
    const desk = new Desk(log.rows);
    const routes = deskRoutes({ doorman: testDoorman(log), desk, clock });
    await withServer(routes, ({ url }) => {
      const headers = { ...bearer(claimsOf('ada')), 'content-type': 'application/json' };
      const put = (body: string): RequestInit => ({ method: 'PUT', body });
      return act(
        (path, body) =>
          fetch(`${url}/api/desk${path}`, { ...(body !== undefined && put(body)), headers }),
        desk,
        log,
      );
    });
  }

  test('[W147] is read and written, with values as JSON', () =>
    withDesk(async (ask) => {
      const first = await ask('/pins%2Fone', '{"value":{"at":[1,null]}}');
      const row = { key: 'pins/one', value: { at: [1, null] }, seq: 1 };
      expect([first.status, await first.json()]).toEqual([200, row]);
      const raced = await (await ask('/pins%2Fone', '{"value":null,"known":0}')).json();
      expect(raced).toEqual({ ...row, value: null, seq: 2, alternative: { at: [1, null] } });
      await ask('/pins%2Fone', '{"known":2}');
      await ask('/other', '{"value":"b"}');
      expect(await (await ask('')).json()).toEqual({
        rows: [
          { key: 'pins/one', seq: 3 },
          { key: 'other', value: 'b', seq: 4 },
        ],
        more: false,
      });
      expect(await (await ask('?after=3')).json()).toMatchObject({ rows: [{ seq: 4 }] });
    }));

  test('[W147] comes in pages', () =>
    withDesk(async (ask, desk) => {
      for (let at = 0; at <= limits.rowsPageMax; at++) {
        await desk.write('ada', { key: `${at}`, json: '1', known: 0 });
      }
      const page = (await (await ask('')).json()) as { rows: DeskRow[]; more: boolean };
      expect([page.rows.length, page.more]).toEqual([limits.rowsPageMax, true]);
      const last = page.rows.at(-1)?.seq;
      expect(await (await ask(`?after=${last}`)).json()).toMatchObject({ rows: [{}], more: false });
    }));

  test.each([
    ['?after=-1', undefined, [400, 'bad-request']],
    ['?after=x', undefined, [400, 'bad-request']],
    [`/${'k'.repeat(limits.rowKeyCharsMax + 1)}`, '{"value":1}', [400, 'bad-request']],
    ['/key', '{"value":1,"known":-1}', [400, 'bad-request']],
    ['/key', `{"value":"${'a'.repeat(limits.rowBytesMax)}"}`, [413, 'too-large']],
  ])('[W147] refuses %s', (path, body, expected) =>
    withDesk(async (ask) => {
      expect(await failed(await ask(path, body))).toEqual(expected);
    }),
  );

  test('[W147] says that it is full, and that too much is written at once', () =>
    withDesk(async (ask, _, log) => {
      const none = { rowsMax: 0, keptRowsMax: 0 };
      const other = new MemoryLog();
      log.rows.write = (...args) => other.rows.write(args[0], args[1], args[2], args[3], none);
      expect(await failed(await ask('/key', '{"value":1}'))).toEqual([413, 'desk-full']);
      const held = Promise.withResolvers<never>();
      log.rows.write = () => held.promise;
      const many = httpLimits.rowWritesPerPrincipalMax + 1;
      const answers = Array.from({ length: many }, () => ask('/key', '{"value":1}'));
      expect(await failed(await Promise.race(answers))).toEqual([429, 'busy']);
    }));
});

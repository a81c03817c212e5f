// Members, links and each principal's own rows.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { codeOf, created, session, type LogCase } from './contract-case.ts';
import type { Log } from './log.ts';
import type { ShareLink } from './members.ts';
import type { Row } from './rows.ts';

const other = 'another-0123456789abcd';

async function written(log: Log, json: string | undefined, knownSeq: number): Promise<Row> {
  const answer = await log.rows.write('ada', 'draft', json, knownSeq);
  if (!answer.ok) throw new Error(`write: ${answer.code}`);
  return answer.row;
}

export const peopleCases: readonly LogCase[] = [
  {
    id: 'members/roles',
    async run({ log, reopen }) {
      strictEqual(codeOf(await log.members.set(session, 'ada', 'owner')), 'missing');
      await created(log);
      await created(log, other);
      await log.members.set(session, 'bob', 'reader');
      await log.members.set(session, 'ada', 'owner');
      await log.members.set(session, 'bob', 'writer');
      await log.members.set(session, 'cyd', 'reader');
      await log.members.set(session, 'cyd', undefined);
      await log.members.set(other, 'ada', 'reader');
      const check = async (on: Log): Promise<void> => {
        const members = [
          { principal: 'ada', role: 'owner' },
          { principal: 'bob', role: 'writer' },
        ];
        deepStrictEqual(await on.members.of(session), { ok: true, members });
        const sessions = [other, session].toSorted();
        deepStrictEqual(await on.members.sessions('ada', '', 10), { ok: true, sessions });
        const rest = sessions.slice(1);
        const after = sessions[0] ?? '';
        deepStrictEqual(await on.members.sessions('ada', after, 10), { ok: true, sessions: rest });
        deepStrictEqual(await on.members.sessions('cyd', '', 10), { ok: true, sessions: [] });
      };
      await check(log);
      if (reopen !== undefined) await check(await reopen());
    },
  },
  {
    id: 'members/first',
    async run({ log, reopen }) {
      const first = { principal: 'ada', role: 'owner' };
      ok((await log.create(session, first)).ok);
      // Who comes too late with the same id does not join by it.
      const late = await log.create(session, { principal: 'bob', role: 'owner' });
      strictEqual(codeOf(late), 'exists');
      const check = async (on: Log): Promise<void> => {
        deepStrictEqual(await on.members.of(session), { ok: true, members: [first] });
        const sessions = [session];
        deepStrictEqual(await on.members.sessions('ada', '', 10), { ok: true, sessions });
        deepStrictEqual(await on.members.role(session, 'ada'), { ok: true, role: 'owner' });
        deepStrictEqual(await on.members.role(session, 'bob'), { ok: true, role: undefined });
        deepStrictEqual(await on.members.role(other, 'ada'), { ok: true, role: undefined });
      };
      await check(log);
      if (reopen !== undefined) await check(await reopen());
    },
  },
  {
    id: 'members/list-of-links',
    async run({ log, reopen }) {
      strictEqual(codeOf(await log.members.links(session)), 'missing');
      await created(log);
      await created(log, other);
      deepStrictEqual(await log.members.links(session), { ok: true, links: [] });
      const linkTo = (digest: string, id = session): ShareLink => ({
        digest,
        session: id,
        role: 'reader',
      });
      for (const link of [linkTo('b'), linkTo('c', other), linkTo('d'), linkTo('a')]) {
        await log.members.addLink(link);
      }
      await log.members.removeLink(session, 'd');
      await log.members.removeLink(session, 'c');
      const check = async (on: Log): Promise<void> => {
        const links = [linkTo('a'), linkTo('b')];
        deepStrictEqual(await on.members.links(session), { ok: true, links });
        deepStrictEqual(await on.members.links(other), { ok: true, links: [linkTo('c', other)] });
      };
      await check(log);
      if (reopen !== undefined) await check(await reopen());
    },
  },
  {
    id: 'members/links',
    async run({ log }) {
      const link = { digest: 'digest', session, role: 'reader' };
      strictEqual(codeOf(await log.members.addLink(link)), 'missing');
      await created(log);
      await created(log, other);
      deepStrictEqual(await log.members.link('digest'), { ok: true, link: undefined });
      await log.members.addLink(link);
      deepStrictEqual(await log.members.link('digest'), { ok: true, link });
      await log.members.removeLink(other, 'digest');
      deepStrictEqual(await log.members.link('digest'), { ok: true, link });
      await log.members.removeLink(session, 'digest');
      deepStrictEqual(await log.members.link('digest'), { ok: true, link: undefined });
    },
  },
  {
    id: 'rows/last-writer',
    async run({ log, reopen }) {
      const first = await written(log, '"one"', 0);
      const second = await written(log, '"two"', first.seq);
      deepStrictEqual([second.json, second.alternative], ['"two"', undefined]);
      // Two devices that had both seen `second`.
      const third = await written(log, '"three"', second.seq);
      const raced = await written(log, '"four"', second.seq);
      deepStrictEqual([raced.json, raced.alternative], ['"four"', '"three"']);
      ok(raced.seq > third.seq);
      const check = async (on: Log): Promise<void> => {
        deepStrictEqual(await on.rows.since('ada', 0, 10), { ok: true, rows: [raced] });
        deepStrictEqual(await on.rows.since('ada', raced.seq, 10), { ok: true, rows: [] });
        deepStrictEqual(await on.rows.since('bob', 0, 10), { ok: true, rows: [] });
      };
      await check(log);
      if (reopen !== undefined) await check(await reopen());
    },
  },
  {
    id: 'rows/removed-and-known',
    async run({ log }) {
      const first = await written(log, '"one"', 0);
      const removed = await written(log, undefined, 0);
      deepStrictEqual([removed.json, removed.alternative], [undefined, '"one"']);
      const known = await written(log, '"two"', removed.seq);
      deepStrictEqual([known.json, known.alternative], ['"two"', undefined]);
      const same = await written(log, '"two"', first.seq);
      strictEqual(same.alternative, undefined, 'the same words twice are no race');
      const others = await log.rows.write('ada', 'read', '1', 0);
      ok(others.ok && others.row.seq > same.seq);
      const page = await log.rows.since('ada', 0, 1);
      ok(page.ok && page.rows.map(({ key }) => key).join() === 'draft');
    },
  },
  {
    id: 'rows/room',
    async run({ log }) {
      const limits = { rowsMax: 2, keptRowsMax: 3 };
      const write = async (key: string, json: string | undefined, seq = 9): Promise<string> =>
        codeOf(await log.rows.write('ada', key, json, seq, limits));
      deepStrictEqual([await write('a', '1'), await write('b', '1')], ['ok', 'ok']);
      deepStrictEqual([await write('c', '1'), await write('a', '2')], ['full', 'ok']);
      // What lost takes room as well, until somebody has seen it.
      deepStrictEqual([await write('b', undefined, 0), await write('c', '1')], ['ok', 'full']);
      deepStrictEqual([await write('b', undefined), await write('c', '1')], ['ok', 'ok']);
      deepStrictEqual([await write('b', '1'), await write('d', undefined)], ['full', 'full']);
      deepStrictEqual([await write('c', undefined), await write('b', '1')], ['ok', 'ok']);
      strictEqual(codeOf(await log.rows.write('bob', 'a', '1', 0, limits)), 'ok');
      const page = await log.rows.since('ada', 0, 10);
      ok(page.ok);
      deepStrictEqual(
        page.rows.map(({ key, json }) => [key, json]),
        [
          ['a', '2'],
          ['c', undefined],
          ['b', '1'],
        ],
      );
      // What was refused has taken no number.
      deepStrictEqual(new Set(page.rows.map(({ seq }) => seq)), new Set([3, 7, 8]));
    },
  },
];

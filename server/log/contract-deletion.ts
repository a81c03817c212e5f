// Deletion: for ever, for everybody, and not undone by any client that knew the session.

import { deepStrictEqual, ok } from 'node:assert/strict';
import { appended, bytesOf, codeOf, created, session, type LogCase } from './contract-case.ts';
import type { Log } from './log.ts';

const other = 'another-0123456789abcd';

/** What an old client, or the room it talks to, could try. */
async function attempts(log: Log): Promise<readonly string[]> {
  return [
    await log.create(session),
    await log.open(session),
    await log.append(session, 0, [], bytesOf('again')),
    await log.append(session, 2, [], bytesOf('again')),
    await log.read(session, 0),
    await log.compact(session, 2, bytesOf('again'), bytesOf('')),
    await log.claims.grant(session, 'run', 'agent'),
    await log.members.set(session, 'ada', 'owner'),
    await log.members.of(session),
    await log.members.links(session),
    await log.members.addLink({ digest: 'digest', session, role: 'reader' }),
  ].map(codeOf);
}

export const deletionCases: readonly LogCase[] = [
  {
    id: 'deletion/for-ever',
    async run({ log, reopen }) {
      await created(log);
      await created(log, other);
      await appended(log, ['a', 'b']);
      await log.members.set(session, 'ada', 'owner');
      await log.members.addLink({ digest: 'link', session, role: 'reader' });
      await log.claims.grant(session, 'run', 'agent');
      deepStrictEqual(await log.delete(session), { ok: true });
      const all = (await attempts(log)).every((code) => code === 'deleted');
      ok(all, 'every attempt is refused as deleted');
      deepStrictEqual(log.claims.of(session), []);
      deepStrictEqual(await log.members.sessions('ada', '', 10), { ok: true, sessions: [] });
      deepStrictEqual(await log.members.link('link'), { ok: true, link: undefined });
      deepStrictEqual(await log.members.role(session, 'ada'), { ok: true, role: undefined });
      const listed = await log.list('', 10);
      ok(listed.ok && listed.sessions.map((row) => row.session).join() === other);
      // Asked for again, it is as good as done.
      deepStrictEqual(await log.delete(session), { ok: true });
      if (reopen === undefined) return;
      ok((await attempts(await reopen())).every((code) => code === 'deleted'));
    },
  },
  {
    id: 'deletion/of-what-is-written-to',
    async run({ log }) {
      await created(log);
      const before = log.append(session, 0, [], bytesOf('before'));
      const deletion = log.delete(session);
      const after = log.append(session, 1, [], bytesOf('after'));
      deepStrictEqual([await before, await deletion], [{ ok: true, seq: 1 }, { ok: true }]);
      // It came while the deletion ran, and may not outlive it.
      ok(['deleted', 'ok'].includes(codeOf(await after)));
      deepStrictEqual(codeOf(await log.read(session, 0)), 'deleted');
    },
  },
];

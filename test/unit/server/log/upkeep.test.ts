// What whoever keeps a log asks of it while it is used: a copy, and whether it is sound.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { compactSession } from '../../../../server/log/compaction.ts';
import { appended, bytesOf, created, session } from '../../../../server/log/contract-case.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import type { EmbeddedLog } from '../../../../server/log/embedded-log.ts';
import { storeName } from '../../../../server/log/sqlite-store.ts';
import { rowChecksum } from '../../../../server/log/sqlite-schema.ts';
import type { CheckPlace } from '../../../../server/log/upkeep.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';
import { filesWith, textsOf } from '../../../support/log-folder.ts';

const other = 'other-0123456789abcdef';
const open = (folder: string, more = {}): Promise<EmbeddedLog> =>
  openEmbeddedLog({ folder, clock: manualClock(), store: inlineStore(folder), ...more });

/** A log with something in each of its tables. */
async function filled(folder: string): Promise<EmbeddedLog> {
  const log = await open(folder);
  await log.create(session, { principal: 'ann', role: 'owner' });
  await created(log, other);
  await appended(log, ['one', 'two', 'three']);
  await compactSession(log, session, async () => ({
    snapshot: bytesOf('one\ntwo\nthree'),
    index: bytesOf(''),
  }));
  await appended(log, ['four', 'five']);
  await log.members.addLink({ digest: 'd', session, role: 'viewer' });
  await log.claims.grant(session, 'run', 'bot');
  await log.rows.write('ann', 'pin', '1', 0);
  await log.summaries.put([{ session, activity: 1, json: '{}' }]);
  return log;
}

async function copyOf(log: EmbeddedLog): Promise<string> {
  const answer = await log.upkeep.copy();
  if (!answer.ok) throw new Error(answer.reason);
  return answer.path;
}

/** All that a check finds, to its end. */
async function checked(log: EmbeddedLog): Promise<{ rows: number; faults: readonly string[] }> {
  const faults: string[] = [];
  let rows = 0;
  let next: CheckPlace | undefined;
  do {
    const step = await log.upkeep.check(next);
    if (!step.ok) throw new Error(step.reason);
    rows += step.rows;
    faults.push(...step.faults);
    next = step.next;
  } while (next !== undefined);
  return { rows, faults };
}

describe('a copy', () => {
  test('[W129] has all that was answered, and is a store of its own', () =>
    withFolder((folder) =>
      withFolder(async (elsewhere) => {
        const log = await filled(folder);
        const path = await copyOf(log);
        await appended(log, ['too late']);
        new DatabaseSync(path).exec(`VACUUM INTO '${join(elsewhere, storeName)}'`);
        const copied = await open(elsewhere);
        expect(await textsOf(copied, session)).toEqual(['one', 'two', 'three', 'four', 'five']);
        expect(await copied.members.of(session)).toMatchObject({ members: [{ role: 'owner' }] });
        expect(await checked(copied)).toMatchObject({ faults: [] });
        await Promise.all([copied.close(), log.close()]);
      }),
    ));

  test('[F102] is in no file any more when a deletion is answered, and none outlives a start', () =>
    withFolder(async (folder) => {
      const log = await filled(folder);
      await appended(log, ['UNSPEAKABLE'], other);
      await copyOf(log);
      expect(filesWith(folder, 'UNSPEAKABLE').length).toBeGreaterThan(1);
      expect(await log.delete(other)).toEqual({ ok: true });
      expect(filesWith(folder, 'UNSPEAKABLE')).toEqual([]);
      await copyOf(log);
      await log.close();
      writeFileSync(join(folder, 'copies', 'format-0.sqlite'), 'kept');
      writeFileSync(join(folder, 'copies', 'backup-x.sqlite-journal'), 'left');
      await (await open(folder)).close();
      expect(readdirSync(join(folder, 'copies'))).toEqual(['format-0.sqlite']);
    }));

  test('[W129] is refused while something in the log is damaged, and where there is no space', () =>
    withFolder(async (folder) => {
      const log = await filled(folder);
      mkdirSync(join(folder, 'x'));
      rmSync(join(folder, 'copies'), { recursive: true, force: true });
      writeFileSync(join(folder, 'copies'), 'in the way');
      expect(await log.upkeep.copy()).toMatchObject({ ok: false, code: 'unavailable' });
      rmSync(join(folder, 'copies'));
      await log.close();
      writeFileSync(join(folder, 'journal-0000000900'), 'no journal at all, at all');
      const damaged = await open(folder);
      expect(damaged.faults).toHaveLength(1);
      expect(await damaged.upkeep.copy()).toMatchObject({ reason: 'damaged' });
      await damaged.close();
    }));
});

describe('a check', () => {
  const harm = async (folder: string, ...sql: readonly string[]): Promise<readonly string[]> => {
    const log = await filled(folder);
    await log.close();
    const db = new DatabaseSync(join(folder, storeName));
    for (const statement of sql) db.exec(statement);
    db.close();
    const again = await open(folder);
    const { faults } = await checked(again);
    await again.close();
    return faults;
  };

  test('[W128] looks at every row of a sound log and finds nothing', () =>
    withFolder(async (folder) => {
      const log = await filled(folder);
      // Two sessions, three numbers, a claim, a member twice, a link twice, a row, a summary.
      expect(await checked(log)).toEqual({ rows: 12, faults: [] });
      // Of a deleted session its tombstone is left; rows are a person's.
      await log.delete(session);
      expect(await checked(log)).toEqual({ rows: 6, faults: [] });
      await log.close();
    }));

  test('[W128] goes on where it was, however many rows there are', () =>
    withFolder(async (folder) => {
      const log = await filled(folder);
      await log.close();
      const store = inlineStore(folder);
      await store.start();
      let place: CheckPlace | undefined;
      let rows = 0;
      do {
        const step = await store.check(place, 1);
        rows += step.rows;
        place = step.next;
      } while (place !== undefined);
      expect(rows).toBe(12);
      await store.close();
    }));

  const crc = (...fields: readonly string[]): number => rowChecksum(...fields);

  test('[W128] finds what a deletion left behind', () =>
    withFolder(async (folder) => {
      const log = await filled(folder);
      await log.delete(other);
      await log.close();
      const store = inlineStore(folder);
      await store.start();
      await store.changeMembership({ session: other, principal: 'bob', role: 'owner' });
      await store.close();
      const again = await open(folder);
      expect((await checked(again)).faults).toEqual([
        `members ${other} bob: its session does not exist`,
        `memberships bob ${other}: its session does not exist`,
      ]);
      await again.close();
    }));

  test.each([
    ["UPDATE members SET role = 'viewer'", /^members .* ann: a row is not what was written$/],
    ["UPDATE rows SET json = '2'", /^rows ann pin: a row is not/],
    ['UPDATE session_links SET crc = crc + 1', /^session_links .* d: a row is not/],
    ["UPDATE summaries SET json = '[]'", /^summaries session-.*: a row is not/],
    ['DELETE FROM memberships', /^members .* ann: memberships lacks it$/],
    ['DELETE FROM members', /^memberships ann .*: members lacks it$/],
    ['DELETE FROM session_links', /^links d: session_links lacks it$/],
    [
      `INSERT INTO memberships VALUES ('bob', 'gone', ${crc('bob', 'gone')})`,
      /^memberships bob gone: its session does not exist$/,
    ],
    ['DELETE FROM records WHERE seq = 4', /^sessions session-.*: records are missing$/],
    ['UPDATE records SET seq = 3 WHERE seq = 4', /^sessions session-.*: records are out of place$/],
    ['DELETE FROM snapshots', /^sessions session-.*: its snapshot is missing$/],
    [`UPDATE snapshots SET session = '${other}'`, /^sessions other-.*: a snapshot of nothing$/],
  ])('[W128] finds what was done to the store: %s', (sql, expected) =>
    withFolder(async (folder) => {
      expect(await harm(folder, sql)).toContainEqual(expect.stringMatching(expected));
    }),
  );
});

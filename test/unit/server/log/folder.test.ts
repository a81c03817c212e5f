// The data folder: who may open it, in which version, what a deletion leaves in it, and
// what a full disk does to it.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { compactSession } from '../../../../server/log/compaction.ts';
import {
  appended,
  bytesOf,
  codeOf,
  created,
  session,
} from '../../../../server/log/contract-case.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import type { EmbeddedLog } from '../../../../server/log/embedded-log.ts';
import { encodeNote } from '../../../../server/log/journal-block.ts';
import { copyName, migrate, type Migrations } from '../../../../server/log/migration.ts';
import { Connection, openSqlite } from '../../../../server/log/sqlite-connection.ts';
import { readMeta } from '../../../../server/log/sqlite-meta.ts';
import { storeName } from '../../../../server/log/sqlite-store.ts';
import { below, seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { count, seed } from '../../../support/count.ts';
import { withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';
import { filesWith, textsOf } from '../../../support/log-folder.ts';

const open = (folder: string, more = {}): Promise<EmbeddedLog> =>
  openEmbeddedLog({ folder, clock: manualClock(), store: inlineStore(folder), ...more });

const codeOfError = (error: unknown): unknown => Reflect.get(Object(error), 'code');

async function refusalOf(opening: Promise<EmbeddedLog>): Promise<unknown> {
  return opening.then(() => 'opened', codeOfError);
}

describe('deletion', () => {
  const FOLDERS = count(6, 200);
  const words = (id: string): string => `WORDS-OF-${id}-`;

  test.each(Array.from({ length: FOLDERS }, (_, index) => (seed() ?? 1) + index))(
    '[F102] leaves no word in any byte of any file: seed %i',
    async (one) => {
      const chance = seededChance(one);
      const ids = Array.from({ length: 6 }, (_, index) => `session-${index}-0123456789ab`);
      await withFolder(async (folder) => {
        const clock = manualClock();
        const log = await open(folder, { clock });
        for (const id of ids) await created(log, id);
        for (let step = 0; step < 1_200; step++) {
          const id = ids[below(chance, ids.length)] ?? '';
          const times = [1, 8, 35, 120, 360][below(chance, 5)] ?? 1;
          await appended(log, [words(id).repeat(times)], id);
          if (below(chance, 120) === 0) await merge(log, id);
          if (below(chance, 10) === 0) {
            await log.summaries.put([{ session: id, activity: step, json: words(id) }]);
          }
          if (below(chance, 20) === 0) clock.advance(1_000);
        }
        const gone = ids.filter((_, index) => index % 2 === 1);
        const planted = ids.every((id) => filesWith(folder, words(id)).length > 0);
        const answers = await Promise.all(gone.map((id) => log.delete(id)));
        const late = gone.map((id) => ({ session: id, activity: 1, json: words(id) }));
        await log.summaries.put(late);
        const left = gone.flatMap((id) => filesWith(folder, words(id)));
        const kept = ids.filter((id) => !gone.includes(id));
        const read = await Promise.all(kept.map((id) => textsOf(log, id)));
        await log.close();
        expect({ planted, left, codes: [...new Set(answers.map(codeOf))] }).toEqual({
          planted: true,
          left: [],
          codes: ['ok'],
        });
        expect(read.every((texts) => Array.isArray(texts))).toBe(true);
      });
    },
  );

  async function merge(log: EmbeddedLog, id: string): Promise<void> {
    const merged = { snapshot: bytesOf(words(id).repeat(20)), index: bytesOf(words(id)) };
    await compactSession(log, id, async () => merged);
  }

  test('[F102] that was broken off is finished at the next start', async () => {
    await withFolder(async (folder) => {
      const log = await open(folder);
      await created(log);
      await appended(
        log,
        Array.from({ length: 50 }, () => words(session)),
      );
      await log.close();
      // The tombstone stands, and the process died before it erased anything.
      const store = inlineStore(folder);
      await store.start();
      await store.bury(session);
      await store.close();
      writeFileSync(join(folder, 'journal-0000000000'), words(session));
      mkdirSync(join(folder, 'copies'));
      writeFileSync(join(folder, 'copies', copyName(0)), words(session));
      const again = await open(folder);
      expect(codeOf(await again.open(session))).toBe('deleted');
      expect(filesWith(folder, words(session))).toEqual([]);
      await again.close();
    });
  });
});

describe('a folder', () => {
  test('[F103] is opened by one process at a time, and again after it', async () => {
    await withFolder(async (folder) => {
      const log = await open(folder);
      expect(await refusalOf(open(folder))).toBe('log-locked');
      await created(log);
      await appended(log, ['a']);
      await log.close();
      const again = await open(folder);
      expect(await textsOf(again, session)).toEqual(['a']);
      await again.close();
    });
  });

  test('[F103] of somebody else is refused and left alone', async () => {
    await withFolder(async (folder) => {
      const other = new DatabaseSync(join(folder, storeName));
      other.exec('CREATE TABLE theirs (a)');
      other.close();
      expect(await refusalOf(open(folder))).toBe('log-not-ours');
      writeFileSync(join(folder, storeName), 'no database at all'.repeat(100));
      expect(await refusalOf(open(folder))).toBe('log-damaged');
      expect(readFileSync(join(folder, storeName), 'utf8')).toContain('no database at all');
    });
  });
});

describe('a folder of another version', () => {
  const steps: Migrations = new Map([
    [1, (connection) => connection.exec('CREATE TABLE later (a INTEGER) STRICT')],
  ]);

  async function older(folder: string): Promise<void> {
    const log = await open(folder);
    await created(log);
    await appended(log, ['a', 'b']);
    await log.close();
  }

  test('[F101] is refused when it is newer, the store and the journal alike', async () => {
    await withFolder(async (folder) => {
      await older(folder);
      const db = new DatabaseSync(join(folder, storeName));
      db.exec('PRAGMA user_version = 99');
      db.close();
      expect(await refusalOf(open(folder))).toBe('log-newer');
    });
    await withFolder(async (folder) => {
      await older(folder);
      const note = encodeNote({ format: 99, number: 7, salt: 1, ends: [] });
      writeFileSync(join(folder, 'journal-0000000007'), note);
      expect(await refusalOf(open(folder))).toBe('log-newer');
    });
  });

  test('[F101] is changed whole or not at all when it is older, and a copy is kept', async () => {
    await withFolder(async (folder) => {
      await older(folder);
      const attempt = (dies: boolean): string => {
        const connection = new Connection(openSqlite(join(folder, storeName)), () => {
          if (dies) throw new Error('died');
        });
        try {
          migrate(connection, { folder, steps, target: 2 });
          return `format ${readMeta(connection, 'format')}`;
        } catch (error) {
          return `${String(error)}, format ${readMeta(connection, 'format')}`;
        } finally {
          connection.close();
        }
      };
      expect(attempt(true)).toBe('Error: died, format 1');
      expect(attempt(false)).toBe('format 2');
      expect(attempt(false)).toBe('format 2');
      expect(await refusalOf(open(folder))).toBe('log-newer');
      const copy = readFileSync(join(folder, 'copies', copyName(1)));
      await withFolder(async (back) => {
        writeFileSync(join(back, storeName), copy);
        const log = await open(back);
        expect(await textsOf(log, session)).toEqual(['a', 'b']);
        await log.close();
      });
    });
  });

  test('[F101] [F102] a copy does not outlive a deletion', async () => {
    await withFolder(async (folder) => {
      await older(folder);
      const connection = new Connection(openSqlite(join(folder, storeName)), () => {});
      migrate(connection, { folder, steps, target: 2 });
      connection.close();
      expect(existsSync(join(folder, 'copies', copyName(1)))).toBe(true);
      const store = inlineStore(folder);
      await store.bury(session);
      await store.erase();
      await store.close();
      expect(existsSync(join(folder, 'copies'))).toBe(false);
    });
  });
});

test('[F42] a backup that was put back is of another generation, for every session', async () => {
  await withFolder(async (folder) => {
    const log = await open(folder);
    const before = await created(log);
    await appended(log, ['a']);
    await log.close();
    const restored = await open(folder, { restored: true });
    const after = await restored.open(session);
    expect(after).toMatchObject({ ok: true, head: { seq: 1 } });
    expect(after.ok && after.head.generation).not.toBe(before.generation);
    await restored.close();
    const again = await open(folder);
    expect(await again.open(session)).toEqual(after);
    await again.close();
  });
});

test('[F14] a clock that jumps ends no lease', async () => {
  await withFolder(async (folder) => {
    const manual = manualClock(1_000);
    let jump = 0;
    const clock = { ...manual, now: () => manual.now() + jump };
    const log = await open(folder, { clock });
    await created(log);
    await log.claims.grant(session, 'run', 'agent');
    for (jump of [3_600_000, -3_600_000]) {
      manual.advance(log.claims.leaseMs / 4);
      expect(codeOf(await log.claims.grant(session, 'run', 'other'))).toBe('held');
    }
    manual.advance(log.claims.leaseMs);
    expect(codeOf(await log.claims.grant(session, 'run', 'other'))).toBe('ok');
    await log.close();
  });
});

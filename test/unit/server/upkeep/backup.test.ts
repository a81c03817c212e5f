// A backup as a file: whole or nothing, and never believed before it is proved.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { backUp, type BackedUp } from '../../../../server/upkeep/backup.ts';
import { beginLine, endLine, entryLine } from '../../../../server/upkeep/backup-format.ts';
import { readBackup } from '../../../../server/upkeep/backup-reader.ts';
import { assertReplaceable, writeBackup } from '../../../../server/upkeep/backup-writer.ts';
import { fileFault, filesIn } from '../../../../server/upkeep/files-check.ts';
import { restore } from '../../../../server/upkeep/restore.ts';
import { createHash } from 'node:crypto';
import { below, seededChance } from '../../../../src/base/chance.ts';
import { count, seed } from '../../../support/count.ts';
import { withFolder } from '../../../support/folder.ts';
import { textsOf } from '../../../support/log-folder.ts';
import { aSession, bSession, openData, writeSession } from '../../../support/stored-sessions.ts';

const codeOf = (error: unknown): unknown => Reflect.get(Object(error), 'code') ?? String(error);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const picture = `files/${aSession}/${sha256('a picture')}.png`;

/** A folder with two sessions, a file and a secret, and its backup beside it. */
async function withBackup(
  act: (world: { data: string; to: string; elsewhere: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const data = join(folder, 'data');
    mkdirSync(data);
    const log = await openData(data);
    await writeSession(log, aSession, (prompt) => ['one', 'two'].forEach(prompt));
    await writeSession(log, bSession, (prompt) => void prompt('three'));
    await log.delete(bSession);
    mkdirSync(join(data, 'files', aSession), { recursive: true });
    mkdirSync(join(data, 'files', 'parts'));
    writeFileSync(join(data, picture), 'a picture');
    writeFileSync(join(data, 'files', 'parts', 'x'), 'half a pic');
    writeFileSync(join(data, 'secret'), 'secret');
    const to = join(folder, 'backup');
    const secret = join(data, 'secret');
    const said: number[] = [];
    const made = await backUp(log, {
      data,
      to,
      id: 'one',
      createdAt: 0,
      secret,
      onProgress: (bytes, of) => said.push(bytes / of),
    });
    expect(made).toMatchObject({
      ok: true,
      files: 1,
      bytes: statSync(to).size,
    } satisfies Partial<BackedUp>);
    expect(said.at(-1)).toBeGreaterThan(0.99);
    await log.close();
    await act({ data, to, elsewhere: join(folder, 'elsewhere') });
  });
}

async function refusal(from: string, data: string): Promise<unknown> {
  const before = existsSync(data);
  const code = await restore({ from, data, id: 'two' }).then(() => 'restored', codeOf);
  expect(code === 'restored' || existsSync(data) === before).toBe(true);
  return code;
}

describe('[W129] a backup', () => {
  test('[W129] [F42] gives back all that was there, as another generation', () =>
    withBackup(async ({ data, to, elsewhere }) => {
      expect(statSync(to).mode & 0o777).toBe(0o600);
      expect(await restore({ from: to, data: elsewhere, id: 'x' })).toEqual({
        sessions: 1,
        files: 1,
      });
      expect(readdirSync(elsewhere).toSorted()).toEqual(['files', 'log', 'secret']);
      expect(readFileSync(join(elsewhere, picture), 'utf8')).toBe('a picture');
      expect(statSync(join(elsewhere, 'secret')).mode & 0o777).toBe(0o600);
      const [before, after] = [await openData(data), await openData(elsewhere)];
      expect(await textsOf(after, aSession)).toEqual(await textsOf(before, aSession));
      expect(await after.members.of(aSession)).toEqual(await before.members.of(aSession));
      expect(await after.open(bSession)).toMatchObject({ code: 'deleted' });
      const generations = await Promise.all(
        [before, after].map(async (log) => {
          const opened = await log.open(aSession);
          return opened.ok && opened.head.generation;
        }),
      );
      expect(new Set(generations).size).toBe(2);
      await Promise.all([before.close(), after.close()]);
    }));

  test('[W129] is put into an empty folder alone, which may be a disk of its own', () =>
    withBackup(async ({ data, to, elsewhere }) => {
      expect(await refusal(to, data)).toBe('not-empty');
      mkdirSync(join(elsewhere, 'lost+found'), { recursive: true });
      expect(await refusal(to, elsewhere)).toBe('restored');
      expect(await refusal(to, elsewhere)).toBe('not-empty');
    }));

  test('[W129] that is not what was written is refused, wherever it was changed or cut', () =>
    withBackup(async ({ to, elsewhere }) => {
      const whole = readFileSync(to);
      const chance = seededChance(seed() ?? 7);
      const broken = `${to}-broken`;
      for (let trial = 0; trial < count(60, 2_000); trial++) {
        const changed = Buffer.from(whole);
        const at = below(chance, whole.length);
        if (trial % 3 === 0) writeFileSync(broken, changed.subarray(0, at));
        else {
          changed[at] = (changed[at] ?? 0) ^ (1 + below(chance, 255));
          writeFileSync(broken, changed);
        }
        expect(['backup-damaged', 'not-a-backup', 'backup-newer']).toContain(
          await refusal(broken, elsewhere),
        );
      }
      writeFileSync(broken, Buffer.concat([whole, Buffer.from('more')]));
      expect(await refusal(broken, elsewhere)).toBe('backup-damaged');
    }));

  /** A backup of these files, with a hash that is right. */
  function forged(path: string, entries: Readonly<Record<string, Uint8Array>>): string {
    const parts: Uint8Array[] = [Buffer.from(beginLine(0))];
    for (const [file, bytes] of Object.entries(entries)) {
      parts.push(Buffer.from(entryLine({ file, bytes: bytes.length })), bytes);
    }
    const all = Buffer.concat(parts);
    const end = {
      files: Object.keys(entries).length,
      sha256: createHash('sha256').update(all).digest('hex'),
    };
    writeFileSync(path, Buffer.concat([all, Buffer.from(endLine(end))]));
    return path;
  }

  const storeOf = (folder: string, ...sql: readonly string[]): Uint8Array => {
    const path = join(folder, 'log', 'store.sqlite');
    const db = new DatabaseSync(path);
    for (const statement of sql) db.exec(statement);
    db.close();
    return readFileSync(path);
  };

  test('[W129] never writes anywhere but into its folder, and holds a log that can be opened', () =>
    withBackup(async ({ data, to, elsewhere }) => {
      const bytes = Buffer.from('x');
      const store = storeOf(data);
      const path = `${to}-forged`;
      for (const file of [
        '../evil',
        '/evil',
        'log/../../evil',
        'files/../evil',
        'files/a/../../e',
        'log/journal-0000000001',
      ]) {
        expect(
          await refusal(forged(path, { 'log/store.sqlite': store, [file]: bytes }), elsewhere),
        ).toBe('backup-damaged');
      }
      expect(await refusal(forged(path, { secret: bytes }), elsewhere)).toBe('backup-damaged');
      const junk = { 'log/store.sqlite': Buffer.from('no store at all'.repeat(99)) };
      expect(await refusal(forged(path, junk), elsewhere)).toBe('backup-damaged');
      expect(await refusal(forged(path, { 'log/store.sqlite': store }), elsewhere)).toBe(
        'restored',
      );
    }));

  test('[W129] of a newer version, or that is none, is refused', () =>
    withBackup(async ({ data, to, elsewhere }) => {
      const newer = readFileSync(to, 'latin1').replace('"format":1', '"format":2');
      writeFileSync(`${to}-newer`, newer, 'latin1');
      expect(await refusal(`${to}-newer`, elsewhere)).toBe('backup-newer');
      const store = storeOf(data, 'PRAGMA user_version = 99');
      expect(await refusal(forged(`${to}-log`, { 'log/store.sqlite': store }), elsewhere)).toBe(
        'backup-newer',
      );
      writeFileSync(`${to}-none`, 'a letter');
      expect(await refusal(`${to}-none`, elsewhere)).toBe('not-a-backup');
      expect(await refusal(`${to}-missing`, elsewhere)).toBe('ENOENT');
    }));

  test('[W129] whose store was damaged before is refused', () =>
    withBackup(async ({ data, to, elsewhere }) => {
      const strange = storeOf(data, 'CREATE TABLE strange (a)');
      const forgery = forged(`${to}-strange`, { 'log/store.sqlite': strange });
      expect(await refusal(forgery, elsewhere)).toBe('backup-damaged');
      const store = storeOf(data, 'DROP TABLE strange', "UPDATE sessions SET generation = 'other'");
      const path = forged(`${to}-harmed`, { 'log/store.sqlite': store });
      expect(await refusal(path, elsewhere)).toBe('backup-damaged');
    }));
});

describe('[W129] making a backup', () => {
  const options = (data: string, to: string): Parameters<typeof backUp>[1] => ({
    data,
    to,
    id: 'id',
    createdAt: 0,
    secret: undefined,
    onProgress: () => undefined,
  });

  test('[W129] leaves no copy of the log behind, whether it succeeds or not', () =>
    withFolder(async (folder) => {
      const log = await openData(folder);
      const to = join(folder, 'no', 'folder');
      expect(await backUp(log, options(folder, to)).catch(codeOf)).toBe('ENOENT');
      expect(readdirSync(join(folder, 'log', 'copies'))).toEqual([]);
      writeFileSync(join(folder, 'letter'), 'a letter');
      const inTheWay = backUp(log, options(folder, join(folder, 'letter')));
      expect(await inTheWay.catch(codeOf)).toBe('backup-in-the-way');
      expect(readFileSync(join(folder, 'letter'), 'utf8')).toBe('a letter');
      expect(await backUp(log, options(folder, join(folder, 'b')))).toMatchObject({ ok: true });
      expect(readdirSync(join(folder, 'log', 'copies'))).toEqual([]);
      await log.close();
    }));

  test('[W129] [F102] makes another copy where a deletion took the first away', () =>
    withFolder(async (folder) => {
      const log = await openData(folder);
      await writeSession(log, bSession, (prompt) => void prompt('three'));
      let copies = 0;
      const copy: (typeof log)['upkeep']['copy'] = async () => {
        const copied = await log.upkeep.copy();
        if (++copies === 1) await log.delete(bSession);
        return copied;
      };
      const { members, faults } = log;
      const reader = {
        members,
        faults,
        list: log.list.bind(log),
        open: log.open.bind(log),
        read: log.read.bind(log),
        upkeep: { ...log.upkeep, copy },
      };
      const to = join(folder, 'b');
      expect(await backUp(reader, options(folder, to))).toMatchObject({ ok: true });
      expect(copies).toBe(2);
      await log.close();
    }));
});

describe('[W129] writing a backup', () => {
  const plan = (to: string, path: string): Parameters<typeof writeBackup>[0] => ({
    to,
    id: 'id',
    createdAt: 0,
    sources: [{ file: 'secret', path }],
    onBytes: () => undefined,
  });

  test('[W129] replaces an older one, and no other file', () =>
    withFolder(async (folder) => {
      const to = join(folder, 'backup');
      const source = join(folder, 'source');
      writeFileSync(source, 'first');
      await writeBackup(plan(to, source));
      writeFileSync(source, 'second');
      await writeBackup(plan(to, source));
      const read: string[] = [];
      await readBackup(to, async (_, pieces) => {
        for await (const piece of pieces) read.push(Buffer.from(piece).toString());
      });
      expect(read).toEqual(['second']);
      await assertReplaceable(join(folder, 'new'));
      await assertReplaceable(to);
      expect(await assertReplaceable(source).catch(codeOf)).toBe('backup-in-the-way');
    }));

  test('[W129] leaves nothing and harms nothing when it fails', () =>
    withFolder(async (folder) => {
      const to = join(folder, 'backup');
      const source = join(folder, 'source');
      writeFileSync(source, 'first');
      await writeBackup(plan(to, source));
      const before = readFileSync(to);
      const { onBytes: _, ...rest } = plan(to, source);
      const onBytes = (bytes: number): void => {
        if (bytes > 100) throw new Error('the disk is gone');
      };
      await expect(writeBackup({ ...rest, onBytes })).rejects.toThrow('the disk is gone');
      expect(readFileSync(to)).toEqual(before);
      expect(readdirSync(folder).toSorted()).toEqual(['backup', 'source']);
    }));

  test('[W129] passes over a file that was erased meanwhile, and needs the copy that is its own', () =>
    withFolder(async (folder) => {
      const to = join(folder, 'backup');
      expect(await writeBackup(plan(to, join(folder, 'gone')))).toMatchObject({ files: 0 });
      const own = [{ file: 'secret', path: join(folder, 'gone'), isOurs: true }];
      expect(await writeBackup({ ...plan(to, ''), sources: own }).catch(codeOf)).toBe('ENOENT');
    }));
});

describe('[W128] the files of sessions', () => {
  test('[W128] are what their names say, or a fault', () =>
    withBackup(async ({ data }) => {
      expect(await filesIn(data)).toEqual([picture]);
      expect(await fileFault(data, picture)).toBeUndefined();
      writeFileSync(join(data, picture), 'a pictura');
      expect(await fileFault(data, picture)).toBe(`${picture} is not what was uploaded`);
      expect(await fileFault(data, `files/${aSession}/note`)).toMatch(/is no file of a session$/);
      expect(await fileFault(data, picture.replace(/.png$/, '.gif'))).toBeUndefined();
    }));
});

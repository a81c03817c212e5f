// The commands that read a data folder: opened by themselves, and beside a server that has
// it open. Both give the same.

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as Y from 'yjs';
import { describe, expect, test } from 'vitest';
import { createServer } from '../../../../server/server.ts';
import type { Surroundings } from '../../../../server/cli/surroundings.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { documentDigest } from '../../../../src/session/digest.ts';
import { cli, type CliRun } from '../../../support/cli.ts';
import { withFolder } from '../../../support/folder.ts';
import { holdfast, Program } from '../../../support/program.ts';
import { aSession, bSession, openData, writeSession } from '../../../support/stored-sessions.ts';

const secret = 'a secret of more than thirty-two bytes';
const unknown = 'nobody-0123456789abcd';

/** A data folder with two sessions, in a folder of its own; the document of the first. */
async function withSessions(act: (folder: string, doc: Y.Doc) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const data = join(folder, 'data');
    const log = await openData(data);
    const doc = await writeSession(log, aSession, (prompt, _, remove) => {
      const first = prompt('a secret word');
      prompt('How long is it?');
      remove(first);
    });
    await writeSession(log, bSession, (prompt) => void prompt('three'));
    await log.close();
    await act(folder, doc);
  });
}

const run = (folder: string, ...args: readonly string[]): Promise<CliRun> =>
  cli([...args, '--data', join(folder, 'data')], folder);

/** What a command says alone, which it must say beside a server too. */
async function alike(folder: string, ...args: readonly string[]): Promise<CliRun> {
  const alone = await run(folder, ...args);
  const server = await createServer({ data: join(folder, 'data'), keys: { secret } });
  try {
    expect(await run(folder, ...args)).toEqual(alone);
  } finally {
    await server.close();
  }
  return alone;
}

describe('[W127] export', () => {
  test('[W127] gives a session in each form, and what was deleted in none', () =>
    withSessions(async (folder, doc) => {
      const json = await alike(folder, 'export', aSession);
      expect([json.code, json.err]).toEqual([0, '']);
      expect(JSON.parse(json.out)).toMatchObject({ title: 'About bridges' });
      expect(json.out).toContain('How long is it?');
      const markdown = await alike(folder, 'export', aSession, '--format', 'markdown');
      expect(markdown.out).toMatch(/^# About bridges\n[^]*How long is it\?\n$/);
      const update = await alike(folder, 'export', aSession, '--format', 'update');
      const again = new Y.Doc();
      Y.applyUpdate(again, Buffer.from(update.out, 'latin1'));
      expect(documentDigest(again)).toBe(documentDigest(doc));
      for (const { out } of [json, markdown, update]) expect(out).not.toContain('a secret word');
    }));

  test.each([
    ['a name that is none', ['export', 'short'], 2, /is named by 16 to 64/],
    ['no name', ['export'], 2, /missing required argument/],
    ['a format that is none', ['export', aSession, '--format', 'xml'], 2, /^holdfast: --format/],
    ['a session that is not there', ['export', unknown], 1, /is no session of this folder\.$/],
    ['a session that is not there', ['inspect', unknown], 1, /is no session of this folder\.$/],
  ])('[W120] [W127] refuses %s with one sentence', (_, args, code, sentence) =>
    withSessions(async (folder) => {
      const refused = await alike(folder, ...args);
      expect(refused).toMatchObject({ code, out: '' });
      expect(refused.err.trim()).toMatch(sentence);
      expect(refused.err).toMatch(/^holdfast: [^\n]+\n$/);
    }),
  );

  test('[W120] writes no bytes to a terminal', () =>
    withSessions(async (folder) => {
      const args = ['export', aSession, '--format', 'update', '--data', join(folder, 'data')];
      const refused = await cli(args, folder, { terminal: { out: true, err: true } });
      expect(refused).toMatchObject({ code: 2, out: '' });
    }));
});

describe('[W127] inspect', () => {
  test('[W127] tells what a session is made of, and none of its words', () =>
    withSessions(async (folder) => {
      const { out, code } = await alike(folder, 'inspect', aSession);
      expect(code).toBe(0);
      expect(out).toMatch(
        /^session +session-of-ann-and-bob\ngeneration +\S{22}\nstored +4 records/,
      );
      expect(out).toMatch(/\nmessages +2, 1 of them deleted\n/);
      expect(out).toMatch(/\nmembers +ann \(owner\)\n/);
      expect(out).toMatch(/\n +77 +\d+ +\d+ +\d+ {2}ann\n$/);
      const json = await alike(folder, 'inspect', aSession, '--json');
      expect(JSON.parse(json.out)).toMatchObject({
        session: aSession,
        log: { seq: 4, merged: 0, records: 4 },
        members: [{ principal: 'ann', role: 'owner' }],
        damage: [],
        faults: [],
      });
      for (const word of ['How long', 'bridges']) expect(out + json.out).not.toContain(word);
    }));
});

describe('[W128] verify', () => {
  test('[W128] says how much it looked at and that all is sound', () =>
    withSessions(async (folder) => {
      const { code, out, err } = await alike(folder, 'verify');
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/^2 sessions, 6 records, \d+ bytes, 0 files: all sound\.\n$/);
    }));

  test('[W128] names each fault in a line and ends with 1', () =>
    withSessions(async (folder) => {
      const db = new DatabaseSync(join(folder, 'data', 'log', 'store.sqlite'));
      db.exec(`UPDATE records SET bytes = x'00' WHERE session = '${bSession}' AND seq = 1`);
      db.exec(`DELETE FROM memberships WHERE session = '${aSession}'`);
      db.close();
      mkdirSync(join(folder, 'data', 'files', aSession), { recursive: true });
      writeFileSync(join(folder, 'data', 'files', aSession, `${'0'.repeat(64)}.png`), 'x');
      const { code, out, err } = await alike(folder, 'verify');
      expect(code).toBe(1);
      expect(out.split('\n')).toEqual([
        `the log: members ${aSession} ann: memberships lacks it`,
        `${bSession} cannot be read: something in it is not what was written`,
        expect.stringMatching(/^files\/.*png is not what was uploaded$/),
        '2 sessions, 4 records, 461 bytes, 1 file: 3 faults.',
        '',
      ]);
      expect(err).toMatch(/^holdfast: .*data has 3 faults\.\n$/);
      const exported = await alike(folder, 'export', bSession);
      expect(exported).toMatchObject({ code: 1, out: '' });
      expect(exported.err).toMatch(/cannot be read: something in it is not what was written\.\n$/);
    }));
});

describe('[W129] backup and restore', () => {
  test('[W129] [F42] give a folder back, and the secret only where it was asked for', () =>
    withSessions(async (folder) => {
      const [file, data] = [join(folder, 'b'), join(folder, 'data')];
      const made = await alike(folder, 'backup', file);
      expect(made).toMatchObject({ code: 0, err: '' });
      expect(made.out).toMatch(/^\S+ holds the log and 0 files, \d+\.\d KB\.\n$/);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const other = join(folder, 'other');
      const back = await cli(['restore', file, '--data', other], folder);
      expect(back).toEqual({
        code: 0,
        out: `${other} holds 2 sessions and 0 files, as new generations.\n`,
        err: '',
      });
      const generation = async (at: string): Promise<string | undefined> =>
        /generation +(\S+)/.exec((await cli(['inspect', aSession, '--data', at], folder)).out)?.[1];
      expect(await generation(other)).not.toBe(await generation(data));
      const exported = await cli(['export', aSession, '--data', other], folder);
      expect(exported.out).toBe((await run(folder, 'export', aSession)).out);
      expect(await cli(['restore', file, '--data', other], folder)).toMatchObject({
        code: 1,
        out: '',
      });

      expect(await run(folder, 'backup', file, '--with-secret')).toMatchObject({
        code: 1,
        out: '',
      });
      await run(folder, 'token');
      await run(folder, 'backup', file);
      const own = readFileSync(join(data, 'secret'), 'utf8');
      expect(readFileSync(file).includes(own.trim())).toBe(false);
      await run(folder, 'backup', file, '--with-secret');
      const third = join(folder, 'third');
      await cli(['restore', file, '--data', third], folder);
      expect(readFileSync(join(third, 'secret'), 'utf8')).toBe(own);
    }));

  test('[W129] [F102] never lie in the folder, where a deletion would not find them', () =>
    withSessions(async (folder) => {
      const refused = await alike(folder, 'backup', join(folder, 'data', 'files', 'b'));
      expect(refused).toMatchObject({ code: 2, out: '' });
      expect(existsSync(join(folder, 'data', 'files', 'b'))).toBe(false);
      expect(await run(folder, 'backup', join(folder, 'data.backup'))).toMatchObject({ code: 0 });
    }));

  test('[W120] shows on a terminal how far it is', () =>
    withSessions(async (folder) => {
      const args = ['backup', join(folder, 'b'), '--data', join(folder, 'data')];
      const { out, err } = await cli(args, folder, { terminal: { out: true, err: true } });
      expect(err.endsWith('\rwriting ... 100%\r\u001b[K')).toBe(true);
      expect(out).not.toContain('writing');
    }));
});

describe('[W127] a folder', () => {
  const everything = [['export', aSession], ['inspect', aSession], ['verify'], ['backup', 'b']];

  test.each(everything)('[W127] that holds nothing is left so: %s %s', (...args) =>
    withFolder(async (folder) => {
      const missing = await run(folder, ...args);
      expect(missing).toMatchObject({ code: 1, out: '' });
      expect(missing.err).toMatch(/data does not exist: say which folder with --data\.\n$/);
      mkdirSync(join(folder, 'data'));
      const empty = await run(folder, ...args);
      expect(empty.err).toMatch(/data holds no data of a server: say which folder/);
      expect(existsSync(join(folder, 'data', 'log'))).toBe(false);
    }),
  );

  test('[W127] that somebody has who does not answer is waited for, and then named', () =>
    withSessions(async (folder) => {
      const log = await openData(join(folder, 'data'));
      const clock: Surroundings['clock'] = {
        ...manualClock(),
        after(_, callback) {
          queueMicrotask(callback);
          return () => undefined;
        },
      };
      const args = ['verify', '--data', join(folder, 'data')];
      const refused = await cli(args, folder, { clock });
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.err).toMatch(/^holdfast: Another process has .*data, or [^\n]+\n$/);
      let tries = 0;
      const freeing: Surroundings['clock'] = {
        ...clock,
        after(_, callback) {
          const freed = ++tries === 2 ? log.close() : Promise.resolve();
          void (async () => {
            await freed;
            callback();
          })();
          return () => undefined;
        },
      };
      expect(await cli(args, folder, { clock: freeing })).toMatchObject({ code: 0 });
      expect(tries).toBe(2);
    }));
});

test('[W120] [W125] a second server on a folder says where the first one is', () =>
  withFolder(async (folder) => {
    const args = [holdfast, 'serve', '--json', '--port', '0', '--data', folder];
    const first = new Program(args);
    const [line = ''] = await first.prints(/^.+\n/);
    const { url, pid } = JSON.parse(line) as { url: string; pid: number };
    const second = new Program(args);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.printed.err).toBe(
      `holdfast: A server is running on ${folder} already at ${url} (process ${pid}): use that one, or say another folder with --data.\n`,
    );
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }));

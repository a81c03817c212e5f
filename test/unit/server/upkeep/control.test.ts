// A log that another process has open, read through its socket: what comes out is what the
// log itself says.

import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request, type RequestListener } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactSession } from '../../../../server/log/compaction.ts';
import { connectControl, type RemoteLog } from '../../../../server/upkeep/control-client.ts';
import { controlName, controlPath } from '../../../../server/upkeep/control-path.ts';
import { openControl, type Control } from '../../../../server/upkeep/control-server.ts';
import type { LogReader } from '../../../../server/upkeep/reader.ts';
import { withFolder } from '../../../support/folder.ts';
import { aSession, bSession, openData, writeSession } from '../../../support/stored-sessions.ts';

const holder = { pid: 42, url: 'http://127.0.0.1:1' };

async function connected(folder: string): Promise<RemoteLog> {
  const remote = await connectControl(folder);
  if (remote === undefined) throw new Error('nobody answers');
  return remote;
}

interface World {
  readonly folder: string;
  readonly log: Awaited<ReturnType<typeof openData>>;
  readonly control: Control;
}

/** A log with two sessions, one of them compacted, that answers for itself. */
async function withControl(act: (world: World) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const log = await openData(folder);
    await writeSession(log, aSession, (prompt) => void prompt('one'));
    await compactSession(log, aSession, async ({ records }) => ({
      snapshot: records[0]?.bytes ?? new Uint8Array(),
      index: Uint8Array.of(1, 2, 3),
    }));
    await writeSession(log, bSession, (prompt) => ['two', 'three', 'four'].forEach(prompt));
    const control = await openControl(folder, log, () => holder);
    if (control === undefined) throw new Error('no socket');
    try {
      await act({ folder, log, control });
    } finally {
      await control.close();
      await log.close();
    }
  });
}

describe('[W127] what is read over the control socket', () => {
  test('[W127] is what the log itself says', () =>
    withControl(async ({ folder, log }) => {
      const remote = await connected(folder);
      const both = async (ask: (reader: LogReader) => Promise<unknown>): Promise<void> => {
        const [own, told] = await Promise.all([ask(log), ask(remote)]);
        expect(told).toEqual(own);
      };
      expect([remote.holder, remote.faults]).toEqual([holder, []]);
      await both((reader) => reader.list('', 10));
      await both((reader) => reader.list(aSession, 1));
      for (const session of [aSession, bSession, 'nobody-0123456789abcd']) {
        await both((reader) => reader.open(session));
        await both((reader) => reader.read(session, 0));
        await both((reader) => reader.read(session, 2));
        await both((reader) => reader.members.of(session));
      }
      await both((reader) => reader.upkeep.check(undefined));
      await both((reader) => reader.upkeep.check({ table: 'members', after: [aSession, 'ann'] }));
      const copy = await remote.upkeep.copy();
      expect(copy.ok && existsSync(copy.path)).toBe(true);
      await log.delete(bSession);
      await both((reader) => reader.read(bSession, 0));
      await remote.close();
    }));

  test('[W127] may be asked by the owner of the folder alone', () =>
    withControl(async ({ folder }) => {
      expect(statSync(join(folder, controlName)).mode & 0o777).toBe(0o600);
    }));

  test('[W127] refuses what is no call of its version', () =>
    withControl(async ({ folder }) => {
      const ask = (path: string, body: string): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          request({ socketPath: join(folder, controlName), path, method: 'POST' }, (response) => {
            response.resume();
            resolve(response.statusCode);
          })
            .on('error', reject)
            .end(body);
        });
      expect(await ask('/v1/about', '[]')).toBe(200);
      expect(await ask('/v1/read', '["../x", -1]')).toBe(400);
      expect(await ask('/v1/close', '[]')).toBe(400);
      expect(await ask('/v2/about', '[]')).toBe(400);
      expect(await ask('/v1/about', 'no JSON')).toBe(400);
    }));

  test('[W127] works in folders too deep for the path of a socket', () =>
    withFolder(async (folder) => {
      const deep = join(folder, 'd'.repeat(120), 'data');
      mkdirSync(deep, { recursive: true });
      const log = await openData(deep);
      const control = await openControl(deep, log, () => holder);
      const remote = await connected(deep);
      expect(remote.holder).toEqual(holder);
      await remote.close();
      await control?.close();
      expect(existsSync(join(deep, controlName))).toBe(false);
      await log.close();
      // Elsewhere there is no way to such a folder, and it is said.
      expect(await controlPath(deep, 'darwin')).toBeUndefined();
      expect((await controlPath(deep, 'win32'))?.path).toMatch(/^\\\\\.\\pipe\\holdfast-/);
    }));
});

describe('[W127] where nobody answers', () => {
  test('[W127] there is nobody: no socket, or one that a dead process left', () =>
    withFolder(async (folder) => {
      expect(await connectControl(folder)).toBeUndefined();
      const left = createSocketServer();
      const aside = join(folder, 'aside.sock');
      await new Promise<void>((resolve) => left.listen(aside, resolve));
      symlinkSync(aside, join(folder, controlName));
      await new Promise<void>((resolve) => left.close(() => resolve()));
      expect(await connectControl(folder)).toBeUndefined();
      rmSync(join(folder, controlName));
      writeFileSync(join(folder, controlName), 'no socket');
      expect(await connectControl(folder)).toBeUndefined();
      const log = await openData(folder);
      const control = await openControl(folder, log, () => holder);
      expect((await connectControl(folder))?.holder).toEqual(holder);
      await control?.close();
      expect(await connectControl(folder)).toBeUndefined();
      await log.close();
    }));

  const answering = (listener: RequestListener): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    void withFolder(async (folder) => {
      const server = createServer(listener);
      await new Promise<void>((done) => server.listen(join(folder, controlName), done));
      const code = await connectControl(folder)
        .then((remote) => remote?.read(aSession, 0))
        .then(
          (answer) => JSON.stringify(answer),
          (error: unknown) => String(Reflect.get(Object(error), 'code')),
        );
      server.closeAllConnections();
      server.close();
      resolve(code);
    });
    return promise;
  };
  const about = JSON.stringify({ version: 1, pid: 1, faults: [] });

  test.each<[string, string, RequestListener]>([
    ['another version', 'control-version', (_, response) => response.writeHead(404).end()],
    [
      'a newer one',
      'control-version',
      (_, response) => response.end(about.replace('"version":1', '"version":2')),
    ],
    ['another program', 'control-garbled', (_, response) => response.end('<html>')],
    [
      'a page cut off',
      'control-garbled',
      ({ url }, response) =>
        response.end(
          url === '/v1/read'
            ? '{"ok":true,"seq":1,"snapshot":null,"first":1,"records":[9]}\nshort'
            : about,
        ),
    ],
    [
      'an end in the middle',
      'control-lost',
      ({ url }, response) => (url === '/v1/read' ? response.destroy() : response.end(about)),
    ],
  ])('[W127] %s is said', async (_, code, listener) => {
    expect(await answering(listener)).toBe(code);
  });

  test('[W127] a stop waits for the calls under way, and takes no more', () =>
    withFolder(async (folder) => {
      const log = await openData(folder);
      const begun = Promise.withResolvers<void>();
      const copied = Promise.withResolvers<{ ok: true; path: string }>();
      const copy: LogReader['upkeep']['copy'] = () => {
        begun.resolve();
        return copied.promise;
      };
      const { members, upkeep, faults } = log;
      const slow: LogReader = {
        list: (...args) => log.list(...args),
        open: (session) => log.open(session),
        read: (...args) => log.read(...args),
        members,
        faults,
        upkeep: { ...upkeep, copy },
      };
      const control = await openControl(folder, slow, () => holder);
      const remote = await connected(folder);
      const copying = remote.upkeep.copy();
      await begun.promise;
      const closed = control?.close();
      copied.resolve({ ok: true, path: 'somewhere' });
      expect(await copying).toEqual({ ok: true, path: 'somewhere' });
      await closed;
      await expect(remote.open(aSession)).rejects.toMatchObject({ code: 'control-lost' });
      await Promise.all([remote.close(), log.close()]);
    }));
});

// A server with sessions and their files in a folder.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileRoutes } from '../../server/files/file-routes.ts';
import { openFileStore, type FileStore } from '../../server/files/file-store.ts';
import { MemoryLog } from '../../server/log/memory.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock, type ManualClock } from '../../src/base/clock.ts';
import { bearer, claimsOf, testDoorman } from './doorman.ts';
import { withFolder } from './folder.ts';
import { withServer } from './http.ts';

export interface FileWorld {
  readonly folder: string;
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  readonly files: FileStore;
  readonly url: string;
  readonly port: number;
  readonly put: (
    hash: string,
    body: BodyInit,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>;
  readonly get: (
    hash: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ) => Promise<Response>;
}

export const session = 'Session-0123456789abcd';
export const ada = bearer(claimsOf('ada'));

export const hashOf = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Ada owns the session. */
export function withFiles<T>(act: (world: FileWorld) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const clock = manualClock();
    const log = new MemoryLog({ clock });
    await log.create(session);
    await log.members.set(session, 'ada', 'owner');
    const files = await storeOf(folder, log, clock);
    const routes = fileRoutes({ doorman: testDoorman(log), files, clock });
    return withServer(
      routes,
      ({ url, port }) => {
        const address = (hash: string): string => `${url}/api/sessions/${session}/files/${hash}`;
        const put: FileWorld['put'] = (hash, body, more) => {
          const headers = { ...ada, 'content-type': 'image/png', ...more };
          return fetch(address(hash), { method: 'PUT', body, headers });
        };
        const get: FileWorld['get'] = (hash, more, method = 'GET') =>
          fetch(address(hash), { method, headers: { ...ada, ...more } });
        return act({ folder, log, clock, files, url, port, put, get });
      },
      { clock },
    );
  });
}

export async function storeOf(
  folder: string,
  log: MemoryLog,
  clock: ManualClock,
): Promise<FileStore> {
  return openFileStore({
    folder: join(folder, 'files'),
    clock,
    chance: seededChance(1),
    isDeleted: async (id) => {
      const opened = await log.open(id);
      return !opened.ok && opened.code === 'deleted';
    },
  });
}

/** What is on its way. */
export const partsOf = (folder: string): readonly string[] =>
  readdirSync(join(folder, 'files', 'parts'));

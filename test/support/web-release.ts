// The app as a server of this process gives it, so that a test can bring out the next version of
// it under the same address.

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer, type RunningServer } from '../../server/server.ts';
import { buildWeb } from '../../tools/web-build.ts';
import { withFolder } from './folder.ts';
import { appFolder } from './web-app.ts';

export class Release {
  #folder: string;
  #server: RunningServer | undefined;
  #port = 0;
  url = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(): Promise<void> {
    const web = join(this.#folder, 'web');
    const keys = { secret: 'a secret of thirty-two bytes and more' };
    const data = join(this.#folder, 'data');
    this.#server = await createServer({ data, keys, isLocal: true, web });
    this.url = (await this.#server.listen({ host: '127.0.0.1', port: this.#port })).url;
    this.#port = Number(new URL(this.url).port);
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** Another page, and so another list of files, which is another service worker. */
  async next(): Promise<void> {
    await this.stop();
    const worker = join(this.#folder, 'web/sw.js');
    const text = await readFile(worker, 'utf8');
    await writeFile(worker, text.replace(/"revision":"\w/, '"revision":"x'));
    await this.start();
  }
}

export async function withReleases(act: (release: Release) => Promise<void>): Promise<void> {
  await buildWeb();
  await withFolder(async (folder) => {
    const isPlain = (path: string): boolean => !/\.(br|gz)$/.test(path);
    await cp(appFolder, join(folder, 'web'), { recursive: true, filter: isPlain });
    const release = new Release(folder);
    await release.start();
    try {
      await act(release);
    } finally {
      await release.stop();
    }
  });
}

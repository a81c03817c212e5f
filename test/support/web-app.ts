// The web app as people get it: built, given out by a server of its own on a data folder of its
// own, for this machine alone; and an agent there that answers at once. One for all tests of a
// file or a `describe`.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Handler } from '../../src/agent/conduct.ts';
import { type Agent, serveAgent } from '../../src/agent/serve.ts';
import { defined } from '../../src/base/assert.ts';
import { root } from '../../tools/process.ts';
import { buildWeb } from '../../tools/web-build.ts';
import { newFolder } from './folder.ts';
import { makeToken, type ServerProcess, startServer } from './server-process.ts';

/** Where the build lies. */
export const appFolder = join(root, 'dist/web');

/** Builds it, where that was not done. */
export async function builtApp(): Promise<void> {
  await buildWeb();
}

/** Says back what it was told. */
const answering: Handler = (run) => {
  const asked = run.messages.findLast(({ role }) => role === 'user');
  const [first] = asked?.role === 'user' ? asked.content : [];
  run.text().write(`You said: ${first?.type === 'text' ? first.text : 'nothing'}`);
};

export class WebApp {
  readonly folder: string;
  server: ServerProcess;
  #agents: Agent[] = [];

  constructor(folder: string, server: ServerProcess) {
    this.folder = folder;
    this.server = server;
  }

  get url(): string {
    return this.server.url;
  }

  async answers(name: string, handler: Handler = answering): Promise<void> {
    const token = await makeToken(this.folder, { sub: name, kind: 'agent' });
    this.#agents.push(serveAgent({ url: this.url, token, name, handler }));
  }

  async close(): Promise<void> {
    for (const agent of this.#agents) await agent.drain();
    await this.server.kill();
  }
}

export interface AppOptions {
  /** Of the server; with a secret of its own it lets in nobody without an invitation. */
  readonly env?: Readonly<Record<string, string>>;
}

export function sharedApp(options: AppOptions = {}): () => WebApp {
  const folder = newFolder();
  let app: WebApp | undefined;
  beforeAll(async () => {
    await buildWeb();
    const server = await startServer({ folder: join(folder, 'data'), ...options });
    app = new WebApp(join(folder, 'data'), server);
    if (options.env === undefined) await app.answers('guide');
  });
  afterAll(async () => {
    await app?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => defined(app, 'the web app');
}

/** Begins a session and says something in it. Returns its id. */
export async function beginSession(page: Page, text: string): Promise<string> {
  await page.getByRole('button', { name: 'New session' }).first().click();
  await page.waitForURL(/\/s\//);
  await say(page, text);
  return new URL(page.url()).pathname.split('/')[2] ?? '';
}

export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByRole('main').locator('textarea').last();
  await field.fill(text);
  await field.press('Enter');
}

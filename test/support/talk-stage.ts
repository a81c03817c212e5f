// A real server that gives out the page with one conversation, and agents at work on it: for tests
// of the conversation in a browser.

import { join } from 'node:path';
import { rmSync } from 'node:fs';
import type { Handler } from '../../src/agent/conduct.ts';
import { type Agent, serveAgent } from '../../src/agent/serve.ts';
import { systemClock } from '../../src/base/clock.ts';
import { newFolder } from './folder.ts';
import { bundlePage, writePage } from './page-bundle.ts';
import { closeStage, openStage, type SyncStage } from './sync-stage.ts';
import { Door } from './talking-agents.ts';

export interface Talker {
  readonly agent: Agent;
  readonly door: Door;
}

export interface TalkStage {
  readonly sync: SyncStage;
  /** An agent of this name at work. */
  talker(
    name: string,
    make: (door: Door) => Handler,
    options?: { readonly concurrency?: number },
  ): Promise<Talker>;
}

export async function withTalk(): Promise<{ stage: TalkStage; close: () => Promise<void> }> {
  const folder = newFolder();
  const web = join(folder, 'web');
  await writePage(await bundlePage('conversation'), web);
  const sync = await openStage(join(folder, 'data'), { web, clock: systemClock });
  const agents: Agent[] = [];
  const stage: TalkStage = {
    sync,
    async talker(name, make, options = {}) {
      const door = new Door();
      const token = await sync.token(name, { kind: 'agent' });
      const handler = make(door);
      const agent = serveAgent({ url: sync.url, token, name, handler, ...options });
      agents.push(agent);
      return { agent, door };
    },
  };
  const close = async (): Promise<void> => {
    await Promise.all(agents.map((agent) => agent.drain()));
    await closeStage(sync);
    rmSync(folder, { recursive: true, force: true });
  };
  return { stage, close };
}

export interface Place {
  readonly sub: string;
  readonly session: string;
  /** Given where the session is to be made: whom it asks. */
  readonly agent?: string;
  readonly message?: string;
}

/** The address of a conversation as this person opens it. */
export async function conversationAt(
  { sync }: TalkStage,
  { sub, session, agent = '', message = '' }: Place,
): Promise<string> {
  const named = [sync.url, await sync.token(sub), session, agent, message];
  return `${sync.url}/#${named.map(encodeURIComponent).join()}`;
}

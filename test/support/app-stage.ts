// What apps in a browser talk to: a real server on the system's clock, and an agent that tells a
// story in two halves. Also where the browser keeps a session.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import WebSocket from 'ws';
import { serveAgent } from '../../src/agent/serve.ts';
import { seededChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { WebSocketClass } from '../../src/client/connection/socket.ts';
import { scopeName } from '../../src/client/store/offline-store.ts';
import { root } from '../../tools/process.ts';
import { blocksOf } from '../../tools/rules/markdown.ts';
import { sharedSync, type SyncStage } from './sync-stage.ts';

/** One server for all tests of a `describe`, in real time. */
export const sharedAppServer = (): (() => SyncStage) => sharedSync({ clock: systemClock });

/** The name of the database of a session. */
export function databaseOf(stage: SyncStage, principal: string, session: string): string {
  return `${scopeName(stage.url, principal)}/${session}`;
}

/** Says `Once upon`, and ` a time.` when it is told to go on. */
export async function withTeller(
  stage: SyncStage,
  act: (goOn: () => void) => Promise<void>,
): Promise<void> {
  const gate = Promise.withResolvers<void>();
  const agent = serveAgent({
    url: stage.url,
    token: () => stage.token('agent:teller', { kind: 'agent' }),
    name: 'teller',
    platform: {
      clock: systemClock,
      chance: seededChance(1),
      WebSocket: WebSocket as unknown as WebSocketClass,
    },
    handler: async (run) => {
      const text = run.text();
      text.write('Once upon');
      await gate.promise;
      text.write(' a time.');
    },
  });
  try {
    await act(() => gate.resolve());
  } finally {
    gate.resolve();
    await agent.drain();
  }
}

/** The block of code in a document that has these words in it. */
export async function blockOf(path: string, words: string): Promise<string> {
  const text = await readFile(join(root, path), 'utf8');
  const block = blocksOf({ path, text }).find((one) => one.text.includes(words));
  if (block === undefined) throw new Error(`${path} has no such block`);
  return block.text;
}

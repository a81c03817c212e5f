// Brings a session to a server, and knows when the server has it.

import * as Y from 'yjs';
import type { Content } from '../content.ts';
import type { Target } from '../contestants.ts';
import { type Client, join } from '../wire.ts';

const LOOK_AGAIN_MS = 100;
const LOOKS_MAX = 600;

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Uploads a session, and stays in it. */
export async function upload(target: Target, session: string, content: Content): Promise<Client> {
  const client = await join(target, session);
  for (const update of content.updates) client.send(client.framed(update));
  return client;
}

/** Resolves when a newcomer gets all of it, whatever the server does meanwhile. */
export async function untilHeld(target: Target, session: string, content: Content): Promise<void> {
  const wanted = Y.decodeStateVector(content.stateVector);
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const doc = new Y.Doc();
    const onUpdate = (update: Uint8Array): void => Y.applyUpdate(doc, update);
    const client = await join(target, session, { onUpdate });
    await client.end();
    if ([...wanted].every(([id, clock]) => Y.getState(doc.store, id) === clock)) return;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error(`${target.name} never had all of ${session}`);
}

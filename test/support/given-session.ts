// A session that is on a server already, written by a peer that has gone.

import { systemClock } from '../../src/base/clock.ts';
import { createClient } from '../../src/client/client.ts';
import type { SyncStage } from './sync-stage.ts';

/** So many prompts to nobody, durable on the server. */
export async function givenSession(stage: SyncStage, id: string, messages: number): Promise<void> {
  const client = createClient({
    url: stage.url,
    token: await stage.token('ada'),
    offline: false,
    platform: { clock: systemClock },
  });
  const session = client.create({ id, title: 'Given' });
  await session.ready;
  let last;
  for (let at = 0; at < messages; at++) {
    last = session.send(`Message ${at}: what was said here.`, { agent: null });
  }
  await last?.reached('durable');
  session.close();
  await client.close();
}

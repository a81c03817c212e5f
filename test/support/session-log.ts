// Sessions that lie in a log, for tests of what is made from them: each record is one
// update, and a state is read as a room would read it.

import * as Y from 'yjs';
import type { SessionStates } from '../../server/http/session-routes.ts';
import type { Log, LogRecord } from '../../server/log/log.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import { createSession, type Session } from '../../src/session/session.ts';

/** A session with one prompt of Ada's in it. */
export function sessionOf(title: string, words: string): Session {
  const clock = manualClock(1_000);
  const session = createSession({ principal: 'ada', title, clock, chance: seededChance(3) });
  session.introduce({ name: 'Ada', kind: 'person' });
  session.send(words);
  return session;
}

/** Creates a session in the log and appends updates to it. */
export async function store(
  log: Log,
  id: string,
  updates: readonly Uint8Array[],
  owner?: string,
): Promise<void> {
  await log.create(id);
  for (const [seq, update] of updates.entries()) await log.append(id, seq, [], update);
  if (owner !== undefined) await log.members.set(id, owner, 'owner');
}

/** A session as a log keeps it: its words, then what was deleted of them. */
export const updatesOf = ({ doc }: Session): readonly Uint8Array[] => [Y.encodeStateAsUpdate(doc)];

export function statesOf(log: Log): SessionStates {
  return {
    async state(session) {
      const records: LogRecord[] = [];
      const opened = await log.open(session);
      if (!opened.ok) return opened;
      for (;;) {
        const page = await log.read(session, records.length);
        if (!page.ok) return page;
        records.push(...page.records);
        if (records.length >= page.seq) break;
      }
      const { generation } = opened.head;
      const updates = records.map(({ bytes }) => bytes);
      return { ok: true, generation, seq: records.length, updates };
    },
    delete: (session) => log.delete(session),
  };
}

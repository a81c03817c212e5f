// What a person's deeds cost in a session that is long: they happen once per message, not once per
// token, so these are figures to know and not marks to reach.

import { type Session, toModelMessages } from 'holdfast/session';
import { type Contestant, measure } from './harness.ts';
import { filledWorld, longWorld } from './sessions.ts';
import { plainRow, type Table } from './table.ts';

const seed = 1_234_567_890;

export interface Sizes {
  readonly rounds: number;
  /** Of the session that is forked and turned into model messages. */
  readonly messages: number;
  /** Of the session that is sent to. */
  readonly manyMessages: number;
}

/** Only to see that it runs. */
export const tiny: Sizes = { rounds: 1, messages: 4, manyMessages: 8 };

const full: Sizes = { rounds: 11, messages: 1_000, manyMessages: 10_000 };

export async function bench({ rounds, messages, manyMessages }: Sizes = full): Promise<Table> {
  const { session } = filledWorld(seed, messages, 500);
  const { session: long } = longWorld(seed, manyMessages, 100);
  const timings = await measure(
    [
      deed(`fork of ${messages} messages`, () => session.fork(lastOf(session))),
      deed(`toModelMessages of ${messages} messages`, () => toModelMessages(session.view)),
      deed(`send into a session of ${manyMessages} messages`, () => long.send('And now?')),
      deed(`send into a session of ${manyMessages} messages, and its view`, () => {
        long.send('And now?');
        return long.view.path;
      }),
    ],
    { rounds, operations: 1 },
  );
  return {
    title: 'Deeds in a long session',
    rows: timings.map(({ name, cpuUs }) => plainRow(name, cpuUs / 1_000, 'ms')),
  };
}

function deed(name: string, run: () => unknown): Contestant<null> {
  return { name, prepare: () => null, run };
}

function lastOf(session: Session): string {
  const last = session.view.path.at(-1);
  if (last === undefined) throw new Error('an empty session');
  return last.id;
}

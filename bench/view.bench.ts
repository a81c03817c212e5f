// What one more token costs a reader that shows it: the update is applied, the view is read, and of
// it the message that grew. It must cost the same in a session of any age. Beside it the same update
// applied to a document that nobody reads, which is what Yjs itself takes; and a reader that takes
// the whole path as an array for every token, where a page does so once a frame: each such array is
// a copy, so that one grows with the session.

import type { Session } from 'holdfast/session';
import * as Y from 'yjs';
import { type Contestant, measure, timingOf } from './harness.ts';
import { beginTurn, longWorld, readerOf, stored, streamed } from './sessions.ts';
import { countRow, plainRow, type Table } from './table.ts';

const seed = 1_234_567_890;

export interface Sizes {
  readonly rounds: number;
  readonly messages: readonly number[];
  /** UTF-16 units of each message. */
  readonly chars: number;
  readonly tokens: number;
}

/** Only to see that it runs. */
export const tiny: Sizes = { rounds: 1, messages: [4, 8], chars: 20, tokens: 5 };

const full: Sizes = { rounds: 21, messages: [100, 1_000, 10_000], chars: 100, tokens: 500 };

/** A reader in the midst of a reply, and the updates that are still to come to it. */
interface Reading {
  readonly updates: readonly Uint8Array[];
  readonly show: (update: Uint8Array) => unknown;
}

export async function bench(sizes: Sizes = full): Promise<Table> {
  const plan = { rounds: sizes.rounds, operations: sizes.tokens };
  const nameOf = (messages: number): string => `a token shown in a session of ${messages} messages`;
  const pathOf = (messages: number): string => `the same with the path, ${messages} messages`;
  const readers = sizes.messages.map((messages) => reading(nameOf(messages), messages, sizes));
  const paths = sizes.messages.map((messages) =>
    reading(pathOf(messages), messages, sizes, applyAndReadPath),
  );
  const plain = reading('plain', sizes.messages[0] ?? 0, sizes, applyOnly);
  const timings = await measure([...readers, ...paths, plain], plan);
  const shown = sizes.messages.map((messages) => timingOf(timings, nameOf(messages)));
  const costs = shown.map(({ cpuUs }) => cpuUs);
  const applied = timingOf(timings, 'plain').cpuUs;
  return {
    title: 'Showing a token',
    rows: [
      countRow(
        'dearest / cheapest token, by age of the session',
        Math.max(...costs) / Math.min(...costs),
        1.5,
      ),
      ...shown.map(({ name, cpuUs }) => plainRow(`  ${name}`, cpuUs, 'us')),
      ...sizes.messages.map((messages) =>
        plainRow(`  ${pathOf(messages)}`, timingOf(timings, pathOf(messages)).cpuUs, 'us'),
      ),
      plainRow('  a token applied to a document that nobody reads', applied, 'us'),
      plainRow('a token shown / a token only applied', Math.min(...costs) / applied, 'x'),
    ],
  };
}

/** Each round takes the next tokens of one long reply, in the same document. */
function reading(
  name: string,
  messages: number,
  { rounds, chars, tokens }: Sizes,
  how: (session: Session) => Reading['show'] = applyAndRead,
): Contestant<Reading> {
  const world = longWorld(seed, messages, chars);
  const { reply } = beginTurn(world, chars);
  reply.flush();
  const before = stored(world);
  const updates = streamed(world, reply, (rounds + 1) * tokens);
  const show = how(readerOf(before));
  let next = 0;
  return {
    name,
    prepare() {
      next += tokens;
      return { updates: updates.slice(next - tokens, next), show };
    },
    run: (state) => state.updates.map(state.show).at(-1),
  };
}

function applyAndRead(session: Session): Reading['show'] {
  const reply = session.view.path.at(-1)?.id ?? '';
  return (update) => {
    Y.applyUpdate(session.doc, update);
    return session.view.messages.get(reply);
  };
}

function applyAndReadPath(session: Session): Reading['show'] {
  return (update) => {
    Y.applyUpdate(session.doc, update);
    return session.view.path.at(-1);
  };
}

function applyOnly(session: Session): Reading['show'] {
  session.close();
  return (update) => Y.applyUpdate(session.doc, update);
}

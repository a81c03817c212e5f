// Opening a session that lies in a store: its update is applied to a new document, the session
// opened and its view read, as a device does before it can show anything. Beside it the parsing of
// the same transcript as JSON, which is the least that any other form would cost, and the share of
// Yjs, which is the same whoever reads the document.

import { openSession, type Session, toTranscriptJson } from 'holdfast/session';
import * as Y from 'yjs';
import { bytesHeldBy } from './garbage.ts';
import { type Contestant, measure, timingOf } from './harness.ts';
import { filledWorld, readerOf, stored } from './sessions.ts';
import { plainRow, ratioRow, type Table } from './table.ts';

const seed = 1_234_567_890;

export interface Sizes {
  readonly rounds: number;
  readonly messages: number;
  /** UTF-16 units of each message. */
  readonly chars: number;
}

/** Only to see that it runs. */
export const tiny: Sizes = { rounds: 1, messages: 4, chars: 20 };

const full: Sizes = { rounds: 41, messages: 1_000, chars: 1_500 };

export async function bench({ rounds, messages, chars }: Sizes = full): Promise<Table> {
  const world = filledWorld(seed, messages, chars);
  const update = stored(world);
  const json = JSON.stringify(toTranscriptJson(world.session.view));
  const timings = await measure(contestants(update, json), { rounds, operations: 1 });
  const [opened, applied, parsed] = ['opened', 'applied', 'parsed'].map(
    (name) => timingOf(timings, name).cpuUs / 1_000,
  ) as [number, number, number];
  const held = bytesHeldBy(() => withView(readerOf(update)));
  const heldByYjs = bytesHeldBy(() => load(update));
  const heldByJson = bytesHeldBy((): unknown => JSON.parse(json));
  const mb = 1_000_000;
  return {
    title: `Opening a session of ${messages} messages of ${chars} characters`,
    rows: [
      ratioRow('opened and its path read / JSON.parse of the transcript', opened, parsed, 6),
      plainRow('  of this Yjs alone: update applied to a new document', applied / parsed, 'x'),
      plainRow('  opened and its path read', opened, 'ms'),
      plainRow('  update applied to a new document', applied, 'ms'),
      plainRow('  JSON.parse of the transcript', parsed, 'ms'),
      plainRow('memory of document and view', held.bytes / mb, 'MB'),
      plainRow('  of the document alone', heldByYjs.bytes / mb, 'MB'),
      plainRow('  of the parsed transcript', heldByJson.bytes / mb, 'MB'),
      plainRow('stored bytes', update.length / mb, 'MB'),
    ],
  };
}

function contestants(update: Uint8Array, json: string): readonly Contestant<null>[] {
  const prepare = (): null => null;
  return [
    {
      name: 'opened',
      prepare,
      run: () => pathOf(openSession(load(update), { principal: 'reader' })),
    },
    { name: 'applied', prepare, run: () => load(update) },
    { name: 'parsed', prepare, run: (): unknown => JSON.parse(json) },
  ];
}

function load(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc;
}

/** The session once its view is made, as it is while somebody looks at it. */
function withView(session: Session): Session {
  pathOf(session);
  return session;
}

const pathOf = (session: Session): unknown => session.view.path;

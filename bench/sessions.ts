// Sessions to measure on, made as they come about: people send, a bookkeeper decides, an agent
// streams under one lane that is granted to it again and again. All from one seed.

import {
  Bookkeeper,
  createSession,
  type Lane,
  openSession,
  type Outcome,
  type ReplyWriter,
  type Session,
} from 'holdfast/session';
import * as Y from 'yjs';
import { dice, passage, take, tokens } from './words.ts';

const principal = 'agent';
const begun = 1_760_000_000_000;
const clock = { now: () => begun, after: () => () => {} };

/** A session that a person and an agent take turns in, and what its bench needs to go on with it. */
export interface World {
  readonly session: Session;
  readonly bookkeeper: Bookkeeper;
  readonly words: Generator<string, never>;
  /** Where the agent's lane stands. */
  lane: Lane;
}

/** `seed` is also the clientID of the document, and those of the lanes follow: give one of usual length. */
export function newWorld(seed: number): World {
  const doc = newDoc(seed);
  const session = createSession({
    doc,
    principal,
    title: 'Bench',
    agent: principal,
    clock,
    chance: dice(seed),
  });
  return worldOf(session, tokens(seed), seed);
}

/** Sends a prompt of about so many UTF-16 units and begins the reply to it. */
export function beginTurn(world: World, chars: number): { run: string; reply: ReplyWriter } {
  const { session, bookkeeper } = world;
  const { run } = session.send(passage(world.words, chars));
  if (run === null) throw new Error('an agent is asked');
  expectDone(bookkeeper.claim(run, principal));
  return { run, reply: session.begin(run, world.lane) };
}

export function endTurn(world: World, { run, reply }: { run: string; reply: ReplyWriter }): void {
  reply.end();
  world.lane = reply.lanes[0] ?? world.lane;
  expectDone(world.bookkeeper.obey(principal, { run, epoch: 1, do: 'complete' }));
}

/** A session of so many messages, prompts and finished replies by turns, of about so many units each. */
export function filledWorld(seed: number, messages: number, chars: number): World {
  const world = newWorld(seed);
  for (let turn = 0; turn < messages / 2; turn += 1) {
    const open = beginTurn(world, chars);
    open.reply.text().append(passage(world.words, chars));
    endTurn(world, open);
  }
  return world;
}

/**
 * A session of so many messages in one line, far faster made than spoken: the entries of a short
 * one are written again under new ids until there are enough.
 */
export function longWorld(seed: number, messages: number, chars: number): World {
  const short = filledWorld(seed, Math.min(messages, 100), chars);
  const doc = newDoc(seed);
  const last = short.session.view.path.at(-1);
  if (last === undefined) throw new Error('a session of no messages');
  const session = short.session.fork(last.id, { doc });
  const list = doc.getArray<Y.Map<unknown>>('messages');
  const entries = list.map((entry): Record<string, unknown> => entry.toJSON());
  doc.transact(() => {
    let parent = session.view.path.at(-1)?.id;
    for (let at = entries.length; at < messages; at += 1) {
      const entry = entries[at % entries.length] ?? {};
      const id = `copy-${at}`;
      const head = Object.assign({}, entry['head'], { id, parent });
      list.push([new Y.Map(Object.entries({ ...entry, head }))]);
      parent = id;
    }
  });
  return worldOf(session, short.words, seed);
}

/** What a store or a server would hold of it. */
export function stored({ session }: World): Uint8Array {
  return Y.encodeStateAsUpdate(session.doc);
}

/** A reader with a document of its own, as another device has it. */
export function readerOf(update: Uint8Array): Session {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return openSession(doc, { principal: 'reader', clock, chance: dice(1) });
}

/** The updates of a reply that is flushed after every token. */
export function streamed(
  { session, words }: World,
  reply: ReplyWriter,
  count: number,
): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const note = (update: Uint8Array): void => void updates.push(update);
  session.doc.on('update', note);
  const text = reply.text();
  for (const token of take(words, count)) {
    text.append(token);
    reply.flush();
  }
  session.doc.off('update', note);
  return updates;
}

function newDoc(seed: number): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = seed;
  return doc;
}

function worldOf(session: Session, words: World['words'], seed: number): World {
  const bookkeeper = new Bookkeeper(session, { lane: { client: seed + 2, clock: 0 } });
  return { session, bookkeeper, words, lane: { client: seed + 1, clock: 0 } };
}

function expectDone(outcome: Outcome): void {
  if (!outcome.ok) throw new Error(outcome.code);
}

// Sessions of several principals over documents that are kept equal, and the state of a session that
// most tests begin with: a prompt was sent, its run is held, the reply is about to be written. Time
// stands still and chance comes from a seed, so that every such world is the same each time.

import * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { type ManualClock, manualClock } from '../../src/base/clock.ts';
import type { Lane } from '../../src/session/lane.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import {
  type CreateOptions,
  createSession,
  openSession,
  type Session,
  type SessionOptions,
} from '../../src/session/session.ts';
import { Bookkeeper } from './bookkeeper.ts';

export interface Stage {
  readonly session: Session;
  readonly keeper: Bookkeeper;
  readonly clock: ManualClock;
}

export const person = 'person:ada';
export const agent = 'agent:one';
export const otherAgent = 'agent:two';

/** A new session of a person, with an agent to ask and somebody who keeps its books. */
export function stage(options: Partial<CreateOptions> = {}): Stage {
  const clock = manualClock(1_000);
  const session = createSession({
    principal: person,
    id: 'session-one',
    agent: 'writer',
    clock,
    chance: seededChance(7),
    ...options,
  });
  return { session, keeper: new Bookkeeper(session.doc, { clock }), clock };
}

/** Brings each document what the other has and will have. */
export function connect(one: Y.Doc, other: Y.Doc): void {
  const link = {};
  const carry = (from: Y.Doc, to: Y.Doc): void => {
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), link);
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== link) Y.applyUpdate(to, update, link);
    });
  };
  carry(one, other);
  carry(other, one);
}

/** A document that holds what the given one does now, and hears nothing of it later. */
export function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

/** The same session on another device, of another principal, connected. */
export function peerOf(
  session: Session,
  principal: string,
  options: Partial<SessionOptions> = {},
): Session {
  const doc = new Y.Doc();
  connect(session.doc, doc);
  const chance = seededChance(principal.length * 1_000 + doc.clientID);
  return openSession(doc, {
    principal,
    id: session.id,
    clock: session.pen.clock,
    chance,
    ...options,
  });
}

export interface Held {
  readonly run: string;
  readonly message: string;
  readonly reply: string;
  /** The holder's own session. */
  readonly holder: Session;
  readonly writer: ReplyWriter;
}

/** Asks, claims, and begins the reply on a peer of its own. */
export function held(
  { session, keeper }: Stage,
  options: { readonly holder?: string; readonly lane?: Lane; readonly peer?: Session } = {},
): Held {
  const sent = session.send('Go on.');
  const { run, reply, message } = sent;
  if (run === null || reply === null) throw new Error('nobody was asked');
  const principal = options.holder ?? agent;
  keeper.claim(run, principal);
  const holder = options.peer ?? peerOf(session, principal);
  return { run, message, reply, holder, writer: holder.begin(run, options.lane) };
}

/** Lets the claim be lost and another one take over, on a peer of its own. */
export function takeOver(
  { session, keeper }: Stage,
  run: string,
  principal: string = otherAgent,
  lane?: Lane,
): { readonly holder: Session; readonly writer: ReplyWriter } {
  keeper.lose(run);
  keeper.claim(run, principal);
  const holder = peerOf(session, principal);
  return { holder, writer: holder.begin(run, lane) };
}

/** How many bytes the whole document has. */
export const bytesOf = (doc: Y.Doc): number => Y.encodeStateAsUpdate(doc).length;

/** The words of a part, as a session shows them. */
export function wordsOf(session: Session, message: string, part: string): string | undefined {
  const found = session.view.messages.get(message)?.parts.find((one) => one.id === part);
  return found?.type === 'text' || found?.type === 'reasoning' ? found.text : undefined;
}

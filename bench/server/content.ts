// What the servers are given: real sessions in small updates, as peers would have sent them, and
// the tokens of one reply. The same bytes for every server, from one seed.

import * as Y from 'yjs';
import { beginTurn, endTurn, newWorld, stored, streamed, type World } from '../sessions.ts';
import { passage } from '../words.ts';

const seed = 1_234_567_890;
/** Of the lane that the agent of bench/sessions.ts writes under. */
export const laneClient = seed + 1;

const UPDATE_BYTES_MAX = 50_000;
const UPDATES_MAX = 60;
/** Of a prompt and of a reply. */
const MESSAGE_CHARS = 1_500;

const TURNS_PER_CLIENT = 2;

/** Spread over all that a client can be, as Yjs draws them. */
const pageClient = (at: number): number => (seed + 7 + at * 0x9e3779b1) % 2 ** 32;

export interface Stream {
  /** The session up to the reply that is streamed. */
  readonly before: Uint8Array;
  readonly tokens: readonly Uint8Array[];
  /** By token, the lane's clock after it. */
  readonly ends: readonly number[];
}

/** A prompt, and the tokens of the reply to it, each flushed alone. */
export function streamContent(count: number): Stream {
  const world = newWorld(seed);
  const { reply } = beginTurn(world, 200);
  reply.flush();
  const before = stored(world);
  const tokens = streamed(world, reply, count);
  const ends = tokens.map((update) => Y.parseUpdateMeta(update).to.get(laneClient) ?? 0);
  return { before, tokens, ends };
}

export interface Content {
  /** In order, each small enough for any server. */
  readonly updates: readonly Uint8Array[];
  readonly stateVector: Uint8Array;
  readonly bytes: number;
}

/**
 * A session of at least so many bytes: prompts and replies by turns. People write as a new client
 * with every few turns, as each page that is loaded is one; the agent goes on in its lane.
 */
export function sessionContent(bytes: number): Content {
  const chars = Math.min(MESSAGE_CHARS, bytes / 8);
  const world = newWorld(seed);
  const updates = [stored(world)];
  const fresh: Uint8Array[] = [];
  world.session.doc.on('update', (update: Uint8Array) => fresh.push(update));
  for (let made = 0, turns = 0; made < bytes; turns += 1) {
    if (turns % TURNS_PER_CLIENT === 0) world.session.doc.clientID = pageClient(turns);
    turn(world, chars);
    const merged = merge(fresh.splice(0));
    updates.push(...merged);
    made += merged.reduce((sum, update) => sum + update.length, 0);
  }
  const { doc } = world.session;
  return {
    updates,
    stateVector: Y.encodeStateVector(doc),
    bytes: stored(world).length,
  };
}

function turn(world: World, chars: number): void {
  const open = beginTurn(world, chars);
  open.reply.text().append(passage(world.words, chars));
  endTurn(world, open);
}

/** Some updates as a few that no budget of a server refuses. */
function merge(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  const groups: Uint8Array[][] = [[]];
  let bytes = 0;
  for (const update of updates) {
    const last = groups.at(-1) ?? [];
    bytes += update.length;
    if (last.length > 0 && (bytes > UPDATE_BYTES_MAX || last.length >= UPDATES_MAX)) {
      groups.push([update]);
      bytes = update.length;
    } else last.push(update);
  }
  return groups.filter((group) => group.length > 0).map((group) => Y.mergeUpdates(group));
}

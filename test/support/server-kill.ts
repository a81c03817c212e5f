// Kills a server under load and looks at what it left. Peers write to a few sessions, with
// barriers, and see one another; the server dies at a named point or at any moment; it is
// started again on the same data, and before any peer comes back, and could heal it, a reader
// who has nothing looks at every session. Then all come back and must become equal.

import * as Y from 'yjs';
import { below, type Chance, seededChance } from '../../src/base/chance.ts';
import { documentDigest } from '../../src/session/digest.ts';
import { openSession } from '../../src/session/session.ts';
import { withFolder } from './folder.ts';
import { within } from './hang.ts';
import { KillPeer, wordsIn } from './kill-peer.ts';
import {
  type FailedStart,
  makeToken,
  runCommand,
  type ServerOptions,
  ServerProcess,
  startServer,
  tryStart,
} from './server-process.ts';
import { untilDocument, WirePeer } from './wire-peer.ts';

/** Points of the server's log that this load passes. */
const MOVES = ['before-move', 'in-move', 'after-move'] as const;

const DEATH_MS_MAX = 5_000;

const SESSIONS = ['kill-one-0123456789', 'kill-two-0123456789'];
const PEERS_PER_SESSION = 3;
/** A point that is not passed by then is given up, and the kill is one at any moment. */
const ECHOES_MAX = 400;

export interface ServerLife {
  kills: number;
  /** Of these, the server killed itself at a named point. */
  atPoints: number;
  /** Barriers that came back; words they covered; words and clocks of others that were looked for. */
  barriers: number;
  words: number;
  shown: number;
  readonly problems: string[];
}

interface World {
  readonly chance: Chance;
  readonly life: ServerLife;
  readonly tokens: readonly string[];
  readonly peers: readonly KillPeer[];
  readonly sessionOf: (peer: KillPeer) => string;
}

type Program = Pick<ServerOptions, 'program' | 'args'>;

/** Starts, loads and kills a server, again and again in one folder. */
export async function killedServer(
  seed: number,
  kills: number,
  program: Program = {},
): Promise<ServerLife> {
  const life = { kills: 0, atPoints: 0, barriers: 0, words: 0, shown: 0, problems: [] };
  await withFolder(async (folder) => {
    const world = await newWorld(folder, seed, life, program);
    for (let kill = 0; kill < kills && world.life.problems.length === 0; kill++) {
      // Every second one at a point, the others at any moment.
      const point = ['before-commit', undefined, MOVES[seed % 3], undefined, 'after-commit'][
        kill % 5
      ];
      await oneLife(world, { folder, ...program }, point);
    }
    const server = await startServer({ folder, ...program });
    await look(world, server);
    await meet(world, server);
    const { code } = await server.stop();
    if (code !== 0) world.life.problems.push(`the server stopped with ${code}: ${server.errors}`);
    await runCommand(['verify', '--data', folder], program).catch((error: unknown) =>
      world.life.problems.push(String(error)),
    );
  });
  return life;
}

async function newWorld(
  folder: string,
  seed: number,
  life: ServerLife,
  program: Program,
): Promise<World> {
  const chance = seededChance(seed);
  const principals = Array.from({ length: PEERS_PER_SESSION }, (_, at) => `peer-${at}`);
  const rights = ['read', 'write', 'control', 'annotate', 'agent', 'create', 'admin'];
  const tokens = await Promise.all(
    [...principals, 'reader'].map((sub) =>
      makeToken(folder, { sub, kind: 'agent', rights }, program),
    ),
  );
  const sessions = new Map<KillPeer, string>();
  for (const session of SESSIONS) {
    for (const [at, principal] of principals.entries()) {
      const doc = new Y.Doc();
      doc.clientID = chance.uint32();
      const token = tokens[at] ?? '';
      const options = { url: 'http://127.0.0.1', session, token, doc, principal, chance };
      sessions.set(new KillPeer({ ...options, leads: at === 0 }), session);
    }
  }
  const sessionOf = (peer: KillPeer): string => sessions.get(peer) ?? '';
  return { chance, life, tokens, peers: [...sessions.keys()], sessionOf };
}

/** One start: look, meet, work, die. */
async function oneLife(world: World, options: ServerOptions, point?: string): Promise<void> {
  const { chance, life, peers } = world;
  const passes = 1 + below(chance, point?.endsWith('commit') === true ? 100 : 2);
  const env = { HOLDFAST_KILL_AT: point === undefined ? undefined : `${point}:${passes}` };
  const server = await tryStart({ ...options, env });
  if (!(server instanceof ServerProcess)) return tellDeath(life, server, true);
  // At its point the server may die at any step of this, which is what the point is for.
  const dies = server.ended.then(() => undefined);
  await Promise.race([dies, lookAndMeet(world, server)]);
  let left = point === undefined ? below(chance, 150) : ECHOES_MAX;
  const onEcho = (): void => {
    if (left-- === 0) void server.kill();
  };
  const working = Promise.allSettled(peers.map((peer) => workOf(peer, server, onEcho)));
  if (left === 0) void server.kill();
  const { signal } = await within(server.ended, 'the death of a server');
  for (const one of await within(working, 'peers that notice')) {
    if (one.status === 'rejected') life.problems.push(String(one.reason));
  }
  return tellDeath(life, { signal, errors: server.errors }, point !== undefined && left >= 0);
}

function tellDeath(
  life: ServerLife,
  { signal, errors }: Pick<FailedStart, 'signal' | 'errors'>,
  isAtPoint: boolean,
): void {
  if (signal !== 'SIGKILL') life.problems.push(`the server ended by itself: ${errors}`);
  life.kills += 1;
  if (isAtPoint) life.atPoints += 1;
}

async function workOf(peer: KillPeer, server: ServerProcess, onEcho: () => void): Promise<void> {
  try {
    if (!peer.wire.isOpen) await peer.wire.join({ url: server.url });
  } catch {
    return;
  }
  await peer.work(onEcho);
}

/** Both, as far as the server lives. What is seen is judged only when it was seen whole. */
async function lookAndMeet(world: World, server: ServerProcess): Promise<void> {
  try {
    await look(world, server);
    await meet(world, server);
  } catch (error) {
    world.life.problems.push(...world.peers.flatMap(({ wire }) => wire.refused.splice(0)));
    // It failed a peer because it died, which is known in a moment, or it lives and refused.
    const died = within(server.ended, 'its death', DEATH_MS_MAX).then(() => true);
    if (await died.catch(() => false)) return;
    world.life.problems.push(String(error));
    await server.kill();
  }
}

/** A reader who has nothing reads every session, before anybody else is there. */
async function look(world: World, server: ServerProcess): Promise<void> {
  for (const session of SESSIONS) {
    const reader = await readerOf(world, server, session);
    for (const peer of world.peers) {
      if (world.sessionOf(peer) === session) judge(world.life, peer, reader);
    }
    await reader.leave();
  }
}

async function readerOf(world: World, server: ServerProcess, session: string): Promise<WirePeer> {
  const token = world.tokens.at(-1) ?? '';
  const reader = new WirePeer({ url: server.url, session, token });
  await reader.join();
  return reader;
}

/** What a peer was told or shown, and the server has not. */
function judge(life: ServerLife, peer: KillPeer, { doc }: WirePeer): void {
  const { messages } = openSession(doc, { principal: 'reader' }).view;
  const there = new Set(wordsIn([...messages]));
  const lost = (what: string): void =>
    void life.problems.push(`${peer.principal} was told of ${what}, which is lost`);
  for (const word of peer.durable.words) if (!there.has(word)) lost(word);
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
  for (const [client, clock] of peer.wire.shown) {
    if ((clocks.get(client) ?? 0) < clock) lost(`client ${client} at ${clock}`);
  }
  for (const id of [...peer.durable.removed, ...peer.shownRemoved]) {
    if (messages.get(id)?.deleted !== true) lost(`the deletion of ${id}`);
  }
  life.words += peer.durable.words.size;
  life.shown += peer.wire.shown.size;
}

/** All come back, and become equal. */
async function meet(world: World, server: ServerProcess): Promise<void> {
  const { life, peers } = world;
  await Promise.all(peers.map((peer) => peer.wire.join({ url: server.url })));
  await Promise.all(peers.map((peer) => peer.wire.barrier()));
  for (const session of SESSIONS) {
    const here = peers.filter((peer) => world.sessionOf(peer) === session);
    const reader = await readerOf(world, server, session);
    const whole = Y.decodeStateVector(Y.encodeStateVector(reader.doc));
    const all = here.map(({ wire }) => untilDocument(wire.doc, (doc) => has(doc, whole)));
    await within(Promise.all(all), `peers that are shown all of ${session}`);
    const digest = documentDigest(reader.doc);
    for (const { wire, principal } of here) {
      if (documentDigest(wire.doc) !== digest)
        life.problems.push(`${principal} has another session`);
      life.problems.push(...wire.refused.splice(0));
    }
    await reader.leave();
  }
  life.barriers = peers.reduce((all, { echoes }) => all + echoes, 0);
}

function has(doc: Y.Doc, clocks: ReadonlyMap<number, number>): boolean {
  return [...clocks].every(([client, clock]) => Y.getState(doc.store, client) >= clock);
}

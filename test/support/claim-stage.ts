// People and agents in a real room, each with a session of its own that takes what the room
// sends and sends what it writes, and asks for claims as a holder does. Time is turned by
// hand, and nothing waits for a socket.

import * as Y from 'yjs';
import { defined } from '../../src/base/assert.ts';
import { seededChance } from '../../src/base/chance.ts';
import type { ClaimRequest, Claimed } from '../../src/protocol/claim.ts';
import { type Command, decodeCommand } from '../../src/protocol/command.ts';
import type { Frame } from '../../src/protocol/frame.ts';
import { readStateVector, writeStateVector } from '../../src/protocol/state-vector.ts';
import type { Right } from '../../src/protocol/token.ts';
import { documentDigest } from '../../src/session/digest.ts';
import {
  type CreateOptions,
  createSession,
  openSession,
  type Session,
} from '../../src/session/session.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import { emptyAnswer, rest, type RoomStage, type StagePeer, stageWith } from './room-stage.ts';

type WithoutId<C> = C extends ClaimRequest ? Omit<C, 'id'> : never;

export const personRights: readonly Right[] = ['read', 'write', 'control', 'annotate'];
export const agentRights: readonly Right[] = ['read', 'write', 'agent'];

export class SessionPeer {
  readonly session: Session;
  readonly heard: Command[] = [];
  /** Keeps what it writes to itself, until it is online again. */
  isOffline = false;
  #stage: StagePeer;
  #room: RoomStage;
  #ids = 0;
  #unsent: Uint8Array[] = [];

  constructor(room: RoomStage, stage: StagePeer, session: Session) {
    this.session = session;
    this.#stage = stage;
    this.#room = room;
    session.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#unsent.push(update);
    });
    stage.send({ type: 'sync-step-1', stateVector: Y.encodeStateVector(session.doc) });
    this.take();
  }

  get closed(): number | undefined {
    return this.#stage.line.closed?.code;
  }

  get digest(): string {
    return documentDigest(this.session.doc);
  }

  /** Sends what it wrote and takes what came. Returns whether there was anything. */
  take(): boolean {
    if (this.isOffline) return false;
    const unsent = this.#unsent.splice(0);
    for (const update of unsent) this.#stage.send({ type: 'update', update });
    const frames = this.#stage.line.frames.splice(0);
    for (const frame of frames) this.#hear(frame);
    return unsent.length > 0 || frames.length > 0;
  }

  /** Asks, behind all that it wrote. Returns the id. */
  tell(request: WithoutId<ClaimRequest>): number {
    this.take();
    const id = ++this.#ids;
    this.#room.room.receive(
      this.#stage.peer,
      { type: 'claiming', request: { ...request, id } },
      100,
    );
    return id;
  }

  /** Asks and waits for the answer. */
  async ask(request: WithoutId<ClaimRequest>): Promise<Command> {
    const id = this.tell(request);
    await settle([this]);
    return defined(
      this.heard.find(({ re }) => re === id),
      `an answer to ${request.type}`,
    );
  }

  async claim(run: string, lanes?: number): Promise<Claimed> {
    const answer = await this.ask({ type: 'claim', run, ...(lanes !== undefined && { lanes }) });
    if (answer.type !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Begins the reply of a run that it holds, under its first lane. */
  begin({ run, lanes }: Claimed): ReplyWriter {
    return this.session.begin(run, lanes[0]);
  }

  leave(): void {
    this.#stage.leave();
  }

  #hear(frame: Frame): void {
    if (frame.type === 'update' || frame.type === 'sync-step-2') {
      Y.applyUpdate(this.session.doc, frame.update, this);
    } else if (frame.type === 'sync-step-1') {
      const vector = readStateVector(frame.stateVector);
      const update = Y.encodeStateAsUpdate(
        this.session.doc,
        writeStateVector(vector.ok ? vector.clocks : new Map()),
      );
      this.#stage.send({ type: 'sync-step-2', update });
    } else if (frame.type === 'command') {
      const decoded = decodeCommand(frame.json);
      if (decoded.ok && 'command' in decoded) this.heard.push(decoded.command);
    }
  }
}

/** Until nothing happens any more: all is sent, committed and taken. */
async function settle(peers: readonly SessionPeer[]): Promise<void> {
  for (let isQuiet = false; !isQuiet;) {
    await rest();
    isQuiet = true;
    for (const peer of peers) if (peer.take()) isQuiet = false;
  }
}

export class ClaimStage {
  readonly room: RoomStage;
  peers: readonly SessionPeer[] = [];
  #seeds = 0;
  #isBegun = false;

  constructor(room: RoomStage) {
    this.room = room;
  }

  /** Whoever comes first makes the session. */
  async join(
    principal: string,
    rights: readonly Right[],
    beginning: Partial<CreateOptions> = {},
  ): Promise<SessionPeer> {
    const stage = await this.room.join(principal, rights);
    stage.peer.isExtended = true;
    const { clock } = this.room;
    const options = { principal, clock, chance: seededChance(100 + this.#seeds++) };
    const isFirst = !this.#isBegun;
    const session = isFirst
      ? createSession({ ...options, agent: 'guide', ...beginning })
      : openSession(new Y.Doc(), options);
    const peer = new SessionPeer(this.room, stage, session);
    if (isFirst) stage.send({ type: 'update', update: Y.encodeStateAsUpdate(session.doc) });
    stage.send(emptyAnswer);
    this.peers = [...this.peers, peer];
    this.#isBegun = true;
    await this.settle();
    return peer;
  }

  /** Forgets the others. */
  keep(isHere: (peer: SessionPeer) => boolean): void {
    this.peers = this.peers.filter(isHere);
  }

  settle(): Promise<void> {
    return settle(this.peers);
  }

  /** Every peer that is online has the same document. */
  get digests(): number {
    return new Set(this.peers.filter(({ isOffline }) => !isOffline).map(({ digest }) => digest))
      .size;
  }
}

export async function claimStage(): Promise<ClaimStage> {
  return new ClaimStage(await stageWith());
}

/** The run of a prompt that was just sent. */
export function asked(peer: SessionPeer, words: string, agent?: string): string {
  const { run } = peer.session.send(words, agent === undefined ? {} : { agent });
  return defined(run, 'a run');
}

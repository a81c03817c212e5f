// A session while somebody is in it: a cache of its log, and the sockets of those who are
// there. Everything that arrives is judged in order; what is taken goes into the log with
// all else that came during the last commit; only then is it shown.
//
//     loading --read--> live --commit failed--> loading      (writers are sent away)
//        | missing,        | nobody left for a while, deleted
//        | unreadable      '--server stops--> draining --all durable--.
//        '--------------------------------------------------------> closed
//
// While it loads, or judges a large answer in steps, what arrives waits in line.

import { assert } from '../../src/base/assert.ts';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import type { Frame } from '../../src/protocol/frame.ts';
import { syncAnswerBudget, updateBudget } from '../../src/protocol/limits.ts';
import { readStateVector } from '../../src/protocol/state-vector.ts';
import type { Appended } from '../log/log.ts';
import type { Question, Refused, Verdict } from './verdict.ts';
import { fanOut } from './fan-out.ts';
import type { Batch, Ledger } from './ledger.ts';
import { loadSession } from './load.ts';
import { packetOf, syncPacket, type Packet } from './packet.ts';
import type { Peer } from './peer.ts';
import { Presence } from './presence.ts';
import type { RoomParts } from './room-parts.ts';
import { RoomQueue } from './room-queue.ts';
import { RoomSnapshots } from './room-snapshots.ts';
import { sizeRules } from './rule.ts';

type RoomState = 'loading' | 'live' | 'draining' | 'closed';

export class Room {
  readonly session: string;
  #parts: RoomParts;
  #state: RoomState = 'loading';
  #peers = new Set<Peer>();
  #presence = new Presence();
  #ledger: Ledger<Peer> | undefined;
  #snapshots: RoomSnapshots | undefined;
  #seq = 0;
  #committed = 0;
  #generation = '';
  #queue: RoomQueue;
  #isJudging = false;
  #isScheduled = false;
  #stopIdle: (() => void) | undefined;
  #loaded: Promise<void>;

  constructor(session: string, parts: RoomParts) {
    this.session = session;
    this.#parts = parts;
    this.#queue = new RoomQueue(parts.limits.openBytesMax);
    this.#loaded = this.#load();
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Resolves when it is live or closed. */
  get settled(): Promise<void> {
    return this.#loaded;
  }

  /** What is committed; undefined while it is not live. */
  get shown():
    | { readonly ledger: Ledger<Peer>; readonly generation: string; readonly seq: number }
    | undefined {
    if (this.#state !== 'live' || this.#ledger === undefined) return undefined;
    return { ledger: this.#ledger, generation: this.#generation, seq: this.#seq };
  }

  /** Resolves when deleted words are not a part of what is shown any more. */
  get cleared(): Promise<void> {
    return this.#snapshots?.mustWait === true ? this.#snapshots.settled : Promise.resolve();
  }

  get generation(): string {
    return this.#generation;
  }

  /** Lets a peer in. Ask `state` first: a closed room takes nobody. */
  join(peer: Peer): void {
    assert(this.#state !== 'closed', 'nobody joins a closed room');
    this.#stopIdle?.();
    this.#stopIdle = undefined;
    this.#peers.add(peer);
    if (this.#state === 'live') this.#greet(peer);
  }

  leave(peer: Peer): void {
    if (!this.#peers.delete(peer)) return;
    peer.isGone = true;
    this.#queue.forget(peer);
    this.#presence.leave(peer);
    if (this.#presence.isChanged) this.#schedule();
    this.#watchIdle();
  }

  /** Takes a frame of a peer, after all that came before it. */
  receive(peer: Peer, frame: Frame, bytes: number): void {
    const isOver = this.#state === 'closed' || this.#state === 'draining';
    if (isOver || peer.isGone) return;
    const mustWait = this.#state === 'loading' || this.#isJudging || this.#queue.size > 0;
    if (!mustWait) return this.#take(peer, frame);
    this.#queue.push({ peer, frame, bytes });
    this.#holdBack(peer);
  }

  /** A peer's token or role is another now: tells everybody, and asks it for what it may send now. */
  restamp(peer: Peer): void {
    if (peer.mayWrite && !peer.wasAsked && this.#state === 'live') this.#ask(peer);
    this.#presence.restamp(peer);
    if (this.#presence.isChanged) this.#schedule();
  }

  /** Sends everybody away. Nothing is asked of the room afterwards. */
  close(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stopIdle?.();
    this.#queue.clear();
    for (const peer of this.#peers) {
      peer.isGone = true;
      peer.line.close(reason);
    }
    this.#peers.clear();
    this.#ledger = undefined;
    this.#parts.onClosed(this.session);
  }

  /** Takes nothing more. Resolves when all that was taken is durable, or dropped. */
  async drain(): Promise<void> {
    await this.#loaded;
    if (this.#state === 'live') this.#state = 'draining';
    while (this.#state === 'draining' && this.#ledger?.pending !== undefined) {
      this.#flush();
      await this.#parts.yieldTurn();
    }
    await this.#snapshots?.settled;
  }

  async #load(): Promise<void> {
    const { log, limits, yieldTurn } = this.#parts;
    const loaded = await loadSession<Peer>(log, this.session, limits, yieldTurn);
    if (this.#state === 'closed') return;
    if (!loaded.ok) return this.#failToLoad(loaded.code);
    this.#ledger = loaded.ledger;
    this.#seq = loaded.seq;
    this.#generation = loaded.generation;
    this.#snapshots = new RoomSnapshots(this.#parts, this.session, loaded, () => this.#seq);
    this.#state = 'live';
    for (const peer of this.#peers) this.#greet(peer);
    this.#takeQueue();
    this.#watchIdle();
  }

  #failToLoad(code: 'missing' | 'deleted' | 'unavailable' | 'unreadable'): void {
    this.#parts.report.loadFailed(this.session, code);
    const isGone = code === 'missing' || code === 'deleted';
    this.close(isGone ? closeReasons.missing : closeReasons.unavailable);
  }

  /** Asks for what it has, and tells who is here. */
  #greet(peer: Peer): void {
    if (peer.mayWrite) this.#ask(peer);
    const packets: Packet[] = [];
    const everybody = this.#presence.everybody();
    if (everybody !== undefined) packets.push(packetOf(everybody));
    if (packets.length > 0) peer.line.send(packets);
  }

  #take(peer: Peer, frame: Frame): void {
    switch (frame.type) {
      case 'update':
        return this.#takeUpdate(peer, frame.update, false);
      case 'sync-step-2':
        return this.#takeUpdate(peer, frame.update, true);
      case 'sync-step-1':
        return this.#answer(peer, frame.stateVector);
      case 'awareness':
        return this.#hear(peer, frame.entries);
      case 'query-awareness': {
        const everybody = this.#presence.everybody();
        return everybody === undefined ? undefined : peer.line.send([packetOf(everybody)]);
      }
      case 'barrier':
        return this.#takeBarrier(peer, frame.mark);
      default:
        return undefined;
    }
  }

  #takeUpdate(peer: Peer, bytes: Uint8Array, isStep2: boolean): void {
    const ledger = this.#live();
    const quick = isStep2 ? undefined : ledger.append(bytes, peer, peer);
    if (quick !== undefined) {
      this.#parts.report.taken(1);
      return this.#schedule();
    }
    const isAnswer = isStep2 && peer.isAsked;
    const budget = isAnswer ? syncAnswerBudget : updateBudget;
    const question: Question = { sender: peer, budget, isAnswer, bytesLeft: ledger.bytesLeft };
    const judgement = ledger.judgement(bytes, question);
    const { stepStructs } = this.#parts.limits;
    const verdict = judgement.step(stepStructs);
    if (verdict !== undefined) return this.#judged(peer, verdict, question, bytes);
    this.#isJudging = true;
    const goOn = (): void => {
      // Whoever reloads or closes drops the ledger, and with it what was half taken.
      if (this.#ledger !== ledger) {
        this.#isJudging = false;
        return;
      }
      const late = judgement.step(stepStructs);
      if (late === undefined) return void this.#parts.yieldTurn().then(goOn);
      this.#isJudging = false;
      this.#judged(peer, late, question, bytes);
      this.#takeQueue();
    };
    void this.#parts.yieldTurn().then(goOn);
  }

  #judged(peer: Peer, verdict: Verdict, { isAnswer }: Question, bytes: Uint8Array): void {
    const ledger = this.#live();
    if (verdict.ok) {
      if (verdict.updates.length > 0) {
        ledger.add(verdict, peer.principal, peer);
        this.#parts.report.taken(verdict.updates.length);
        this.#schedule();
      }
      if (verdict.leftOut > 0) this.#parts.report.leftOut(verdict.leftOut);
    } else if (verdict.code === 'gap') {
      this.#parts.report.gap();
      this.#ask(peer);
    } else {
      this.#refuse(peer, verdict, bytes);
    }
    if (isAnswer) this.#send(peer, peer.answered(ledger.pending, this.#committed));
    this.#holdBack(peer);
  }

  /** One question at a time: what does not fit until the answer comes is in the answer. */
  #ask(peer: Peer): void {
    if (peer.isAsked) return;
    peer.isAsked = true;
    peer.wasAsked = true;
    this.#send(peer, [syncPacket('step1', this.#live().stateVector())]);
  }

  #refuse(peer: Peer, refused: Refused, bytes: Uint8Array): void {
    if (refused.rule === 'client-refused') return;
    this.#parts.report.refused(this.session, peer.principal, refused, bytes);
    const packet = peer.refuse(refused);
    const isTold = peer.isExtended && peer.refusals < this.#parts.limits.refusalsMax;
    if (isTold) return this.#send(peer, [packet]);
    this.#sendAway(
      peer,
      sizeRules.has(refused.rule) ? closeReasons.tooLarge : closeReasons.refused,
    );
  }

  #answer(peer: Peer, bytes: Uint8Array): void {
    const vector = readStateVector(bytes);
    if (!vector.ok) return this.#sendAway(peer, closeReasons.refused);
    const snapshots = this.#snapshots;
    if (snapshots?.mustWait === true) {
      // Words were deleted that the present form still holds: nobody is given them any more.
      void snapshots.settled.then(() => this.#answer(peer, bytes));
      return;
    }
    if (peer.isGone || this.#state !== 'live') return;
    const ledger = this.#live();
    const packets: Packet[] = [];
    for (const update of ledger.missing(vector.clocks)) packets.push(syncPacket('update', update));
    packets.push(syncPacket('step2', ledger.deletions()));
    peer.isJoined = true;
    peer.line.send(packets, true);
  }

  #hear(peer: Peer, entries: Uint8Array): void {
    const refusal = this.#presence.hear(peer, entries);
    if (refusal !== undefined) return this.#sendAway(peer, closeReasons.refused);
    if (this.#presence.isChanged) this.#schedule();
  }

  #takeBarrier(peer: Peer, mark: Uint8Array): void {
    if (peer.barriers >= this.#parts.limits.barriersMax) {
      return this.#sendAway(peer, closeReasons.busy);
    }
    const echo = peer.barrier(mark, this.#live().pending);
    if (echo !== undefined) this.#send(peer, [echo]);
  }

  #takeQueue(): void {
    while (this.#state === 'live' && !this.#isJudging) {
      const waiting = this.#queue.shift();
      if (waiting === undefined) break;
      if (!waiting.peer.isGone) this.#take(waiting.peer, waiting.frame);
    }
    this.#queue.letGo(this.#ledger?.openBytes ?? 0);
  }

  /** Everything of this turn together, at its end. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.atTurnEnd(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#state !== 'live' && this.#state !== 'draining') return;
    const presence = this.#presence.flush();
    if (presence !== undefined) {
      const packet = packetOf(presence);
      for (const peer of this.#peers) this.#send(peer, [packet]);
    }
    const batch = this.#live().begin();
    if (batch === undefined) return;
    const append = this.#parts.log.append(this.session, this.#seq, [], batch.record);
    append.then(
      (appended) => this.#appended(batch, appended),
      (error: unknown) => {
        this.#parts.report.broken(this.session, error);
        this.#reload();
      },
    );
  }

  #appended(batch: Batch<Peer>, appended: Appended): void {
    if (this.#state !== 'live' && this.#state !== 'draining') return;
    if (!appended.ok) return this.#notAppended(appended);
    this.#seq = appended.seq;
    this.#committed = batch.number;
    this.#live().commit();
    fanOut(this.#peers, batch);
    this.#parts.report.committed(batch.items.length, batch.record.length);
    this.#parts.onCommit?.(this.session, this.#live().picture);
    this.#snapshots?.committed(batch.words, batch.record.length);
    this.#queue.letGo(this.#ledger?.openBytes ?? 0);
    this.#flush();
    this.#watchIdle();
  }

  #notAppended(refused: Appended & { readonly ok: false }): void {
    this.#parts.report.notCommitted(this.session, refused.code);
    const isGone = refused.code === 'missing' || refused.code === 'deleted';
    if (isGone) return this.close(closeReasons.missing);
    this.#reload();
  }

  /**
   * There is no undo: what was not committed is dropped with all that stands on it. Its
   * senders come again with it; whoever only reads stays.
   */
  #reload(): void {
    const writers = new Set(this.#ledger?.senders());
    for (const peer of this.#queue.peers()) writers.add(peer);
    for (const peer of this.#peers) if (peer.barriers > 0 || peer.isAsked) writers.add(peer);
    this.#state = 'loading';
    this.#ledger = undefined;
    this.#queue.clear();
    for (const peer of writers) this.#sendAway(peer, closeReasons.unavailable);
    this.#loaded = this.#load();
  }

  #sendAway(peer: Peer, reason: CloseReason): void {
    peer.isGone = true;
    peer.line.close(reason);
    this.leave(peer);
  }

  #send(peer: Peer, packets: readonly Packet[]): void {
    if (packets.length > 0 && !peer.isGone) peer.line.send(packets);
  }

  #holdBack(peer: Peer): void {
    this.#queue.holdBack(peer, this.#ledger?.openBytes ?? 0);
  }

  /** A room in which nobody is, and of which all is durable, is forgotten after a while. */
  #watchIdle(): void {
    const isQuiet = this.#state === 'live' && this.#ledger?.pending === undefined;
    if (!isQuiet || this.#peers.size > 0 || this.#stopIdle !== undefined) return;
    const { clock, limits } = this.#parts;
    this.#stopIdle = clock.after(limits.idleMs, () => {
      this.#stopIdle = undefined;
      if (this.#peers.size === 0) this.close(closeReasons.unavailable);
    });
  }

  #live(): Ledger<Peer> {
    assert(this.#ledger !== undefined, 'a live room has a ledger');
    return this.#ledger;
  }
}

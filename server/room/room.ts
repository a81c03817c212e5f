// A session while somebody is in it: a cache of its log, and the sockets of those who are
// there. Everything that arrives is judged in order; what is taken goes into the log with
// all else that came during the last commit; only then is it shown.
//
//     loading --read--> live --commit failed--> loading      (writers are sent away)
//        | missing, unreadable   | nobody left for a while, deleted, drained
//        '---------------------> closed
//
// While it loads, or judges a large answer in steps, what arrives waits in line. Once it
// drains, because the server stops, what arrives is not taken any more.

import { assert, defined } from '../../src/base/assert.ts';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import type { Appended } from '../log/log.ts';
import type { Refused } from './verdict.ts';
import { fanOut } from './fan-out.ts';
import { Greeter } from './greeter.ts';
import type { Batch, Ledger, ShownLedger } from './ledger.ts';
import { Handover } from './handover.ts';
import { type Judged, Judging } from './judging.ts';
import type { RoomLimits } from './limits.ts';
import { isGone, loadReported } from './load.ts';
import type { Packet } from './packet.ts';
import type { Peer } from './peer.ts';
import { Presence } from './presence.ts';
import { RoomClaims } from './room-claims.ts';
import type { RoomParts, RoomState } from './room-parts.ts';
import { type RoomFrame, RoomQueue } from './room-queue.ts';
import { RoomSnapshots } from './room-snapshots.ts';
import { farewellTo } from './rule.ts';

export class Room {
  readonly session: string;
  readonly claims: RoomClaims;
  #parts: RoomParts;
  #state: RoomState = 'loading';
  #peers = new Set<Peer>();
  #presence = new Presence((client) => this.#ledger?.index.table.writer(client)?.owner);
  #ledger: Ledger<Peer> | undefined;
  #snapshots: RoomSnapshots | undefined;
  #seq = 0;
  #committed = 0;
  #generation = '';
  #queue: RoomQueue;
  #judging: Judging;
  #handover: Handover;
  #greeter = new Greeter(this.#presence, () => this.#live());
  #isScheduled = false;
  #stopIdle: (() => void) | undefined;
  #loaded: Promise<void>;

  constructor(session: string, parts: RoomParts) {
    this.session = session;
    this.#parts = parts;
    this.#queue = new RoomQueue(parts.limits.openBytesMax, () => this.#ledger?.openBytes ?? 0);
    this.claims = new RoomClaims({
      session,
      parts,
      isOver: () => this.#state === 'closed',
      isBusy: () => this.#isBusy,
      whole: (act) => this.#whole(act),
      schedule: () => this.#schedule(),
    });
    this.#handover = new Handover({
      ledger: () => this.shown?.ledger,
      cleared: () => this.#snapshots?.cleared,
      gave: (updates) => this.#snapshots?.gave(updates),
      run: (act, peer) => this.#whole(act, peer),
    });
    this.#judging = new Judging({
      parts,
      ledger: () => this.#ledger,
      judged: (judged) => this.#judged(judged),
      late: (act, peer) => {
        this.#whole(act, peer);
        this.#takeQueue();
      },
    });
    this.#loaded = this.#load();
  }

  get state(): RoomState {
    return this.#state;
  }

  get settled(): Promise<void> {
    return this.#loaded;
  }

  /** What is committed; undefined while it is not live. */
  get shown(): ShownLedger<Peer> | undefined {
    if (this.#state !== 'live' || this.#ledger === undefined) return undefined;
    return { ledger: this.#ledger, generation: this.#generation, seq: this.#seq };
  }

  /** Resolves when deleted words are not a part of what is shown any more. */
  get cleared(): Promise<void> {
    return this.#snapshots?.cleared ?? Promise.resolve();
  }

  get size(): number {
    return this.#peers.size;
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
    this.claims.joined(peer);
    this.#greetAll();
  }

  leave(peer: Peer): void {
    if (!this.#peers.delete(peer)) return;
    peer.isGone = true;
    this.#queue.forget(peer);
    this.#handover.forget(peer);
    this.#presence.leave(peer);
    if (this.#presence.isChanged) this.#schedule();
    this.#watchIdle();
  }

  /** Takes a frame of a peer, after all that came before it. */
  receive(peer: Peer, frame: RoomFrame, bytes: number): void {
    if (this.#state === 'closed' || this.#state === 'draining' || peer.isGone) return;
    const mustWait = this.#isBusy || this.#queue.size > 0;
    if (!mustWait) return this.#whole(() => this.#take(peer, frame), peer);
    this.#queue.push({ peer, frame, bytes });
    this.#queue.holdBack(peer);
  }

  /** A peer's token or role is another now: tells everybody, and asks it for what it may send now. */
  restamp(peer: Peer): void {
    if (peer.mayWrite && !peer.wasAsked) peer.isGreeted = false;
    this.claims.restamp(peer);
    this.#greetAll();
    this.#presence.restamp(peer);
    if (this.#presence.isChanged) this.#schedule();
  }

  /** Sends everybody away. Nothing is asked of the room afterwards. */
  close(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stopIdle?.();
    this.#queue.clear();
    this.claims.forget(this.#ledger?.pending === undefined);
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
    const loaded = await loadReported<Peer>(this.#parts, this.session);
    if (this.#state === 'closed') return;
    if (!loaded.ok) {
      return this.close(isGone(loaded.code) ? closeReasons.missing : closeReasons.unavailable);
    }
    this.#ledger = loaded.ledger;
    this.#seq = loaded.seq;
    // Batches of a new ledger are counted anew.
    this.#committed = 0;
    this.#generation = loaded.generation;
    this.#snapshots = new RoomSnapshots(this.#parts, this.session, loaded, () => this.#seq);
    this.#state = 'live';
    this.claims.begin(loaded.ledger);
    this.#takeQueue();
    this.#watchIdle();
  }

  /** Not while an answer is judged: half of what it brings may still be taken back. */
  #greetAll(): void {
    if (this.#state !== 'live' || this.#judging.isBusy) return;
    for (const peer of [...this.#peers].filter(({ isGreeted }) => !isGreeted)) {
      this.#whole(() => this.#greeter.greet(peer), peer);
    }
  }

  get #isBusy(): boolean {
    return this.#state === 'loading' || this.#judging.isBusy;
  }

  #whole(act: () => void, cause?: Peer): void {
    try {
      act();
    } catch (error) {
      this.#broke(error, cause);
    }
  }

  /** A fault of ours: nothing is believed of the room any more, and it is read anew. */
  #broke(error: unknown, cause?: Peer): void {
    this.#parts.report.broken(this.session, error);
    if (cause !== undefined) this.#sendAway(cause, closeReasons.refused);
    this.#reload();
  }

  #take(peer: Peer, frame: RoomFrame): void {
    switch (frame.type) {
      case 'update':
        return this.#takeUpdate(peer, frame.update, false);
      case 'sync-step-2':
        return this.#takeUpdate(peer, frame.update, true);
      case 'sync-step-1':
        if (this.#handover.answer(peer, frame.stateVector)) return undefined;
        return this.#sendAway(peer, closeReasons.refused);
      case 'awareness':
        return this.#hear(peer, frame.entries);
      case 'query-awareness':
        return this.#greeter.tellWhoIsHere(peer);
      case 'barrier':
        return this.#takeBarrier(peer, frame.mark);
      case 'claiming':
        return this.claims.take(peer, frame.request);
      default:
        return undefined;
    }
  }

  #takeUpdate(peer: Peer, bytes: Uint8Array, isStep2: boolean): void {
    const ledger = this.#live();
    const quick = isStep2 ? undefined : ledger.append(bytes, peer, peer);
    if (quick !== undefined) {
      this.#parts.report.taken(1);
      this.#queue.holdBack(peer);
      return this.#schedule();
    }
    if (this.#parts.credit.pay(peer.principal, bytes.length)) {
      this.#judging.take(ledger, peer, bytes, isStep2);
    } else this.#sendAway(peer, closeReasons.busy, 'creditBytesMax');
  }

  #judged({ peer, verdict, isAnswer, update }: Judged): void {
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
      this.#greeter.ask(peer);
    } else {
      this.#refuse(peer, verdict, update);
    }
    if (isAnswer) this.#send(peer, peer.answered(ledger.pending, this.#committed));
    this.#queue.holdBack(peer);
  }

  #refuse(peer: Peer, refused: Refused, update: Uint8Array): void {
    if (refused.rule === 'client-refused') return;
    this.#parts.report.refused(this.session, peer.principal, refused, update);
    const news = [peer.refuse(refused)];
    const limit = peer.refusals > this.#parts.limits.refusalsMax ? 'refusalsMax' : undefined;
    if (peer.isExtended && limit === undefined) this.#send(peer, news);
    else this.#sendAway(peer, farewellTo(refused.rule), limit);
  }

  #hear(peer: Peer, entries: Uint8Array): void {
    const refusal = this.#presence.hear(peer, entries);
    if (refusal !== undefined) return this.#sendAway(peer, closeReasons.refused);
    if (this.#presence.isChanged) this.#schedule();
  }

  #takeBarrier(peer: Peer, mark: Uint8Array): void {
    const isTooMany = peer.barriers >= this.#parts.limits.barriersMax;
    if (isTooMany) return this.#sendAway(peer, closeReasons.busy, 'barriersMax');
    const echo = peer.barrier(mark, this.#live().pending);
    if (echo !== undefined) this.#send(peer, [echo]);
  }

  #takeQueue(): void {
    this.#greetAll();
    this.claims.catchUp();
    while (this.#state === 'live' && !this.#judging.isBusy) {
      const { peer, frame } = this.#queue.shift() ?? {};
      if (peer === undefined || frame === undefined) break;
      if (!peer.isGone) this.#whole(() => this.#take(peer, frame), peer);
    }
    this.#queue.letGo();
  }

  /** Everything of this turn together, at its end. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.atTurnEnd(() => {
      this.#isScheduled = false;
      this.#whole(() => this.#flush());
    });
  }

  #flush(): void {
    if (this.#state !== 'live' && this.#state !== 'draining') return;
    this.#greeter.tellChanges(this.#peers);
    this.claims.settle();
    const batch = this.#live().begin();
    if (batch !== undefined) this.claims.begun(batch.number, () => this.#append(batch));
  }

  #append(batch: Batch<Peer>): void {
    const ledger = this.#ledger;
    this.#parts.log.append(this.session, this.#seq, batch.under, batch.record).then(
      // A ledger that was read meanwhile knows nothing of it.
      (appended) =>
        this.#ledger === ledger ? this.#whole(() => this.#appended(batch, appended)) : undefined,
      (error: unknown) => this.#broke(error),
    );
  }

  #appended(batch: Batch<Peer>, appended: Appended): void {
    if (!appended.ok) {
      const why = appended.code === 'unavailable' ? appended.reason : appended.code;
      this.#parts.report.notCommitted(this.session, why);
      return isGone(appended.code) ? this.close(closeReasons.missing) : this.#reload();
    }
    this.#seq = appended.seq;
    this.#committed = batch.number;
    this.#live().commit();
    fanOut(this.#peers, batch);
    this.claims.committed(batch.number);
    this.#parts.report.committed(batch.items.length, batch.record.length);
    this.#parts.onCommit?.(this.session, this.#live().picture);
    this.#snapshots?.committed(batch.words, batch.record.length);
    this.#queue.letGo();
    this.#flush();
    this.#watchIdle();
  }

  /**
   * There is no undo: what was not committed is dropped with all that stands on it. Its
   * senders come again with it; whoever only reads stays.
   */
  #reload(): void {
    if (this.#state === 'closed') return;
    const senders = [...(this.#ledger?.senders() ?? []), ...this.#queue.peers()];
    const writers = new Set([...senders, ...this.claims.waiting]);
    if (this.#judging.peer !== undefined) writers.add(this.#judging.peer);
    for (const peer of this.#peers) {
      peer.isGreeted = false;
      if (peer.barriers > 0 || peer.isAsked) writers.add(peer);
    }
    this.#state = 'loading';
    this.claims.end();
    this.#ledger = undefined;
    this.#queue.clear();
    for (const peer of writers) this.#sendAway(peer, closeReasons.unavailable);
    this.#loaded = this.#load();
  }

  /** `limit`: the one that it is sent away for. */
  #sendAway(peer: Peer, reason: CloseReason, limit?: keyof RoomLimits): void {
    if (limit !== undefined) this.#parts.report.limitHit(limit);
    peer.isGone = true;
    peer.line.close(reason);
    this.leave(peer);
  }

  #send(peer: Peer, packets: readonly Packet[]): void {
    if (packets.length > 0 && !peer.isGone) peer.line.send(packets);
  }

  /** A room in which nobody is, and of which all is durable, is forgotten after a while. */
  #watchIdle(): void {
    const isQuiet = this.#state === 'live' && this.#ledger?.pending === undefined;
    if (!isQuiet || this.#peers.size > 0 || this.#stopIdle !== undefined) return;
    const { clock, limits } = this.#parts;
    this.#stopIdle = clock.after(limits.idleMs, () => this.close(closeReasons.unavailable));
  }

  #live(): Ledger<Peer> {
    return defined(this.#ledger, 'the ledger of a live room');
  }
}

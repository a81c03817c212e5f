// Gives whoever asks what it lacks of what is committed: stored updates in their order, then all
// deletions as the one SyncStep2, which makes a stock client synced. Deleted words are not in it,
// so that it may have to wait for a merge. One question of a peer is answered at a time, and the
// newest counts: who asks again and again without taking what it is given gets no more of it.

import { readStateVector } from '../../src/protocol/state-vector.ts';
import type { Ledger } from './ledger.ts';
import { syncPacket, type Packet } from './packet.ts';
import type { Peer } from './peer.ts';

interface Given {
  /** Undefined where nothing may be shown now. */
  readonly ledger: () => Ledger<Peer> | undefined;
  /** Resolves when words that are deleted by now are not served any more; undefined where they are not. */
  readonly cleared: () => Promise<void> | undefined;
  /** Somebody was given so many updates. */
  readonly gave: (updates: number) => void;
  /** Runs what must not throw. */
  readonly run: (act: () => void, peer: Peer) => void;
}

export class Handover {
  #given: Given;
  /** What each peer has that waits for the rest. */
  #waiting = new Map<Peer, ReadonlyMap<number, number>>();

  constructor(given: Given) {
    this.#given = given;
  }

  /** `stateVector` is what the peer has. False: it is none. */
  answer(peer: Peer, stateVector: Uint8Array): boolean {
    const vector = readStateVector(stateVector);
    if (!vector.ok) return false;
    const isWaiting = this.#waiting.has(peer);
    this.#waiting.set(peer, vector.clocks);
    if (!isWaiting) this.#giveLater(peer);
    return true;
  }

  #giveLater(peer: Peer): void {
    const give = (): void => this.#given.run(() => this.#give(peer), peer);
    const cleared = this.#given.cleared();
    if (peer.line.isBehind) peer.line.whenTaken(give);
    else if (cleared === undefined) give();
    else void cleared.then(give);
  }

  forget(peer: Peer): void {
    this.#waiting.delete(peer);
  }

  #give(peer: Peer): void {
    const clocks = this.#waiting.get(peer);
    const ledger = this.#given.ledger();
    this.#waiting.delete(peer);
    if (clocks === undefined || ledger === undefined) return;
    const packets: Packet[] = [];
    for (const update of ledger.missing(clocks)) packets.push(syncPacket('update', update));
    packets.push(syncPacket('step2', ledger.deletions()));
    peer.isJoined = true;
    peer.line.send(packets, true);
    this.#given.gave(packets.length);
  }
}

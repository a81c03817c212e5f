// Judges the updates of a room one after another. A large one is judged in steps, between which
// other sessions have their turn; what arrives for its own session waits meanwhile.

import { syncAnswerBudget, updateBudget } from '../../src/protocol/limits.ts';
import type { Judgement } from './gate.ts';
import type { Ledger } from './ledger.ts';
import type { Peer } from './peer.ts';
import type { RoomParts } from './room-parts.ts';
import type { Question, Verdict } from './verdict.ts';

/** An update that was judged. */
export interface Judged {
  readonly peer: Peer;
  readonly verdict: Verdict;
  /** It is the answer to a question of ours. */
  readonly isAnswer: boolean;
  readonly update: Uint8Array;
}

export interface Court {
  readonly parts: RoomParts;
  /** The ledger that counts now. */
  readonly ledger: () => Ledger<Peer> | undefined;
  readonly judged: (judged: Judged) => void;
  /** Runs the end of what was judged in steps, which must not throw; nothing waits for it any more. */
  readonly late: (act: () => void, peer: Peer) => void;
}

export class Judging {
  #court: Court;
  #peer: Peer | undefined;

  constructor(court: Court) {
    this.#court = court;
  }

  /** One is judged in steps: no other may be, until it has ended. */
  get isBusy(): boolean {
    return this.#peer !== undefined;
  }

  /** Whose update is judged in steps. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  take(ledger: Ledger<Peer>, peer: Peer, bytes: Uint8Array, isStep2: boolean): void {
    const isAnswer = isStep2 && peer.isAsked;
    const budget = isAnswer ? syncAnswerBudget : updateBudget;
    const question: Question = { sender: peer, budget, isAnswer, bytesLeft: ledger.bytesLeft };
    const judgement = ledger.judgement(bytes, question);
    const verdict = judgement.step(this.#court.parts.limits.stepStructs);
    const end = (of: Verdict): void =>
      this.#court.judged({ peer, verdict: of, isAnswer, update: bytes });
    if (verdict !== undefined) return end(verdict);
    this.#peer = peer;
    this.#goOn(judgement, ledger).then(
      (late) => this.#end(() => late && end(late), peer),
      (error: unknown) =>
        this.#end(() => {
          throw error;
        }, peer),
    );
  }

  #end(act: () => void, peer: Peer): void {
    this.#peer = undefined;
    this.#court.late(act, peer);
  }

  /** Undefined: the ledger was dropped, and with it what was half taken. */
  async #goOn(judgement: Judgement, ledger: Ledger<Peer>): Promise<Verdict | undefined> {
    const { parts, ledger: current } = this.#court;
    for (;;) {
      await parts.yieldTurn();
      if (current() !== ledger) return undefined;
      const verdict = judgement.step(parts.limits.stepStructs);
      if (verdict !== undefined) return verdict;
    }
  }
}

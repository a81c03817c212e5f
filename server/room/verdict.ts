// What the gate is asked about an update, and what it says.

import type { UpdateBudget } from '../../src/protocol/limits.ts';
import type { Settled } from './document-index.ts';
import type { RootPlace } from './place.ts';
import type { GateRule } from './rule.ts';

/** Who sends, and what that allows. */
export interface Sender {
  /** To whom new clients are bound. */
  readonly principal: string;
  /** Whether the sender's rights cover a root and all below it. */
  readonly mayWriteIn: (root: RootPlace) => boolean;
  readonly isRefused: (client: number) => boolean;
}

export interface Question {
  readonly sender: Sender;
  readonly budget: UpdateBudget;
  /** The answer to our SyncStep1: what does not fit is left out, and deletions are many. */
  readonly isAnswer: boolean;
  /** How much more fits into the session. */
  readonly bytesLeft?: number;
  /** It comes from the log, and was judged before it came there. */
  readonly isTrusted?: boolean;
}

export type Verdict =
  | Taken
  /** Nothing of it was taken; SyncStep1 brings all that is missing. */
  | { readonly ok: false; readonly code: 'gap' }
  | Refused;

export interface Refused {
  readonly ok: false;
  readonly code: 'refused';
  readonly rule: GateRule;
  readonly client: number;
  readonly clock: number;
}

export interface Taken {
  readonly ok: true;
  /** In causal order, each within the bounds of an update; none where nothing was new. */
  readonly updates: readonly Uint8Array[];
  readonly settled: Settled;
  /** Clients that are bound from now on. */
  readonly bound: readonly number[];
  /** Structs and deletions that had to be left out. */
  readonly leftOut: number;
}

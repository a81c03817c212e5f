// One claim on one run, as the agent's code sees it: where updates and commands go, and whether it
// still holds. There is one over the wire and one in memory. What is handed to a hold reaches the
// server in the order in which it was handed over, updates and commands alike, or not at all.

import type { Unsubscribe } from '../base/emitter.ts';
import type { HolderCommand, RefusalCode } from '../session/bookkeeping.ts';
import type { Lane } from '../session/lane.ts';
import type { ReplyRoute } from '../session/reply.ts';

/** What a holder asks for; the hold knows the run and the epoch. */
export type HolderAction = HolderCommand extends infer One
  ? One extends HolderCommand
    ? Omit<One, 'run' | 'epoch'>
    : never
  : never;

/** The answer, once it is durable. `lost`: nobody will answer, the claim is gone. */
export type Told =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: RefusalCode | 'lost' };

export type Loss = 'lost' | 'taken-over';

export interface Hold {
  readonly run: string;
  readonly epoch: number;
  /** Where to write: the reply's own lane first, then those for parts that grow beside one another. */
  readonly lanes: readonly Lane[];
  /** Whether all that was handed over has arrived. */
  readonly isQuiet: boolean;
  /** Called whenever it becomes quiet. */
  onQuiet(listener: () => void): Unsubscribe;
  /** Called once, when the claim is lost. */
  onLost(listener: (loss: Loss) => void): Unsubscribe;
  /** Takes a change of the reply: applies it here and hands it on. Does nothing once the claim is lost. */
  readonly write: ReplyRoute;
  /** Never rejects. */
  tell(action: HolderAction): Promise<Told>;
  /** Gives the claim back, with where its lanes stand. A run that has not ended is free to be taken over at once. */
  release(lanes: readonly Lane[]): Promise<void>;
}

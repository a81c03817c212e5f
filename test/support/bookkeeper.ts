// The server of a test that has none: it takes the decisions of src/session/bookkeeping.ts from the
// view of one document and writes them into it, each in one transaction. Nothing decides here; what
// it writes under is the client of the document that it was given.

import type * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { type Clock, manualClock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import {
  abandonRun,
  applyWrites,
  type Claim,
  claimRun,
  type Decider,
  type HolderCommand,
  loseClaim,
  obeyHolder,
  openSession,
  type Outcome,
  type Projection,
  type RunError,
  type Session,
  settleNext,
  type View,
  type Write,
} from '../../src/session/index.ts';

export interface BookkeeperOptions {
  readonly clock?: Clock;
  /** The seed of the ids of requests that a policy makes. */
  readonly seed?: number;
  /** Who has the right `control`; everybody where absent. */
  readonly mayControl?: Decider['mayControl'];
  readonly name?: string;
}

/** More decisions than any picture can need: settling must come to an end. */
const DECISIONS_MAX = 10_000;

export class Bookkeeper {
  readonly doc: Y.Doc;
  #session: Session;
  #decider: () => Decider;

  constructor(doc: Y.Doc, options: BookkeeperOptions = {}) {
    const { clock = manualClock(1_000), seed = 1, mayControl = () => true } = options;
    const { name = 'server' } = options;
    const chance = seededChance(seed);
    this.doc = doc;
    this.#session = openSession(doc, { principal: name, clock, chance });
    this.#decider = () => ({
      now: clock.now(),
      name,
      createId: () => createId(chance),
      mayControl,
    });
  }

  get view(): View {
    return this.#session.view;
  }

  /** What the decisions are taken from. */
  get projection(): Projection {
    const { meta, runs, requests } = this.view;
    return {
      policy: meta.policy,
      titledByPerson: meta.title !== '' && !meta.titleByAgent,
      runs,
      requests,
    };
  }

  /** Takes all decisions that are due, one by one. Returns what was written. */
  settle(): readonly Write[] {
    const all: Write[] = [];
    for (let decisions = 0; decisions < DECISIONS_MAX; decisions++) {
      const writes = settleNext(this.projection, this.#decider());
      if (writes.length === 0) return all;
      applyWrites(this.doc, writes, this);
      all.push(...writes);
    }
    throw new Error(`${DECISIONS_MAX} decisions, and always another one`);
  }

  /** Settles, then grants the run. Throws where it is refused. */
  claim(run: string, holder: string): Claim {
    this.settle();
    this.#need(this.tryClaim(run, holder), `claim ${run}`);
    const claim = this.view.runs.get(run)?.claim;
    if (claim === null || claim === undefined) throw new Error(`the run ${run} has no claim`);
    return claim;
  }

  tryClaim(run: string, holder: string): Outcome {
    return this.#apply(claimRun(this.projection, this.#decider(), run, holder));
  }

  /** Obeys a holder at the epoch that the command names, then settles. */
  obey(holder: string, command: HolderCommand): Outcome {
    const outcome = this.#apply(obeyHolder(this.projection, this.#decider(), holder, command));
    this.settle();
    return outcome;
  }

  /** Ends a run as its holder says, at the epoch it has. Throws where it is refused. */
  finish(run: string, as: 'complete' | 'cancelled' = 'complete'): void {
    const { holder, epoch } = this.#claimOf(run);
    this.#need(this.obey(holder, { run, epoch, do: as }), `${as} ${run}`);
  }

  /** The claim of the run is lost: it is stalled. Throws where it is refused. */
  lose(run: string): void {
    const { epoch } = this.#claimOf(run);
    this.#need(this.tryLose(run, epoch), `lose ${run}`);
  }

  tryLose(run: string, epoch: number): Outcome {
    const outcome = this.#apply(loseClaim(this.projection, this.#decider(), run, epoch));
    this.settle();
    return outcome;
  }

  /** Ends a run that nobody holds. */
  abandon(run: string, error: RunError): Outcome {
    const outcome = this.#apply(abandonRun(this.projection, this.#decider(), run, error));
    this.settle();
    return outcome;
  }

  close(): void {
    this.#session.close();
  }

  #apply(outcome: Outcome): Outcome {
    if (outcome.ok) applyWrites(this.doc, outcome.writes, this);
    return outcome;
  }

  #need(outcome: Outcome, what: string): void {
    if (!outcome.ok) throw new Error(`${what}: ${outcome.code}`);
  }

  #claimOf(run: string): Claim {
    const claim = this.view.runs.get(run)?.claim;
    if (claim === null || claim === undefined) throw new Error(`the run ${run} was never claimed`);
    return claim;
  }
}

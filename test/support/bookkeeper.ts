// The server of a test that has none: the bookkeeper of the package over a session of
// its own, with the time and the chance of a test, and verbs that throw where a test
// would only repeat that something was refused.

import type * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { type Clock, manualClock } from '../../src/base/clock.ts';
import {
  Bookkeeper as SessionBookkeeper,
  type BookkeeperOptions as SessionBookkeeperOptions,
} from '../../src/session/bookkeeper.ts';
import type { HolderCommand, Outcome, Projection } from '../../src/session/bookkeeping.ts';
import type { Claim, RunError } from '../../src/session/run.ts';
import { openSession, type Session } from '../../src/session/session.ts';
import type { View } from '../../src/session/view.ts';

export interface BookkeeperOptions extends Pick<SessionBookkeeperOptions, 'mayControl' | 'name'> {
  readonly clock?: Clock;
  /** The seed of its lane and of the ids of requests that a policy makes. */
  readonly seed?: number;
}

export class Bookkeeper {
  readonly doc: Y.Doc;
  #session: Session;
  #books: SessionBookkeeper;

  constructor(doc: Y.Doc, options: BookkeeperOptions = {}) {
    const { clock = manualClock(1_000), seed = 1, name = 'server' } = options;
    const chance = seededChance(seed);
    this.doc = doc;
    this.#session = openSession(doc, { principal: name, clock, chance });
    this.#books = new SessionBookkeeper(this.#session, options);
  }

  get view(): View {
    return this.#session.view;
  }

  get projection(): Projection {
    return this.#books.projection;
  }

  /** Takes all decisions that are due. Returns how many. */
  settle(): number {
    return this.#books.settle();
  }

  /** Grants the run. Throws where it is refused. */
  claim(run: string, holder: string): Claim {
    this.#need(this.tryClaim(run, holder), `claim ${run}`);
    return this.#claimOf(run);
  }

  tryClaim(run: string, holder: string): Outcome {
    return this.#books.claim(run, holder);
  }

  /** Obeys a holder at the epoch that the command names, then settles. */
  obey(holder: string, command: HolderCommand): Outcome {
    return this.#books.obey(holder, command);
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
    return this.#books.lose(run, epoch);
  }

  /** Ends a run that nobody holds. */
  abandon(run: string, error: RunError): Outcome {
    return this.#books.abandon(run, error);
  }

  close(): void {
    this.#session.close();
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

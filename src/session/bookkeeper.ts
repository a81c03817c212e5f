// The server's part in a session, for a process that holds the document itself: an
// app without a server, a simulator, a test. It takes the decisions of
// bookkeeping.ts and settle.ts from the view and writes them in a lane of its own,
// each as one update. There must be only one per session: that every question has
// one answer rests on being decided at one place.

import * as Y from 'yjs';
import { assert } from '../base/assert.ts';
import {
  abandonRun,
  claimRun,
  type Decider,
  type HolderCommand,
  loseClaim,
  obeyHolder,
  type Outcome,
  type Projection,
} from './bookkeeping.ts';
import { containersOf, encodeWrites } from './encode-writes.ts';
import { type Lane, LaneWriter } from './lane.ts';
import type { Run, RunError } from './run.ts';
import type { Session } from './session.ts';
import { settleNext } from './settle.ts';
import type { Write } from './write.ts';

export interface BookkeeperOptions {
  /** The name under which it answers requests by itself. */
  readonly name?: string;
  /** Who may interrupt, steer or replace somebody else's run; everybody where absent. */
  readonly mayControl?: (principal: string, run: Run) => boolean;
  /** A lane that an earlier bookkeeper of this session left, clock carried on. */
  readonly lane?: Lane;
  /** Gets every update that was written, as it was encoded. */
  readonly sink?: (update: Uint8Array) => void;
}

/** More decisions than any document can need one after the other. */
const DECISIONS_MAX = 1_000_000;

export class Bookkeeper {
  #session: Session;
  #lane: LaneWriter;
  #name: string;
  #mayControl: (principal: string, run: Run) => boolean;
  #sink: (update: Uint8Array) => void;

  constructor(session: Session, options: BookkeeperOptions = {}) {
    this.#session = session;
    this.#lane = new LaneWriter(options.lane ?? session.freshLane());
    this.#name = options.name ?? 'server';
    this.#mayControl = options.mayControl ?? (() => true);
    this.#sink = options.sink ?? (() => undefined);
  }

  /** What decisions are taken from. */
  get projection(): Projection {
    const { meta, runs, requests } = this.#session.view;
    const titledByPerson = meta.title !== '' && !meta.titleByAgent;
    return { policy: meta.policy, titledByPerson, runs, requests };
  }

  get lane(): Lane {
    return this.#lane.lane;
  }

  /** Takes every decision that is due: admits new runs, answers what needs no holder. Returns how many. */
  settle(): number {
    for (let decisions = 0; decisions < DECISIONS_MAX; decisions++) {
      const writes = settleNext(this.projection, this.#decider());
      if (writes.length === 0) return decisions;
      this.#write(writes);
    }
    assert(false, 'settling comes to an end');
  }

  /** Grants an offered run to a holder, at the next epoch. */
  claim(run: string, holder: string): Outcome {
    this.settle();
    return this.#carryOut(claimRun(this.projection, this.#decider(), run, holder));
  }

  /** Obeys the holder of a run. */
  obey(holder: string, command: HolderCommand): Outcome {
    return this.#carryOut(obeyHolder(this.projection, this.#decider(), holder, command));
  }

  /** The holder is gone: the run is stalled until somebody claims it. */
  lose(run: string, epoch: number): Outcome {
    return this.#carryOut(loseClaim(this.projection, this.#decider(), run, epoch));
  }

  /** Ends a run that nobody holds. */
  abandon(run: string, error: RunError): Outcome {
    return this.#carryOut(abandonRun(this.projection, this.#decider(), run, error));
  }

  #carryOut(outcome: Outcome): Outcome {
    if (!outcome.ok) return outcome;
    this.#write(outcome.writes);
    this.settle();
    return outcome;
  }

  #write(writes: readonly Write[]): void {
    const { doc } = this.#session;
    encodeWrites(this.#lane, containersOf(doc), writes);
    const update = this.#lane.flush();
    if (update === undefined) return;
    Y.applyUpdate(doc, update, this);
    this.#sink(update);
  }

  #decider(): Decider {
    const { clock, createId } = this.#session.pen;
    return { now: clock.now(), name: this.#name, createId, mayControl: this.#mayControl };
  }
}

// The server's part in a session: it takes the decisions of src/session from the room's own
// projection, and writes them as a peer, under one client that the log keeps with its clock.
// What it writes goes into the open batch, behind what it was decided from, and so is
// committed and shown with it. There is one of it for each ledger; nothing of it is kept.

import { assert } from '../../src/base/assert.ts';
import type { Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';
import { type Decider, isOffered, type Outcome } from '../../src/session/bookkeeping.ts';
import { type Container, type Containers, encodeWrites } from '../../src/session/encode-writes.ts';
import { LaneWriter, type StructId } from '../../src/session/lane.ts';
import { isFinal, type Run, type RunState } from '../../src/session/run.ts';
import { settleNext } from '../../src/session/settle.ts';
import type { Write } from '../../src/session/write.ts';
import type { DocumentIndex } from './document-index.ts';
import { freshClient } from './lanes.ts';
import type { Ledger } from './ledger.ts';
import { RoomProjection } from './projection.ts';
import { NO } from './struct-table.ts';
import type { Question } from './verdict.ts';

export interface BooksParts {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Whether a principal has the right `control` here, as far as is known now. */
  readonly mayControl: (principal: string) => boolean;
}

/** A run that an agent may claim now. */
export interface Offered {
  readonly run: string;
  /** The name that is asked. */
  readonly agent: string;
  readonly state: Extract<RunState, 'queued' | 'stalled'>;
}

/** More decisions than any session can need one after the other. */
const DECISIONS_MAX = 1_000_000;

const question: Question = {
  sender: { principal: '', isRefused: () => false, mayWriteIn: () => true },
  budget: syncAnswerBudget,
  isAnswer: false,
};

export class Books<From> {
  readonly projection: RoomProjection;
  #ledger: Ledger<From>;
  #parts: BooksParts;
  #containers: Containers;
  #client: number | undefined;

  constructor(ledger: Ledger<From>, parts: BooksParts) {
    this.#ledger = ledger;
    this.#parts = parts;
    this.projection = new RoomProjection(ledger.index);
    this.#containers = containersOf(ledger.index);
  }

  get decider(): Decider {
    const { clock, chance, mayControl } = this.#parts;
    return {
      now: clock.now(),
      name: 'server',
      createId: () => createId(chance),
      mayControl,
    };
  }

  /** Takes every decision that is due. Returns whether anything was decided or had changed. */
  settle(): boolean {
    if (!this.projection.takeChange()) return false;
    for (let decisions = 0; decisions < DECISIONS_MAX; decisions++) {
      const writes = settleNext(this.projection, this.decider);
      if (writes.length === 0) {
        this.projection.takeChange();
        return true;
      }
      this.#write(writes);
    }
    assert(false, 'settling comes to an end');
  }

  /** Writes what was granted, and all that follows from it. */
  carryOut(outcome: Outcome): Outcome {
    if (outcome.ok) this.#write(outcome.writes);
    return outcome;
  }

  offers(): readonly Offered[] {
    const offers: Offered[] = [];
    for (const run of this.projection.runs) {
      const { state } = run.status;
      if (state !== 'queued' && state !== 'stalled') continue;
      if (isOffered(this.projection, run)) offers.push({ run: run.id, agent: run.agent, state });
    }
    return offers;
  }

  /** Whether there is a run that has not ended. */
  hasWork(): boolean {
    return [...this.projection.runs].some((run: Run) => !isFinal(run.status.state));
  }

  #write(writes: readonly Write[]): void {
    const { table } = this.#ledger.index;
    this.#client ??=
      table.writers.find(({ owner }) => owner === '')?.client ??
      freshClient(this.#parts.chance, table);
    const pen = new LaneWriter({ client: this.#client, clock: table.next(this.#client) });
    encodeWrites(pen, this.#containers, writes);
    const update = pen.flush();
    if (update === undefined) return;
    const verdict = this.#ledger.judgement(update, question).step();
    assert(verdict?.ok === true, 'what the server writes may be written');
    this.#ledger.add(verdict, '', undefined);
  }
}

/** The containers of an index: by ids of structs, as they are written beside a document. */
function containersOf(index: DocumentIndex): Containers {
  const { table, winners } = index;
  const childOf = (container: number, key: string): number | undefined => {
    const number = table.findKey(key);
    return number === undefined ? undefined : index.entry(container, number).child;
  };
  const numberOf = (container: Container): number | undefined => {
    if ('root' in container) return index.root(container.root);
    const run = childOf(index.root('runs'), 'run' in container ? container.run : container.acksOf);
    return run === undefined || 'run' in container ? run : childOf(run, 'acks');
  };
  const idOf = (row: number): StructId => ({
    client: table.client(row),
    clock: table.clock(row) + table.length(row) - 1,
  });
  return {
    idOf(container) {
      const number = numberOf(container);
      const row = number === undefined ? NO : (table.containers[number]?.row ?? NO);
      return row === NO ? undefined : idOf(row);
    },
    keyId(container, key) {
      const number = numberOf(container);
      const name = table.findKey(key);
      if (number === undefined || name === undefined) return undefined;
      const row = winners.of(number, name);
      return row === NO ? undefined : idOf(row);
    },
  };
}

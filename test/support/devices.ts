// Several devices of one session without a network: each has a document of its own, and they meet
// when a test says so. The first one's document is also where the books are kept.

import * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { type ManualClock, manualClock } from '../../src/base/clock.ts';
import { Bookkeeper, type BookkeeperOptions } from '../../src/session/bookkeeper.ts';
import type { Policy } from '../../src/session/policy.ts';
import type { Run, RunState } from '../../src/session/run.ts';
import { createSession, openSession, type Session } from '../../src/session/session.ts';

export interface DevicesOptions extends BookkeeperOptions {
  readonly policy?: Policy;
  readonly start?: number;
}

export class Devices {
  readonly clock: ManualClock;
  /** The device of `ada`, beside the books. */
  readonly ada: Session;
  readonly books: Bookkeeper;
  #others: Session[] = [];
  #seed = 2;

  constructor(options: DevicesOptions = {}) {
    const { policy = 'enqueue', start = 1_000, ...others } = options;
    this.clock = manualClock(start);
    const chance = seededChance(1);
    this.ada = createSession({
      principal: 'ada',
      agent: 'helper',
      policy,
      clock: this.clock,
      chance,
    });
    this.books = new Bookkeeper(this.ada, others);
  }

  /** Another device, which has all that is there. */
  open(principal: string): Session {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.ada.doc));
    const chance = seededChance(this.#seed++);
    const session = openSession(doc, { principal, clock: this.clock, chance });
    this.#others.push(session);
    return session;
  }

  /** Everybody gets what everybody has; then what is due is decided, and everybody gets that. */
  meet(): void {
    for (const other of this.#others) copy(other, this.ada);
    this.books.settle();
    for (const other of this.#others) copy(this.ada, other);
  }

  run(id: string | null): Run {
    const run = id === null ? undefined : this.ada.view.runs.get(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    return run;
  }

  state(id: string | null): RunState {
    return this.run(id).status.state;
  }

  /** Claims for the agent `one`, unless somebody else is named. Returns the run's id. */
  claim(id: string | null, holder = 'one'): string {
    const run = this.run(id).id;
    const outcome = this.books.claim(run, holder);
    if (!outcome.ok) throw new Error(`${run} is not claimed: ${outcome.code}`);
    return run;
  }

  /** What the holder of a run asks, at its epoch. */
  tell(id: string | null, command: Command): boolean {
    const { id: run, claim } = this.run(id);
    const { holder, epoch } = claim ?? { holder: 'nobody', epoch: 0 };
    return this.books.obey(holder, { ...command, run, epoch }).ok;
  }

  lose(id: string | null): boolean {
    const { id: run, claim } = this.run(id);
    return this.books.lose(run, claim?.epoch ?? 0).ok;
  }
}

type Asked = Parameters<Bookkeeper['obey']>[1];
type Command = Asked extends infer One
  ? One extends Asked
    ? Omit<One, 'run' | 'epoch'>
    : never
  : never;

const copy = (from: Session, to: Session): void =>
  Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)));

// The books of a session without a document: runs and requests as the decisions see them, cheap
// enough to try every order of things. It takes writes as a document would, and throws on one that
// no document may ever see: a final run that changes, a step that is not in its table.

import {
  abandonRun,
  claimRun,
  type Decider,
  type HolderCommand,
  type KnownRequest,
  loseClaim,
  obeyHolder,
  type Outcome,
  type Projection,
} from '../../src/session/bookkeeping.ts';
import { ackTable, type ControlRequest } from '../../src/session/control.ts';
import type { Policy } from '../../src/session/policy.ts';
import { isFinal, type Run, runTable } from '../../src/session/run.ts';
import { settleNext } from '../../src/session/settle.ts';
import type { Write } from '../../src/session/write.ts';

/** A run as its asker writes it; `at` is its place in the queue. */
export function run(id: string, at: number, fields: Partial<Run> = {}): Run {
  return {
    id,
    agent: 'agent',
    message: `m-${id}`,
    reply: `r-${id}`,
    createdBy: 'ada',
    createdAt: at,
    status: { state: 'queued' },
    claim: null,
    usage: null,
    startedAt: null,
    order: at,
    ...fields,
  };
}

type Asked = ControlRequest extends infer One
  ? One extends ControlRequest
    ? Omit<One, 'by' | 'at'> & { by?: string; at?: number }
    : never
  : never;

const request = (asked: Asked): ControlRequest => ({ by: 'ada', at: 1, ...asked });

/** Many values by id, in the order in which they came. */
class Shelf<Value extends { readonly id: string }> implements Iterable<Value> {
  #values: Map<string, Value>;

  constructor(values: Iterable<Value>) {
    this.#values = new Map([...values].map((value) => [value.id, value]));
  }

  get(id: string): Value | undefined {
    return this.#values.get(id);
  }

  set(value: Value): void {
    this.#values.set(value.id, value);
  }

  [Symbol.iterator](): Iterator<Value> {
    return this.#values.values();
  }
}

export interface PictureOptions {
  readonly policy?: Policy;
  readonly mayControl?: Decider['mayControl'];
}

export class Picture implements Projection {
  policy: Policy;
  titledByPerson = false;
  readonly runs: Shelf<Run>;
  readonly requests: Shelf<KnownRequest>;
  readonly mayControl: Decider['mayControl'];

  constructor(runs: Iterable<Run>, requests: Iterable<KnownRequest>, options: PictureOptions = {}) {
    const { policy = 'enqueue', mayControl = () => true } = options;
    this.policy = policy;
    this.mayControl = mayControl;
    this.runs = new Shelf(runs);
    this.requests = new Shelf(requests);
  }

  clone(): Picture {
    return new Picture(this.runs, this.requests, this);
  }

  /** What tells two pictures apart. */
  get key(): string {
    return JSON.stringify([[...this.runs], [...this.requests], this.policy]);
  }

  get decider(): Decider {
    let made = [...this.requests].length;
    return {
      now: 1_000,
      name: 'server',
      createId: () => `made-${made++}`,
      mayControl: this.mayControl,
    };
  }

  stateOf(id: string): Run['status']['state'] | undefined {
    return this.runs.get(id)?.status.state;
  }

  /** A request arrives, once. */
  ask(asked: Asked): void {
    if (this.requests.get(asked.id) !== undefined) return;
    this.requests.set({ ...request(asked), state: 'requested', ack: null });
  }

  /** A run arrives, once. */
  arrive(arrived: Run): void {
    if (this.runs.get(arrived.id) === undefined) this.runs.set(arrived);
  }

  claim(id: string, holder: string): Outcome {
    return this.take(claimRun(this, this.decider, id, holder));
  }

  /** Loses the claim that there is, if there is one. */
  lose(id: string): Outcome {
    return this.take(loseClaim(this, this.decider, id, this.runs.get(id)?.claim?.epoch ?? 0));
  }

  abandon(id: string): Outcome {
    const error = { code: 'crashed', message: 'Nobody took it.' };
    return this.take(abandonRun(this, this.decider, id, error));
  }

  obey(holder: string, command: HolderCommand): Outcome {
    return this.take(obeyHolder(this, this.decider, holder, command));
  }

  /** Takes all decisions that are due. Throws where they do not come to an end. */
  settle(): void {
    const runs = [...this.runs].length;
    // Each request is answered once, each run admitted once and ended once; admitting one may make
    // a request for every other.
    const bound = [...this.requests].length + runs * (runs + 2) + 1;
    for (let decisions = 0; decisions <= bound; decisions++) {
      const writes = settleNext(this, this.decider);
      if (writes.length === 0) return;
      this.apply(writes);
    }
    throw new Error(`more than ${bound} decisions, and always another one`);
  }

  take(outcome: Outcome): Outcome {
    if (outcome.ok) this.apply(outcome.writes);
    return outcome;
  }

  apply(writes: readonly Write[]): void {
    for (const write of writes) this.#apply(write);
  }

  #apply(write: Write): void {
    if (write.to === 'title') return;
    if (write.to === 'control') {
      this.requests.set({ ...write.request, state: 'requested', ack: null });
      return;
    }
    if (write.to === 'ack') {
      const asked = this.requests.get(write.request);
      if (asked?.run !== write.run || !ackTable[asked.state].includes(write.value.state)) {
        throw new Error(`${asked?.state} is not answered by ${JSON.stringify(write)}`);
      }
      this.requests.set({ ...asked, state: write.value.state, ack: write.value });
      return;
    }
    const known = this.runs.get(write.run);
    if (known === undefined) throw new Error(`there is no run for ${JSON.stringify(write)}`);
    if (isFinal(known.status.state)) throw new Error(`a final run gets ${JSON.stringify(write)}`);
    if (write.to === 'status') checkStep(known, write);
    this.runs.set({ ...known, [write.to]: write.value });
  }
}

function checkStep(from: Run, write: Write & { to: 'status' }): void {
  const { state } = from.status;
  const admitted = state === 'queued' && from.status.at === undefined;
  if (admitted && write.value.state === 'queued') return;
  if (Object.values(runTable[state]).includes(write.value.state)) return;
  throw new Error(`${state} does not lead to ${write.value.state}`);
}

/** Something that may happen once. */
export type Happening = (picture: Picture) => void;

/**
 * Lets things happen in every order, each at most once, and shows every picture on the way. With
 * `settled`, all decisions that are due are taken after each; else taking them is one more thing
 * that may happen, at any time and any number of times. Returns how many pictures there were.
 */
export function explore(
  start: Picture,
  happenings: readonly Happening[],
  check: (picture: Picture) => void,
  settled = true,
): number {
  const seen = new Set<string>();
  const visit = (picture: Picture, left: readonly Happening[]): void => {
    const key = `${left.map((one) => happenings.indexOf(one)).join()} ${picture.key}`;
    if (seen.has(key)) return;
    seen.add(key);
    check(picture);
    for (const one of left) {
      const next = picture.clone();
      one(next);
      if (settled) next.settle();
      visit(
        next,
        left.filter((other) => other !== one),
      );
    }
    if (settled) return;
    const next = picture.clone();
    next.settle();
    visit(next, left);
  };
  const begin = start.clone();
  if (settled) begin.settle();
  visit(begin, happenings);
  return seen.size;
}

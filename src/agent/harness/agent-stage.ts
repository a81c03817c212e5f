// A stage for one session: people, agents and a server in one memory, on a clock that a test turns.
// A script says what people do and when; agents answer as they would in production; processes can
// be killed, and started again. The same script gives the same session, every time.

import { seededChance } from '../../base/chance.ts';
import { type ManualClock, manualClock } from '../../base/clock.ts';
import { Bookkeeper } from '../../session/bookkeeper.ts';
import type { Message } from '../../session/message.ts';
import type { Policy } from '../../session/policy.ts';
import { isFinal, type Run } from '../../session/run.ts';
import { createSession, openSession, type Session } from '../../session/session.ts';
import type { View } from '../../session/view.ts';
import type { Handler } from '../conduct.ts';
import { wordsIn } from '../requests.ts';
import { Worker, type WorkerOptions } from '../worker.ts';
import { MemoryExchange } from './memory-exchange.ts';

export interface StageOptions {
  readonly policy?: Policy;
  /** How long anything takes from an agent to the server, in milliseconds; 0 where absent. */
  readonly latencyMs?: number;
  /** How long a claim lasts when its process has died; 10,000 where absent. */
  readonly leaseMs?: number;
  /** Lanes of a claim; 4 where absent. */
  readonly lanes?: number;
  /** Of all chance. */
  readonly seed?: number;
}

/** An agent process on a stage. */
export class StagedAgent {
  readonly name: string;
  readonly worker: Worker;
  #exchange: MemoryExchange;
  #expire: (release: () => void) => void;

  constructor(
    name: string,
    worker: Worker,
    exchange: MemoryExchange,
    expire: (release: () => void) => void,
  ) {
    this.name = name;
    this.worker = worker;
    this.#exchange = exchange;
    this.#expire = expire;
  }

  /** Kills it: what it has not handed over is gone, and its claims are lost when they expire. */
  crash(): void {
    this.#exchange.die();
    this.#expire(() => this.#exchange.expire());
  }

  /** Its claims expire at once, while it goes on and does not know yet. */
  loseClaims(): void {
    this.#exchange.expire();
  }

  /** As at SIGTERM. */
  drain(): Promise<void> {
    return this.worker.drain();
  }
}

export class AgentStage {
  readonly clock: ManualClock;
  /** The session as the person `ann` has it. */
  readonly ann: Session;
  readonly books: Bookkeeper;
  #options: StageOptions;
  #agents = 0;
  #scripts: { readonly when: (view: View) => boolean; readonly act: () => void }[] = [];
  #isActing = false;

  constructor(agent = 'agent', options: StageOptions = {}) {
    this.#options = options;
    this.clock = manualClock(1_000_000);
    const { policy, seed = 1 } = options;
    this.ann = createSession({
      principal: 'ann',
      agent,
      clock: this.clock,
      chance: seededChance(seed),
      ...(policy !== undefined && { policy }),
    });
    this.books = new Bookkeeper(this.as('server'));
    this.ann.subscribe(
      (view) => view,
      () => this.#act(),
    );
  }

  get view(): View {
    return this.ann.view;
  }

  /** The session as somebody else has it. */
  as(principal: string): Session {
    const { seed = 1 } = this.#options;
    const chance = seededChance(seed * 1_000 + ++this.#agents);
    return openSession(this.ann.doc, { principal, id: this.ann.id, clock: this.clock, chance });
  }

  /** Starts a process of an agent. */
  start(handler: Handler, options: Partial<WorkerOptions> & { name?: string } = {}): StagedAgent {
    const { latencyMs = 0, leaseMs = 10_000, lanes = 4, seed = 1 } = this.#options;
    const { name = this.view.meta.agent ?? 'agent' } = options;
    const exchange = new MemoryExchange(name, {
      session: this.as(`agent:${name}`),
      books: this.books,
      clock: this.clock,
      latencyMs,
      lanes,
    });
    const chance = seededChance(seed * 7 + this.#agents);
    const worker = new Worker(exchange, { ...options, handler }, this.clock, chance);
    return new StagedAgent(name, worker, exchange, (expire) => {
      this.clock.after(leaseMs, expire);
    });
  }

  /** Sends a prompt of `ann`. Returns the run's id. */
  async ask(prompt: string): Promise<string> {
    const { run } = this.ann.send(prompt);
    if (run === null) throw new Error('the session asks no agent');
    this.books.settle();
    await this.settled();
    return run;
  }

  /** Does something once, as soon as the session is as described. */
  when(condition: (view: View) => boolean, act: () => void): void {
    this.#scripts.push({ when: condition, act });
    this.#act();
  }

  /** The same, as soon as the reply of a run has this text in it. */
  whenText(run: string, text: string, act: () => void): void {
    this.when(() => this.text(run).includes(text), act);
  }

  /** Resolves when nobody has anything to do at this moment. A handler must wait for nothing outside. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) {
      await Promise.resolve();
      if (turn % 40 === 0) this.books.settle();
    }
  }

  /** Lets time pass, in small steps, with all that happens meanwhile. */
  async pass(ms: number, stepMs = 10): Promise<void> {
    await this.settled();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await this.settled();
    }
  }

  run(id: string): Run {
    const run = this.view.runs.get(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    return run;
  }

  /** Whether the run has ended. */
  isOver(id: string): boolean {
    return isFinal(this.run(id).status.state);
  }

  reply(run: string): Message | undefined {
    return this.view.messages.get(this.run(run).reply);
  }

  /** The text of a reply. */
  text(run: string): string {
    return wordsIn(this.reply(run)?.parts ?? []);
  }

  /** Outside the transaction that was heard of: what is done is a change of its own. */
  #act(): void {
    if (this.#isActing) return;
    this.#isActing = true;
    queueMicrotask(() => {
      this.#isActing = false;
      const due = this.#scripts.filter(({ when }) => when(this.view));
      this.#scripts = this.#scripts.filter((script) => !due.includes(script));
      for (const { act } of due) act();
      if (due.length > 0) this.books.settle();
    });
  }
}

/** More turns than anything waits for that waits for no time. */
const TURNS = 200;

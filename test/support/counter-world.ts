// A server with a short or a usual lease, counting agents as real processes, and people who watch. The server
// is in this process: what dies here are agents.

import { fileURLToPath } from 'node:url';
import { personRights } from '../../server/access/local-token.ts';
import { signToken } from '../../server/access/tokens.ts';
import { createServer, type RunningServer } from '../../server/server.ts';
import { below, seededChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { withFolder } from './folder.ts';
import { within } from './hang.ts';
import { Program } from './program.ts';
import { Visitor } from './visitor.ts';

const SECRET = 'a secret for a world in which agents die often';
const FILE = fileURLToPath(new URL('./counter-agent.ts', import.meta.url));

export interface Counting {
  readonly event: string;
  readonly run?: string;
  readonly epoch?: number;
  readonly end?: string;
  readonly state?: string;
}

export class CounterAgent {
  /** By which claims name it. */
  readonly principal: string;
  readonly program: Program;

  constructor(principal: string, program: Program) {
    this.principal = principal;
    this.program = program;
  }

  get said(): readonly Counting[] {
    const lines = this.program.printed.out.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Counting);
  }

  async ready(): Promise<this> {
    await this.program.prints(/"state":"ready"/);
    return this;
  }
}

export interface CounterWorldOptions {
  /** Of a claim; as usual where absent. */
  readonly leaseMs?: number;
  readonly words: number;
  /** Words a millisecond. */
  readonly pace?: number;
  /** In each process, each with one hand; one with many where absent. */
  readonly agentsEach?: number;
}

export class CounterWorld {
  readonly url: string;
  #options: CounterWorldOptions;
  #agents: CounterAgent[] = [];
  #visitors: Visitor[] = [];
  #names = 0;

  private constructor(url: string, options: CounterWorldOptions) {
    this.url = url;
    this.#options = options;
  }

  static run(
    options: CounterWorldOptions,
    act: (world: CounterWorld) => Promise<void>,
  ): Promise<void> {
    return withFolder(async (data) => {
      const { leaseMs } = options;
      const log = leaseMs === undefined ? {} : { leaseMs };
      const server: RunningServer = await createServer({ data, keys: { secret: SECRET }, log });
      const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
      const world = new CounterWorld(url, options);
      try {
        await act(world);
      } finally {
        for (const visitor of world.#visitors) visitor.close();
        await Promise.all(world.#agents.map(({ program }) => program.kill()));
        await server.close();
      }
    });
  }

  /** Starts a process; it is ready later. */
  async agent(name = 'counter'): Promise<CounterAgent> {
    const principal = `agent:${name}-${++this.#names}`;
    const { words, pace = 1, agentsEach = 1 } = this.#options;
    const token = await tokenOf(principal, 'agent');
    const args = [this.url, name, token, ...[words, pace, agentsEach].map(String)];
    const agent = new CounterAgent(principal, new Program([FILE, ...args]));
    this.#agents.push(agent);
    return agent;
  }

  /** What all processes said that they did. */
  get said(): readonly Counting[] {
    return this.#agents.flatMap(({ said }) => said);
  }

  /** A person in a new session. */
  async person(id: string, agent = 'counter'): Promise<Visitor> {
    const token = await tokenOf('ann', 'person');
    const visitor = await Visitor.open({ url: this.url, token, id, agent });
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Another one in a session that is there. */
  async watcher(id: string): Promise<Visitor> {
    const token = await tokenOf('bob', 'person');
    const visitor = await Visitor.visit({ url: this.url, token, id });
    this.#visitors.push(visitor);
    return visitor;
  }

  /** The process that holds a run. */
  holder(visitor: Visitor, run: string): CounterAgent {
    const holder = visitor.run(run)?.claim?.holder;
    const agent = this.#agents.find(({ principal }) => principal === holder);
    if (agent === undefined) throw new Error(`nobody of this world holds ${run}`);
    return agent;
  }
}

function tokenOf(sub: string, kind: 'person' | 'agent'): Promise<string> {
  const exp = Math.floor(systemClock.now() / 1_000) + 3_000;
  const ofAgent = ['read', 'write', 'annotate', 'agent'] as const;
  const rights = kind === 'agent' ? [...ofAgent] : [...personRights];
  return signToken(SECRET, { sub, name: sub, kind, rights, sessions: ['*'], exp });
}

/** How long it took, in milliseconds. */
export async function timed(act: () => Promise<void>, what: string): Promise<number> {
  const begun = systemClock.now();
  await within(act(), what);
  return systemClock.now() - begun;
}

/** Whole numbers from 0 to below a bound, the same for the same seed. */
export type Dice = (bound: number) => number;

export function dice(seed: number): Dice {
  const chance = seededChance(seed);
  return (bound) => below(chance, bound);
}

// A server and the agents beside it, each a process of its own that is kept running. They start in that
// order and stop in the other: agents drain while there is still a server to tell. When this
// process is gone, even by SIGKILL, the stdin of its children ends, and they with it.

import * as v from 'valibot';
import { HoldfastError } from '../../src/base/error.ts';
import { OwnProcess } from './child-process.ts';
import { Keeper } from './keeper.ts';
import { stopWish } from './stop-wish.ts';
import type { Surroundings } from './surroundings.ts';

export interface AgentSpec {
  /** For people. */
  readonly name: string;
  /** What is worth telling of it. */
  readonly about?: string;
  /** Without the url of the server, which is known later. */
  readonly args: readonly string[];
}

export interface Supervised {
  /** Of `serve`, without its port. */
  readonly server: readonly string[];
  readonly port: number;
  /** Of all children. */
  readonly env: Surroundings['env'];
  /** Known once the server runs. */
  readonly agents: () => Promise<readonly AgentSpec[]>;
  readonly announce: (url: string, agents: readonly AgentSpec[]) => Promise<string> | string;
}

class SupervisorError extends HoldfastError<'child-failed'> {
  override readonly name = 'SupervisorError';
}

/** Resolves when it was told to stop and everything has. Rejects where the server cannot run. */
export async function supervise(wanted: Supervised, around: Surroundings): Promise<void> {
  const { env } = wanted;
  const { clock, chance, err, out } = around;
  const wish = stopWish(clock);
  const say = (sentence: string): void => err(`holdfast: ${sentence}\n`);
  const first = new ServerStart(wanted, wanted.port, err);
  const begun = await Promise.race([first.listening, first.ended, wish.stopped]);
  if (typeof begun === 'object') throw failed(first.process.lastWords);
  const keepers: Keeper[] = [];
  let port = wanted.port;
  const failure = Promise.withResolvers<never>();
  const server = new Keeper(
    {
      name: 'The server',
      start: () => new ServerStart(wanted, port, err).released(),
      clock,
      chance,
      say,
      onGivenUp: () => failure.reject(failed('The server could not be kept running.')),
    },
    first.process,
  );
  try {
    if (begun !== undefined) {
      port = Number(new URL(begun).port);
      const agents = await wanted.agents();
      for (const { name, args } of agents) {
        const all = [...args, '--url', begun, '--stop-with-stdin'];
        const start = () => new OwnProcess(all, env, { onError: (line) => err(`${line}\n`) });
        keepers.push(new Keeper({ name: `The agent ${name}`, start, clock, chance, say }));
      }
      first.released();
      out(await wanted.announce(begun, agents));
      await Promise.race([wish.stopped, failure.promise]);
    }
  } finally {
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    await server.stop();
    wish.end();
  }
}

const listeningSchema = v.object({ event: v.literal('listening'), url: v.string() });

/** A server on its way. What it says before it listens is held back: it may be why it does not. */
class ServerStart {
  readonly process: OwnProcess;
  readonly listening: Promise<string>;
  readonly ended: OwnProcess['ended'];
  #held: string[] | undefined = [];
  #err: (text: string) => void;

  constructor({ server, env }: Supervised, port: number, err: (text: string) => void) {
    this.#err = err;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.listening = promise;
    const args = ['serve', ...server, '--port', String(port), '--json', '--stop-with-stdin'];
    this.process = new OwnProcess(args, env, {
      onLine: (line) => {
        const url = urlIn(line);
        if (url !== undefined) resolve(url);
      },
      onError: (line) => this.#heard(`${line}\n`),
    });
    this.ended = this.process.ended;
  }

  /** What it says is heard from now on. */
  released(): OwnProcess {
    for (const line of this.#held ?? []) this.#err(line);
    this.#held = undefined;
    return this.process;
  }

  #heard(line: string): void {
    if (this.#held === undefined) this.#err(line);
    else this.#held.push(line);
  }
}

function urlIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const said = v.safeParse(listeningSchema, JSON.parse(line));
    return said.success ? said.output.url : undefined;
  } catch {
    return undefined;
  }
}

function failed(words: string): SupervisorError {
  const sentence = words.replace(/^holdfast: /, '');
  return new SupervisorError('child-failed', sentence || 'The server ended before it listened.');
}

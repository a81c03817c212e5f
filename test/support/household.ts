// `holdfast start` as a process, with the processes it makes: which they are, and whether they are gone.

import { readdirSync, readFileSync } from 'node:fs';
import { localSecret } from '../../server/cli/local-secret.ts';
import { signToken } from '../../server/access/tokens.ts';
import { personRights } from '../../server/access/local-token.ts';
import { systemChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { holdfast, Program } from './program.ts';
import { Visitor } from './visitor.ts';

export interface Child {
  readonly pid: number;
  /** `serve`, `guide`, ... */
  readonly command: string;
}

export class Household {
  readonly program: Program;
  readonly url: string;
  readonly pid: number;
  readonly agents: readonly string[];
  readonly folder: string;

  private constructor(program: Program, line: string, folder: string) {
    const said = JSON.parse(line) as { url: string; pid: number; agents: string[] };
    this.program = program;
    this.url = said.url;
    this.pid = said.pid;
    this.agents = said.agents;
    this.folder = folder;
  }

  static async start(folder: string, env: Readonly<Record<string, string>> = {}) {
    const model = 'OPENAI_BASE_URL' in env ? [] : ['--no-model'];
    const flags = [...model, '--json', '--port', '0', '--data', folder];
    const program = new Program([holdfast, 'start', ...flags], env);
    const [line = ''] = await program.prints(/^.+\n/);
    return new Household(program, line, folder);
  }

  /** A person in a new session. */
  async visitor(id: string, agent = 'guide'): Promise<Visitor> {
    const { url, folder } = this;
    const token = await personToken(folder, 'ann');
    return Visitor.open({ url, token, id, agent });
  }

  children(): readonly Child[] {
    return childrenOf(this.pid);
  }
}

/** Signed here: a process for each would take seconds. */
async function personToken(folder: string, sub: string): Promise<string> {
  const exp = Math.floor(systemClock.now() / 1_000) + 3_000;
  const rights = [...personRights];
  const claims = { sub, name: sub, kind: 'person' as const, rights, sessions: ['*'], exp };
  return signToken(await localSecret(folder, systemChance()), claims);
}

/** Read from /proc, as the tests of this kind need Linux anyway. */
export function childrenOf(parent: number): readonly Child[] {
  return readdirSync('/proc').flatMap((name): readonly Child[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [, ppid] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      if (Number(ppid) !== parent) return [];
      const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const at = args.findIndex((arg) => arg.endsWith('main.ts'));
      return [{ pid: Number(name), command: args[at + 1] ?? '' }];
    } catch {
      // It ended while it was looked at.
      return [];
    }
  });
}

export function isAlive(pid: number): boolean {
  try {
    // A process that nobody waited for is dead too.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Looks again and again, because nobody tells when a process of somebody else ends. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  for (let look = 0; look < 1_200; look++) {
    if (await holds()) return;
    await new Promise<void>((resolve) => void systemClock.after(50, resolve));
  }
  throw new Error(`waited in vain for ${what}`);
}

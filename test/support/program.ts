// A program as a real process of which a test reads what it prints, as it prints it, and
// which it stops. Whatever is forgotten is killed when the test process ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { within } from './hang.ts';
import type { Ending } from './server-process.ts';

export const holdfast = fileURLToPath(new URL('../../server/cli/main.ts', import.meta.url));
export const bootstrap = fileURLToPath(new URL('../../tools/bootstrap.mjs', import.meta.url));
const flags = ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'];

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export class Program {
  /** What it printed so far. */
  readonly printed = { out: '', err: '' };
  readonly ended: Promise<Ending>;
  #child: ChildProcess;
  #waiting: (() => void)[] = [];

  /** `file` and its arguments, with an environment of its own. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [...flags, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
      // A group of its own, as a terminal gives one to what runs in it.
      detached: true,
    });
    this.#child = child;
    living.add(child);
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise;
    child.once('close', (code, signal) => {
      living.delete(child);
      resolve({ code, signal });
      this.#look();
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#heard('out', text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#heard('err', text));
  }

  /** What `pattern` finds in what it prints on stdout, now or later. Rejects when it ends without. */
  async prints(pattern: RegExp): Promise<readonly string[]> {
    for (;;) {
      const found = pattern.exec(this.printed.out);
      if (found !== null) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`it ended without ${String(pattern)}: ${this.printed.err}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await within(promise, `${String(pattern)} in what a program prints`);
    }
  }

  /** As Ctrl-C does: everybody in its group hears it. */
  async interrupt(): Promise<Ending> {
    process.kill(-(this.#child.pid ?? 0), 'SIGINT');
    return within(this.ended, 'the end of a program that was interrupted');
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ending> {
    this.#child.kill(signal);
    return within(this.ended, `the end of a program that got ${signal}`);
  }

  /** Without waiting for anything. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #heard(where: 'out' | 'err', text: string): void {
    this.printed[where] += text;
    this.#look();
  }

  #look(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

// A process of this same program, under another command. It holds nothing of its parent's but its stdin,
// which ends when the parent is gone, however it went; and it stands in a group of its own, so that
// Ctrl-C in a terminal reaches the parent alone, which stops its children in good order.

import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from './surroundings.ts';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that runs. */
export interface Running {
  /** Resolves when it has, however it did. */
  readonly ended: Promise<Ending>;
  /** The last line that it said on stderr; empty where it said nothing. */
  readonly lastWords: string;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildHooks {
  /** Hears each line of stdout. */
  readonly onLine?: (line: string) => void;
  /** Hears each line of stderr. */
  readonly onError?: (line: string) => void;
}

const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url));

export class OwnProcess implements Running {
  readonly ended: Promise<Ending>;
  readonly pid: number | undefined;
  #child: ChildProcess;
  #last = '';

  constructor(args: readonly string[], env: Surroundings['env'], hooks: ChildHooks = {}) {
    const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...env },
      detached: true,
    });
    this.#child = child;
    this.pid = child.pid;
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => hooks.onLine?.(line));
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.#last = line;
      hooks.onError?.(line);
    });
    this.ended = new Promise((resolve) => {
      child.once('error', ({ message }) => {
        this.#last = message;
        resolve({ code: 1, signal: null });
      });
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get lastWords(): string {
    return this.#last;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

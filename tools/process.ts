// Runs one command after another for the tools. It hands our signals on to whatever runs, and
// remembers that it was asked to stop, so that a suite ends when its reader presses Ctrl-C instead
// of going on with the next step.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Ending {
  /** Exit code; 1 stands for a death by signal or a command that could not start. */
  readonly code: number;
  /** The signal by which we were asked to stop meanwhile, if any. */
  readonly stopped: NodeJS.Signals | undefined;
}

export interface Output extends Ending {
  /** What the command wrote to both of its streams, in order of arrival. */
  readonly text: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a Node program to its end with our own streams. `args` begins with the file to run. */
export async function runNode(args: readonly string[], options: RunOptions = {}): Promise<Ending> {
  return launch(process.execPath, args, options, undefined);
}

/** Runs a command to its end and keeps what it wrote, for tools that read or hide it. */
export async function readCommand(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  const pieces: string[] = [];
  const ending = await launch(command, args, options, (piece) => pieces.push(piece));
  return { ...ending, text: pieces.join('') };
}

function launch(
  command: string,
  args: readonly string[],
  options: RunOptions,
  onText: ((piece: string) => void) | undefined,
): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: onText === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let stopped: NodeJS.Signals | undefined;
  const forward = (signal: NodeJS.Signals): void => {
    stopped = signal;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => onText?.(piece));
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => onText?.(piece));
  const settle = (code: number): void => {
    for (const signal of signals) process.off(signal, forward);
    resolve({ code, stopped });
  };
  child.once('error', (error) => {
    onText?.(`${command}: ${error.message}\n`);
    settle(1);
  });
  child.once('close', (code) => settle(code ?? 1));
  return promise;
}

// A server as a real process: started on a data folder, waited for until it listens, told to
// stop or killed, and started again on what it left. Whatever a test forgets is killed when
// the test process ends, so that nothing outlives a run.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from './hang.ts';

const MAIN = fileURLToPath(new URL('../../server/cli/main.ts', import.meta.url));
const NODE_FLAGS = ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'];

export interface ServerOptions {
  readonly folder: string;
  /** After `serve --json --host 127.0.0.1 --port ... --data ...`. */
  readonly args?: readonly string[];
  /** Beside what the process inherits; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program with the same command line; our own where absent. */
  readonly program?: string;
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** 0 where absent: any that is free. */
  readonly port?: number;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export class ServerProcess {
  readonly options: ServerOptions;
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<Ending>;
  #child: ChildProcess;
  #errors: string[];

  constructor(options: ServerOptions, started: Started) {
    this.options = options;
    this.url = started.url;
    this.pid = started.pid;
    this.ended = started.ended;
    this.#child = started.child;
    this.#errors = started.errors;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** What it wrote to stderr so far. */
  get errors(): string {
    return this.#errors.join('');
  }

  /** Ends it with a signal, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ending> {
    this.#child.kill(signal);
    return within(this.ended, `the end of a server that got ${signal}`);
  }

  /** Asks it to stop, and waits for its exit code. */
  stop(): Promise<Ending> {
    return this.kill('SIGTERM');
  }

  /**
   * Starts it again on the same folder and, if nobody has taken it meanwhile, the same port.
   * Whoever runs is stopped first. `env` replaces what it had.
   */
  async restart(changes: Pick<ServerOptions, 'env'> = {}): Promise<ServerProcess> {
    await this.stop();
    const options = { ...this.options, ...changes };
    const again = await start({ ...options, port: this.port });
    const started = 'code' in again ? await start({ ...options, port: 0 }) : again;
    return runningOr(options, started);
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly pid: number;
  readonly ended: Promise<Ending>;
  readonly errors: string[];
}

/** How a server ended that never listened, and what it said. */
export interface FailedStart extends Ending {
  readonly errors: string;
}

type Outcome = Started | (Ending & { readonly errors: string[] });

/** Starts a server that may end before it listens: the server, or how it ended. */
export async function tryStart(options: ServerOptions): Promise<ServerProcess | FailedStart> {
  const outcome = await start(options);
  if (!('code' in outcome)) return runningOr(options, outcome);
  return { ...outcome, errors: outcome.errors.join('') };
}

/** Starts a server and throws with its own words where it ends before it listens. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  return runningOr(options, await start(options));
}

/** Starts what is expected to refuse: how it ended, and what it said. */
export async function refusedStart(options: ServerOptions): Promise<FailedStart> {
  const outcome = await tryStart(options);
  if (!(outcome instanceof ServerProcess)) return outcome;
  await outcome.kill();
  throw new Error('the server started');
}

/** Runs with a server that is gone afterwards. */
export async function withServer<T>(
  options: ServerOptions,
  act: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await startServer(options);
  try {
    return await act(server);
  } finally {
    await server.kill();
  }
}

/** Runs another command of the same program and gives what it printed. Throws where it fails. */
export async function runCommand(
  args: readonly string[],
  options: Pick<ServerOptions, 'env' | 'program'> = {},
): Promise<string> {
  const { child, ended, errors } = spawned(options, args);
  const printed: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  const { code } = await within(ended, `the end of ${args.join(' ')}`);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${errors.join('')}`);
  return printed.join('');
}

export interface TokenWish {
  readonly sub: string;
  readonly kind?: 'person' | 'agent';
  readonly rights?: readonly string[];
  readonly sessions?: readonly string[];
  readonly ttl?: string;
}

/** A token of the folder's own secret, by the command that people use. */
export async function makeToken(
  folder: string,
  wish: TokenWish,
  options: Pick<ServerOptions, 'env' | 'program'> = {},
): Promise<string> {
  const { sub, kind, rights, sessions = ['*'], ttl } = wish;
  const given = Object.entries({ sub, kind, ttl }).filter(([, value]) => value !== undefined);
  const flags = [
    ...given.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(rights === undefined ? [] : ['--rights', rights.join()]),
    '--sessions',
    sessions.join(),
  ];
  return (await runCommand(['token', '--data', folder, ...flags], options)).trim();
}

function runningOr(options: ServerOptions, outcome: Outcome): ServerProcess {
  if (!('code' in outcome)) return new ServerProcess(options, outcome);
  const { code, signal, errors } = outcome;
  throw new Error(`the server ended before it listened (${code ?? signal}): ${errors.join('')}`);
}

async function start(options: ServerOptions): Promise<Outcome> {
  const { folder, port = 0, args = [] } = options;
  const { child, ended, errors } = spawned(options, [
    'serve',
    '--json',
    '--host=127.0.0.1',
    `--port=${port}`,
    `--data=${folder}`,
    ...args,
  ]);
  const url = listening(child);
  const first = await within(Promise.race([url, ended]), 'a server that listens');
  if (typeof first !== 'string') return { ...first, errors };
  return { child, url: first, pid: child.pid ?? 0, ended, errors };
}

function spawned(
  { program = MAIN, nodeArgs = [], env = {} }: Omit<ServerOptions, 'folder'>,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<Ending>; errors: string[] } {
  const child = spawn(process.execPath, [...NODE_FLAGS, ...nodeArgs, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  living.add(child);
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  // `close`, not `exit`: then all that it said has been read.
  child.once('close', (code, signal) => {
    living.delete(child);
    resolve({ code, signal });
  });
  return { child, ended, errors };
}

/** The url in the first line that says it listens; the lines after it are read away. */
function listening(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  if (child.stdout === null) throw new Error('a server without stdout');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = urlIn(line);
    if (url !== undefined) resolve(url);
  });
  return promise;
}

function urlIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const said = JSON.parse(line) as { event?: unknown; url?: unknown };
  return said.event === 'listening' && typeof said.url === 'string' ? said.url : undefined;
}

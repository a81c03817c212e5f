// The servers that are measured, and how each is started: as a process of its own, with the same
// Node and the same probe, on 127.0.0.1 and any free port. The peers are installed on first use,
// from their own lock file. Ours runs as it would for anybody: durable, with a token, on a new
// data folder that is gone afterwards.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';
import type { Question, Usage } from './probe.ts';

/** How a server is spoken to (wire.ts). */
export type Dialect = 'raw' | 'y-websocket' | 'hocuspocus';

export type Name = 'holdfast' | 'raw ws' | 'y-websocket' | 'hocuspocus';

/** What a client needs to know of a server. */
export interface Target {
  readonly name: Name;
  readonly dialect: Dialect;
  readonly url: string;
  /** Of different principals, all of whom may do everything; empty where nobody asks. */
  readonly tokens: readonly string[];
}

export interface RunningServer {
  readonly target: Target;
  usage(): Promise<Usage>;
  /** The same, after everything that can be collected was collected. */
  collected(): Promise<Usage>;
  stop(): Promise<void>;
}

const here = import.meta.dirname;
const root = join(here, '../..');
const peers = join(here, '../peers');
const main = join(root, 'server/cli/main.ts');
const flags = ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'];

/** So many make the load: one alone may not have as many connections as some loads need. */
const PRINCIPALS = 16;

/** Servers that keep documents, which raw does not. */
export const documentServers: readonly Name[] = ['holdfast', 'y-websocket', 'hocuspocus'];
export const allServers: readonly Name[] = ['raw ws', ...documentServers];

/** Installs the peers as their lock file says, unless they are there. */
export async function installPeers(names: readonly Name[]): Promise<void> {
  const lock = join(peers, 'package-lock.json');
  const installed = join(peers, 'node_modules/.package-lock.json');
  const needed = names.some((name) => name === 'y-websocket' || name === 'hocuspocus');
  if (!needed || (existsSync(installed) && isOf(installed, lock))) return;
  process.stderr.write('bench: installing the peers that are measured beside ours ...\n');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const [program, given] = npm === undefined ? ['npm', args] : [process.execPath, [npm, ...args]];
  await promisify(execFile)(program, given, { cwd: peers });
}

/** Whether every package of the lock file is installed in the version it says. */
function isOf(installed: string, lock: string): boolean {
  const there = versionsIn(installed);
  return Object.entries(versionsIn(lock)).every(
    ([path, { version, optional }]) =>
      path === '' || there[path]?.version === version || optional === true,
  );
}

function versionsIn(
  path: string,
): Readonly<Record<string, { version?: string; optional?: boolean }>> {
  const lock = JSON.parse(readFileSync(path, 'utf8')) as {
    packages: Record<string, { version?: string; optional?: boolean }>;
  };
  return lock.packages;
}

export async function startServer(name: Name): Promise<RunningServer> {
  if (name === 'holdfast') return startOurs();
  const program = {
    'raw ws': 'raw.ts',
    'y-websocket': 'y-websocket.ts',
    hocuspocus: 'hocuspocus.ts',
  };
  const dialect = name === 'raw ws' ? 'raw' : name;
  const { child, url } = await started([join(peers, program[name])]);
  return running(child, { name, dialect, url, tokens: [] }, async () => undefined);
}

async function startOurs(): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const secret = randomBytes(32).toString('base64url');
  const where = ['--host', '127.0.0.1', '--port', '0', '--data', folder];
  const { child, url } = await started([main, 'serve', '--json', ...where, '--log-level', 'warn'], {
    AUTH_SECRET: secret,
  });
  const tokens = await Promise.all(Array.from({ length: PRINCIPALS }, (_, at) => sign(secret, at)));
  const target: Target = { name: 'holdfast', dialect: 'y-websocket', url, tokens };
  return running(child, target, () => rm(folder, { recursive: true, force: true }));
}

/** A token of one of the principals that make the load. */
function sign(secret: string, principal: number): Promise<string> {
  const rights = ['read', 'write', 'control', 'annotate', 'agent', 'create', 'admin'];
  const name = `bench-${principal}`;
  return new SignJWT({ name, kind: 'agent', rights, sessions: ['*'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(name)
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(Buffer.from(secret));
}

async function started(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ child: ChildProcess; url: string }> {
  const probe = join(here, 'probe.ts');
  const child = spawn(process.execPath, [...flags, '--import', probe, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)));
  if (child.stdout === null) throw new Error('a server without stdout');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"event":"listening"')) resolve((JSON.parse(line) as { url: string }).url);
  });
  return { child, url: await promise };
}

function running(child: ChildProcess, target: Target, clear: () => Promise<void>): RunningServer {
  const ask = (question: Question): Promise<Usage> => {
    const { promise, resolve } = Promise.withResolvers<Usage>();
    child.once('message', (usage) => resolve(usage as Usage));
    child.send(question);
    return promise;
  };
  return {
    target,
    usage: () => ask('usage'),
    collected: () => ask('collect'),
    async stop() {
      const { promise, resolve } = Promise.withResolvers<void>();
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
      await promise;
      await clear();
    },
  };
}

// The first command in a fresh clone: tools/bootstrap.mjs, run as a process in a folder of its own,
// with an npm that only notes how it was called.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseNode, firstMissing } from '../../../tools/bootstrap.mjs';
import { root } from '../../../tools/process.ts';

const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' } } };

/** Notes its arguments, and installs what the lock file names unless told to fail. */
const fakeNpm = `
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
if (process.env.FAIL_WITH) process.exit(Number(process.env.FAIL_WITH));
mkdirSync('node_modules', { recursive: true });
cpSync('package-lock.json', 'node_modules/.package-lock.json');
`;

/** Says that it runs, then waits for a signal for ever. */
const waits = `
process.on(process.env.LISTEN_TO ?? 'SIGUSR2', (signal) => {
  console.log('heard ' + signal);
  process.exit(7);
});
process.stdin.resume();
console.log('runs');
`;

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-bootstrap-'));
  await mkdir(join(folder, 'tools'));
  await cp(join(root, 'tools/bootstrap.mjs'), join(folder, 'tools/bootstrap.mjs'));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(join(folder, 'npm-cli.mjs'), fakeNpm);
  await writeFile(join(folder, 'waits.mjs'), waits);
  await writeFile(
    join(folder, 'ends.ts'),
    'const code: string | undefined = process.argv[2];\n' +
      "console.log('ends', process.cwd(), ...process.execArgv);\nprocess.exit(Number(code));",
  );
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function bootstrap(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const npm = { npm_execpath: join(folder, 'npm-cli.mjs') };
  return spawn(process.execPath, [join(folder, 'tools/bootstrap.mjs'), ...args], {
    cwd: tmpdir(),
    env: { ...process.env, ...npm, ...env },
  });
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly error: string;
}

/** Waits for the end; `onText` sees each piece of its standard output as it comes. */
async function endOf(child: ChildProcess, onText?: (text: string) => void): Promise<End> {
  let out = '';
  let error = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    onText?.(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (error += text));
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, out, error };
}

async function npmCalls(): Promise<string> {
  return readFile(join(folder, 'npm-calls'), 'utf8').catch(() => '');
}

describe('bootstrap', () => {
  test('installs what is missing, development tools too, says so, and runs the file', async () => {
    const end = await endOf(bootstrap(['ends.ts', '0'], { NODE_ENV: 'production' }));
    expect(await npmCalls()).toMatch(/^ci --include=dev /);
    expect(end.error).toMatch(/installing what is missing with npm ci .*node_modules\/a/);
    expect(end).toMatchObject({ code: 0, out: expect.stringContaining('ends') });
  });

  test('installs nothing when everything is there', async () => {
    await endOf(bootstrap(['ends.ts', '0']));
    const end = await endOf(bootstrap(['ends.ts', '0']));
    expect((await npmCalls()).trim().split('\n')).toHaveLength(1);
    expect(end).toMatchObject({ code: 0, error: '' });
  });

  test('runs nothing when the installation fails, and ends as it did', async () => {
    const end = await endOf(bootstrap(['ends.ts', '0'], { FAIL_WITH: '4' }));
    expect(end).toMatchObject({ code: 4, out: '' });
    expect(end.error).toContain('npm ci failed');
  });

  test('runs the file in the root, with our entries read from their sources', async () => {
    const { out } = await endOf(bootstrap(['ends.ts', '0']));
    expect(out).toContain(` ${folder} `);
    expect(out).toContain('--conditions=holdfast-source');
  });

  test('hands the exit code on', async () => {
    expect(await endOf(bootstrap(['ends.ts', '5']))).toMatchObject({ code: 5, signal: null });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('hands %s on and waits', async (signal) => {
    const child = bootstrap(['waits.mjs'], { LISTEN_TO: signal });
    const end = await endOf(child, (text) => text.includes('runs') && child.kill(signal));
    expect(end).toMatchObject({ code: 7, out: `runs\nheard ${signal}\n` });
  });

  test('dies of the signal of which its child died', async () => {
    const child = bootstrap(['waits.mjs']);
    const end = await endOf(child, () => child.kill('SIGTERM'));
    expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});

describe('the choice of a Node', () => {
  const choose = (version: string, bundled: string | null = null) =>
    chooseNode({ bundled, running: 'running', version });

  test('prefers the one among the dependencies', () => {
    expect(choose('26.0.0', 'bundled')).toEqual({ run: 'bundled' });
    expect(choose('20.20.2', 'bundled')).toEqual({ run: 'bundled' });
  });

  test.each(['22.18.0', '23.0.0', '24.1.0'])('takes the running %s without it', (version) => {
    expect(choose(version)).toEqual({ run: 'running' });
  });

  test.each(['20.20.2', '22.17.9'])('says in one sentence what to do with %s', (version) => {
    const choice = choose(version);
    expect(choice).toHaveProperty('sorry', expect.stringContaining(version));
    expect(choice).toHaveProperty('sorry', expect.stringContaining('install a newer Node'));
  });
});

describe('what is missing', () => {
  const a = { version: '1.0.0', integrity: 'x' };
  const missing = (wanted: object, found: object) =>
    firstMissing({ packages: { '': {}, ...wanted } }, { packages: { ...found } });

  test('is nothing when all of the lock file is there', () => {
    expect(missing({ a }, { a, more: a })).toBeNull();
    expect(missing({ a, b: { ...a, optional: true }, c: { link: true } }, { a })).toBeNull();
  });

  test.each([
    ['was never installed', {}],
    ['has another version', { a: { ...a, version: '0.9.0' } }],
    ['has other contents', { a: { ...a, integrity: 'y' } }],
  ])('is a package that %s', (_, found) => expect(missing({ a }, found)).toBe('a'));
});

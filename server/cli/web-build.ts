// The page, built anew in a checkout whose sources are newer than what was built, so that `npm start`
// shows what is written. An installed package brings its page and builds nothing.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Surroundings } from './surroundings.ts';

/** What the page is made of. */
const SOURCES = ['web', 'src', 'package-lock.json'];
const BUILT = join('dist', 'web', 'index.html');
const CONFIG = join('web', 'vite.config.ts');

/** Whether the page of this checkout has to be built. */
export async function isPageStale(checkout: string): Promise<boolean> {
  if (!existsSync(join(checkout, CONFIG))) return false;
  const built = await changedAt(join(checkout, BUILT));
  for (const source of SOURCES) {
    if ((await newest(join(checkout, source))) > built) return true;
  }
  return false;
}

/** Builds it where it has to be. A page that cannot be built is told of and stops nothing. */
export async function buildPage(
  checkout: string,
  { err }: Pick<Surroundings, 'err'>,
): Promise<void> {
  if (!(await isPageStale(checkout))) return;
  err('holdfast: building the page, because its sources are newer ...\n');
  const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', CONFIG, '--logLevel', 'warn'];
  const child = spawn(process.execPath, args, { cwd: checkout, stdio: ['ignore', 2, 2] });
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (exit, signal) => resolve(exit ?? signal));
  });
  err(
    code === 0
      ? 'holdfast: the page is built\n'
      : `holdfast: the page could not be built (${code}), so it is the one that was there before\n`,
  );
}

async function newest(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const times = await Promise.all(['', ...names].map((name) => changedAt(join(path, name))));
  return times.reduce((last, time) => Math.max(last, time), 0);
}

/** In milliseconds since 1970; 0 of what is not there. */
async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

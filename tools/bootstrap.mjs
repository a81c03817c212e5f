// The first thing every command runs: `node tools/bootstrap.mjs FILE [ARGS]`. It installs what is
// missing and runs FILE with a Node that is new enough, so that any command works as the first one
// in a fresh clone. It must run on Node 20 with nothing installed, hence plain JavaScript and no
// imports but Node's own. It spawns asynchronously and hands signals on: a blocking spawn would
// leave a server behind when its parent is told to stop. From a terminal the child may hear the
// same signal twice (the terminal tells the whole group), so stopping must be idempotent.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ending
 * @typedef {{ packages?: Record<string, { version?: string, integrity?: string, optional?: boolean, link?: boolean }> }} Lock
 * @typedef {{ run: string } | { sorry: string }} Choice
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** The oldest Node that runs TypeScript files without a flag. */
const oldest = { major: 22, minor: 18 };

/** What every command needs: our own entries from their sources, and no warning for what we chose. */
const nodeFlags = ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'];

/**
 * Names the first package of the lock file that is not installed as written there, or null. An
 * optional package may be absent: it belongs to another platform.
 *
 * @param {Lock} lock
 * @param {Lock} installed what npm noted in `node_modules/.package-lock.json`
 * @returns {string | null}
 */
export function firstMissing(lock, installed) {
  const there = installed.packages ?? {};
  for (const [path, wanted] of Object.entries(lock.packages ?? {})) {
    if (path === '' || wanted.link === true) continue;
    const found = there[path];
    if (found === undefined && wanted.optional === true) continue;
    if (found?.version !== wanted.version || found?.integrity !== wanted.integrity) return path;
  }
  return null;
}

/**
 * Chooses the Node to run with: the one among our dependencies, else the running one.
 *
 * @param {{ bundled: string | null, running: string, version: string }} nodes
 * @returns {Choice}
 */
export function chooseNode({ bundled, running, version }) {
  if (bundled !== null) return { run: bundled };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  if (enough) return { run: running };
  const need = `Node ${oldest.major}.${oldest.minor} or newer`;
  return {
    sorry:
      `Holdfast needs ${need} and this is ${version}: install a newer Node, or let ` +
      '`npm ci --include=dev --ignore-scripts=false` install the one among its dependencies.',
  };
}

/**
 * Runs a command to its end, hands our signals on to it, and never blocks.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ shell?: boolean }} [options]
 * @returns {Promise<Ending>}
 */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => void child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    const settle = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve({ code, signal });
    });
  });
}

/**
 * Ends as the child ended: the same exit code, or death by the same signal.
 *
 * @param {Ending} ending
 */
function endLike({ code, signal }) {
  if (signal === null) process.exitCode = code ?? 1;
  else process.kill(process.pid, signal);
}

/** @param {string} path @returns {Lock} */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Installs everything the lock file names, development tools too, whatever NODE_ENV says. */
function install() {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  if (npm !== undefined && basename(npm).startsWith('npm')) {
    return run(process.execPath, [npm, ...args]);
  }
  return run('npm', args, { shell: process.platform === 'win32' });
}

/** @returns {Promise<Ending>} */
async function installIfMissing() {
  const lock = readLock(join(root, 'package-lock.json'));
  const missing = firstMissing(lock, readLock(join(root, 'node_modules/.package-lock.json')));
  if (missing === null) return { code: 0, signal: null };
  say(`holdfast: installing what is missing with npm ci (first of all ${missing}) ...`);
  const begun = Date.now();
  const ending = await install();
  if (ending.code === 0) say(`holdfast: installed in ${Math.round((Date.now() - begun) / 1000)} s`);
  else if (ending.signal === null) say('holdfast: npm ci failed, see above; nothing was run.');
  return ending;
}

/** @returns {string | null} */
function bundledNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules/node/bin', name);
  return existsSync(path) ? path : null;
}

/** @param {string[]} args @returns {Promise<Ending>} */
async function main(args) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    say(`Holdfast needs Node 20 or newer to begin, and this is ${process.versions.node}.`);
    return { code: 1, signal: null };
  }
  process.chdir(root);
  const installed = await installIfMissing();
  if (installed.code !== 0) return installed;
  const choice = chooseNode({
    bundled: bundledNode(),
    running: process.execPath,
    version: process.versions.node,
  });
  if ('run' in choice) return run(choice.run, [...nodeFlags, ...args]);
  say(choice.sorry);
  return { code: 1, signal: null };
}

const entry = process.argv[1];
if (entry !== undefined && realpathSync(entry) === realpathSync(fileURLToPath(import.meta.url))) {
  endLike(await main(process.argv.slice(2)));
}

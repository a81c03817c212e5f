// `node tools/web-build.ts`: builds the web app into dist/web, unless what is there was built from
// the very same sources, so that `npm start` always shows the app as it is in the tree and takes no
// time when nothing changed. With --anew it builds whatever is there. Beside each file that is worth
// it stand its compressed forms, which the server gives to whoever takes them.

import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readCommand, root } from './process.ts';

const folder = join(root, 'dist/web');
/** What it was built from. A name that begins with a dot is given to nobody. */
const stampFile = join(folder, '.built-from');
const inputs = ['web', 'src'];
const inputFiles = ['package-lock.json', 'tools/web-build.ts'];

const compressible = new Set(['.css', '.html', '.js', '.json', '.svg', '.webmanifest']);
const compressedBytesMin = 512;

export type Built = 'built' | 'there already';

/** Throws with the builder's own words where it fails. */
export async function buildWeb(isAnew = false): Promise<Built> {
  const stamp = await stampOfInputs();
  if (!isAnew && (await readStamp()) === stamp) return 'there already';
  const vite = 'node_modules/vite/bin/vite.js';
  const args = [vite, 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'];
  // Whoever runs this may have said that they develop, or test.
  const env = { NODE_ENV: 'production' };
  const { code, text } = await readCommand(process.execPath, args, { env });
  if (code !== 0) throw new Error(`The web app could not be built:\n${text}`);
  await Promise.all((await filesBelow(folder)).map(compress));
  await writeFile(stampFile, stamp);
  return 'built';
}

async function stampOfInputs(): Promise<string> {
  const below = await Promise.all(inputs.map((name) => filesBelow(join(root, name))));
  const files = [...below.flat(), ...inputFiles.map((name) => join(root, name))].toSorted();
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(`${file.slice(root.length)}\0`).update(await readFile(file));
  return hash.digest('hex');
}

async function readStamp(): Promise<string | undefined> {
  try {
    return await readFile(stampFile, 'utf8');
  } catch {
    return undefined;
  }
}

async function filesBelow(where: string): Promise<readonly string[]> {
  const entries = await readdir(where, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (!compressible.has(extname(file)) || bytes.length < compressedBytesMin) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}

if (import.meta.main) {
  const begun = performance.now();
  const built = await buildWeb(process.argv.includes('--anew'));
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  if (built === 'built') console.error(`holdfast: the web app is built (${seconds} s)`);
}

// Where the project's documents are: beside the sources in a checkout, and inside the package in an
// installation. They are read once, when a guide starts.

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Passage, passagesOf } from './passage.ts';

/** What is written about the work rather than the thing, or for one reader alone. */
const UNREAD = new Set(['LEDGER.md']);

/** All passages of the README and of the documents beside it. Empty where there are none. */
export async function readDocs(root?: string): Promise<readonly Passage[]> {
  const folder = root ?? (await packageRoot(dirname(fileURLToPath(import.meta.url))));
  if (folder === undefined) return [];
  const names = await readdir(join(folder, 'docs')).catch(() => []);
  const docs = names.filter((name) => name.endsWith('.md') && !UNREAD.has(name)).sort();
  const files = ['README.md', ...docs.map((name) => `docs/${name}`)];
  const read = await Promise.all(
    files.map(async (file) => {
      const markdown = await readFile(join(folder, file), 'utf8').catch(() => '');
      return passagesOf(file, markdown);
    }),
  );
  return read.flat();
}

/** The nearest folder above with a package.json. */
async function packageRoot(folder: string): Promise<string | undefined> {
  const names = await readdir(folder);
  if (names.includes('package.json')) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : packageRoot(above);
}

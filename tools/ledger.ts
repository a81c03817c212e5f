// The ledger of `npm run soak`: one row in docs/LEDGER.md for each kind of thing that a run tried
// and that never went wrong, with the commit it was tried on. Tests hand their rows over by a file
// (test/support/proved.ts). A step that failed adds nothing: its seeds are in its output, and what
// was found belongs into a test.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommand, root } from './process.ts';

export interface Proved {
  readonly what: string;
  readonly count: number;
  readonly seeds: string;
}

const ledger = join(root, 'docs/LEDGER.md');

/** What tests handed over; what cannot be read is left out. A missing file holds nothing. */
export async function readProved(path: string): Promise<readonly Proved[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const row = parsed(line);
    return row === undefined ? [] : [row];
  });
}

/** Adds the rows below those that are there, and tells where. Nothing to add leaves the file alone. */
export async function enter(rows: readonly Proved[]): Promise<void> {
  if (rows.length === 0) return;
  const commit = await describeCommit();
  const added = rows.map((row) => rowOf(row, commit)).join('');
  const before = (await readFile(ledger, 'utf8')).trimEnd();
  await writeFile(ledger, `${before}\n${added}`);
  console.log(`\n${rows.length} rows were added to docs/LEDGER.md.`);
}

/** One row of the table. */
export function rowOf({ what, count, seeds }: Proved, commit: string): string {
  return `| ${commit} | ${what} | ${count.toLocaleString('en')} | ${seeds} |\n`;
}

async function describeCommit(): Promise<string> {
  const { text } = await readCommand('git', ['describe', '--always', '--dirty=, changed']);
  return text.trim() === '' ? 'unknown' : text.trim();
}

function parsed(line: string): Proved | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof row !== 'object' || row === null) return undefined;
  const { what, count, seeds } = { what: '', count: 0, seeds: '', ...row };
  if (typeof what !== 'string' || typeof count !== 'number' || typeof seeds !== 'string')
    return undefined;
  return what === '' || count <= 0 ? undefined : { what, count, seeds };
}

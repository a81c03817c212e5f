import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { readProved, rowOf } from '../../../tools/ledger.ts';
import { withFolder } from '../../support/folder.ts';
import { proved } from '../../support/proved.ts';

afterEach(() => vi.unstubAllEnvs());

test('what a test proved comes to the ledger, and only in a soak', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'rows.jsonl');
    proved('worlds', 3, 'seeds 1 to 3');
    expect(await readProved(path)).toEqual([]);
    vi.stubEnv('HOLDFAST_LEDGER', path);
    proved('worlds', 1_200, 'seeds 1 to 1,200');
    const rows = await readProved(path);
    expect(rows.map((row) => rowOf(row, 'abc'))).toEqual([
      '| abc | worlds | 1,200 | seeds 1 to 1,200 |\n',
    ]);
  }));

test('a row that was cut off, or counts nothing, is no row', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'rows.jsonl');
    const none = { what: 'kills', count: 0, seeds: '' };
    await writeFile(path, `${JSON.stringify(none)}\n[]\n7\n{"what":"kills","co`);
    expect(await readProved(path)).toEqual([]);
  }));

// Folders that tests make and take away again.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new, empty folder of its own. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-'));
}

/** Runs with a folder that is gone afterwards. */
export async function withFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = newFolder();
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Bytes that change by themselves.

import { readFileSync, writeFileSync } from 'node:fs';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { filesOf } from './log-folder.ts';

/** Changes one to three bits of a file. An empty one stays as it is. */
export function flip(path: string, chance: Chance): void {
  const bytes = readFileSync(path);
  for (let left = 1 + below(chance, 3); left > 0; left--) {
    const at = below(chance, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(chance, 8));
  }
  writeFileSync(path, bytes);
}

/** The same in any file of a folder that has bytes, as a seed says. Returns which. */
export function flipIn(folder: string, seed: number): string {
  const chance = seededChance(seed);
  const files = filesOf(folder).filter((path) => readFileSync(path).length > 0);
  const path = pick(chance, files.toSorted());
  if (path === undefined) throw new Error('the folder is empty');
  flip(path, chance);
  return path.slice(folder.length + 1);
}

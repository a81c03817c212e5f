// Builds the declarations of the package aside and reads the surface of every public entry.

import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommand, root } from './process.ts';
import { entriesOf, readManifest, type Entry } from './rules/manifest.ts';
import type { Source } from './rules/source.ts';
import { surfaceOf } from './rules/surface.ts';

export interface Surface {
  /** Where it is kept, from the root. */
  readonly path: string;
  readonly text: string;
}

/** The surfaces of all entries, as the sources are now. Takes a compiler run. */
export async function buildSurfaces(): Promise<readonly Surface[]> {
  const out = await mkdtemp(join(tmpdir(), 'holdfast-surface-'));
  const flags = ['--emitDeclarationOnly', '--declarationMap', 'false', '--removeComments'];
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', out];
  const { code, text } = await readCommand(process.execPath, [...tsc, ...flags]);
  if (code !== 0) throw new Error(`the package does not build:\n${text}`);
  const files = new Map<string, Source>();
  for await (const name of glob('**/*.d.ts', { cwd: out })) {
    const path = `dist/${name.replaceAll('\\', '/')}`;
    files.set(path, { path, text: await readFile(join(out, name), 'utf8') });
  }
  await rm(out, { recursive: true });
  return entriesOf(readManifest()).map((entry) => ({
    path: surfacePath(entry),
    text: `// ${entry.name}\n\n${surfaceOf(entry.types, files)}`,
  }));
}

/** What is kept, or nothing when the entry is new. */
export async function readSurface({ path }: Surface): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '');
}

function surfacePath({ name }: Entry): string {
  const file = name === 'holdfast' ? 'index' : name.replace('holdfast/', '').replaceAll('/', '-');
  return `test/rules/surface/${file}.txt`;
}

// The package as a stranger gets it: packed, judged by publint and attw, installed into an empty
// project and imported by every public name. Nothing is fetched: the project installs the tarball
// and, for what it needs beside it, the copies that are installed here.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packInto, runNpm } from '../../tools/packing.ts';
import { readCommand, root } from '../../tools/process.ts';
import { entriesOf, namesIn, readManifest, type Json } from '../../tools/rules/manifest.ts';

const names = entriesOf(readManifest()).map((entry) => entry.name);
const node = process.execPath;
/** Strict, and it reads our declarations too instead of trusting them. */
const compilerOptions = {
  module: 'nodenext',
  target: 'es2024',
  lib: ['es2024', 'dom'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
};
const strangersConfig = { compilerOptions, files: ['stranger.ts'] };

let folder = '';
let tarball = '';
const installed = (): string => join(folder, 'node_modules/holdfast');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-stranger-'));
  tarball = await packInto(folder);
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  const flags = ['--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runNpm(['install', ...flags, tarball, ...(await needed())], folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The folders of all packages that an installed copy needs: dependencies, peers, and theirs. */
async function needed(): Promise<readonly string[]> {
  const found = new Set<string>();
  const add = async (manifest: Json): Promise<void> => {
    for (const name of namesIn(manifest, 'dependencies', 'peerDependencies')) {
      const path = join(root, 'node_modules', name);
      if (found.has(path)) continue;
      found.add(path);
      await add(JSON.parse(await readFile(join(path, 'package.json'), 'utf8')));
    }
  };
  await add(readManifest());
  return [...found];
}

/** Writes a file into the project and gives back what a program printed about it. */
async function tell(file: string, text: string, args: readonly string[]): Promise<string> {
  await writeFile(join(folder, file), text);
  const output = await readCommand(node, args, { cwd: folder });
  return `${output.text}exit ${output.code}`;
}

describe('the packed package', () => {
  test('[C1] every entry is imported by plain Node', async () => {
    const lines = names.map(
      (name) => `console.log(Object.keys(await import('${name}')).length > 0);`,
    );
    const said = await tell('stranger.js', lines.join('\n'), ['stranger.js']);
    expect(said).toBe(`${names.map(() => 'true\n').join('')}exit 0`);
  });

  test('[C1] every type of every entry resolves for TypeScript', async () => {
    const lines = names.map((name, index) => `export type * as entry${index} from '${name}';`);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(strangersConfig));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await tell('stranger.ts', lines.join('\n'), [tsc, '-p', '.'])).toBe('exit 0');
    const wrong = "import { nothingOfThatName } from 'holdfast/session';\nnothingOfThatName();";
    expect(await tell('stranger.ts', wrong, [tsc, '-p', '.'])).toContain('nothingOfThatName');
  });

  test('leads nobody to sources that only this repository can run', async () => {
    const manifest = await readFile(join(installed(), 'package.json'), 'utf8');
    expect(manifest).not.toContain('holdfast-source');
    expect(manifest).not.toContain('"private"');
  });

  test('holds what it needs, and source maps that lead to the sources in it', async () => {
    const files = new Set(await readdir(installed(), { recursive: true }));
    expect([...files]).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md']));
    const maps = [...files].filter((file) => file.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(0);
    for (const map of maps) {
      const { sources } = JSON.parse(await readFile(join(installed(), map), 'utf8'));
      for (const source of sources) expect(files).toContain(join(dirname(map), source));
    }
  });

  test('publint finds nothing', async () => {
    const { messages } = await publint({ pkgDir: installed(), pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  test('its types are what they say, for every ESM resolution', async () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const args = [attw, tarball, '--profile', 'esm-only', '--no-emoji', '--no-definitely-typed'];
    const { code, text } = await readCommand(node, args, { cwd: folder });
    expect(text).not.toBe('');
    expect(code, text).toBe(0);
  });
});

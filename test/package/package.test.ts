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
/** What runs on Node alone, and is declared with its types. */
const ofNode: readonly string[] = ['holdfast/server'];
const ofAll = names.filter((name) => !ofNode.includes(name));
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
const strangersConfig = (types: readonly string[]): string =>
  JSON.stringify({ compilerOptions: { ...compilerOptions, types }, files: ['stranger.ts'] });

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

/**
 * The folders of all packages that an installed copy needs: dependencies, peers, and theirs. Who
 * has a server of ours inside has the types of Node, and who uses the hooks has React.
 */
async function needed(): Promise<readonly string[]> {
  const found = new Set<string>();
  const add = async (manifest: Json): Promise<void> => {
    const optional = namesIn(manifest, 'peerDependenciesMeta');
    for (const name of namesIn(manifest, 'dependencies', 'peerDependencies')) {
      if (optional.includes(name)) continue;
      const path = join(root, 'node_modules', name);
      if (found.has(path)) continue;
      found.add(path);
      await add(JSON.parse(await readFile(join(path, 'package.json'), 'utf8')));
    }
  };
  await add(readManifest());
  await add({ dependencies: { '@types/node': '', react: '', '@types/react': '' } });
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
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const told = async (entries: readonly string[], types: readonly string[]): Promise<string> => {
      const lines = entries.map((name, index) => `export type * as entry${index} from '${name}';`);
      await writeFile(join(folder, 'tsconfig.json'), strangersConfig(types));
      return tell('stranger.ts', lines.join('\n'), [tsc, '-p', '.']);
    };
    expect(await told(ofNode, ['node'])).toBe('exit 0');
    expect(await told(ofAll, [])).toBe('exit 0');
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

  test('[C1] [W120] a server runs from it, inside a program and as a command', async () => {
    const program = `
      import { createServer } from 'holdfast/server';
      const keys = { secret: 'a secret of more than thirty-two bytes' };
      const server = await createServer({ data: './data', keys });
      const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
      console.log((await fetch(url + '/readyz')).status);
      await server.close();`;
    expect(await tell('embeds.js', program, ['embeds.js'])).toBe('200\nexit 0');
    const bin = join(folder, 'node_modules/.bin/holdfast');
    const verified = await readCommand(bin, ['verify', '--data', 'data'], { cwd: folder });
    expect(verified.text).toMatch(/^0 sessions, .*: all sound\.\n$/);
    expect(verified.code).toBe(0);
  });

  test('every thread that it starts has its file', async () => {
    const files = await readdir(join(root, 'server'), { recursive: true });
    const threads = files.filter((file) => file.endsWith('-worker.ts'));
    expect(threads.length).toBeGreaterThan(2);
    const built = await readdir(join(installed(), 'dist/server'), { recursive: true });
    const expected = threads.map((file) => file.replace(/\.ts$/, '.js'));
    expect(built).toEqual(expect.arrayContaining(expected));
  });

  test('[U25] its server gives the web app', async () => {
    const program = `
      import { spawn } from 'node:child_process';
      const bin = 'node_modules/holdfast/dist/server/cli/main.js';
      const args = [bin, 'serve', '--json', '--port', '0', '--data', 'app-data'];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).split('\\n'))));
      const { url } = JSON.parse(line);
      const page = await (await fetch(url)).text();
      const [, script] = /src="(\\/assets\\/[^"]+)"/.exec(page);
      console.log((await fetch(url + script)).status, (await fetch(url + '/sw.js')).status);
      child.kill();`;
    expect(await tell('app.js', program, ['app.js'])).toBe('200 200\nexit 0');
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

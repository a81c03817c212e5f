// How the package is built and packed. The build goes to dist, beside src, because source maps name
// the sources by their way from there.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readCommand, root } from './process.ts';
import { buildWeb } from './web-build.ts';
import { publishedManifest, readManifest } from './rules/manifest.ts';

const alwaysPacked = ['README.md', 'LICENSE'];

/** Builds, packs into `folder` and returns the path of the tarball. */
export async function packInto(folder: string): Promise<string> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  const tsc = 'node_modules/typescript/bin/tsc';
  await mustRun(process.execPath, [tsc, '-p', 'tsconfig.build.json'], root);
  await buildWeb();
  const stage = await mkdtemp(join(tmpdir(), 'holdfast-pack-'));
  const manifest = readManifest();
  const listed = Array.isArray(manifest['files']) ? manifest['files'].map(String) : [];
  for (const name of [...listed, ...alwaysPacked]) {
    await cp(join(root, name), join(stage, name), { recursive: true });
  }
  const published = JSON.stringify(publishedManifest(manifest), undefined, 2);
  await writeFile(join(stage, 'package.json'), `${published}\n`);
  const flags = ['--pack-destination', folder, '--json', '--ignore-scripts'];
  const output = await runNpm(['pack', ...flags], stage);
  await rm(stage, { recursive: true });
  const name = /"filename": "([^"]+)"/.exec(output)?.[1];
  if (name === undefined) throw new Error(`npm pack names no file:\n${output}`);
  return join(folder, name);
}

/** Runs npm on the Node that runs us where npm said where it is, else the npm of the PATH. */
export async function runNpm(args: readonly string[], cwd: string): Promise<string> {
  const file = process.env['npm_execpath'];
  return file !== undefined && basename(file).startsWith('npm')
    ? mustRun(process.execPath, [file, ...args], cwd)
    : mustRun('npm', args, cwd);
}

async function mustRun(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, text } = await readCommand(command, args, { cwd });
  if (code !== 0) throw new Error(`${args.join(' ')} failed:\n${text}`);
  return text;
}

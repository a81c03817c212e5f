// What git tracks: nothing generated, no data, no trace of a machine; every test in a project.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommand, root } from '../../tools/process.ts';
import { presentProjects } from '../../tools/projects.ts';
import { judgeVersions, readManifest } from '../../tools/rules/manifest.ts';
import { print, readCode, readSource } from '../../tools/rules/source.ts';
import { fileBytesMax, judgePath, judgeText } from '../../tools/rules/tracked.ts';

const { text: listed } = await readCommand('git', ['ls-files', '-z']);
const tracked = listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));

describe('the house', () => {
  test('tracks nothing generated and no data', () => {
    expect(tracked).toContain('package.json');
    expect(print(tracked.flatMap(judgePath))).toBe('');
  });

  test('holds no trace of the machine it was written on', () => {
    const sources = tracked.filter((path) => path !== 'test/rules/tracked.test.ts').map(readSource);
    expect(print(sources.flatMap(judgeText))).toBe('');
  });

  test('pins every version', () => {
    expect(print(judgeVersions(readManifest()))).toBe('');
  });

  test('runs every test in exactly one project', () => {
    const folders = presentProjects().map((project) => `${project.folder}/`);
    const homes = readCode()
      .filter((source) => /\.test\.tsx?$/.test(source.path))
      .map(({ path }) => [path, folders.filter((folder) => path.startsWith(folder)).length]);
    expect(homes.filter(([, count]) => count !== 1)).toEqual([]);
  });
});

describe('the check of what is tracked', () => {
  test.each(['dist/a.js', 'web/node_modules/a/b.js', 'holdfast.tgz', 'a/data.sqlite', '.npmrc'])(
    'reports %s',
    (path) => expect(judgePath(path)).toHaveLength(1),
  );

  test.each(['src/session/run.ts', 'docs/distance.md', 'test/golden/session-1.bin'])(
    'lets %s be',
    (path) => expect(judgePath(path)).toEqual([]),
  );

  test.each([
    'see /home/somebody/notes',
    '"/tmp/data"',
    'C:\\Users\\somebody',
    '"resolved": "https://somewhere/a.tgz"',
    'from registry.npmjs.org',
    '<<<<<<< main',
    'x'.repeat(fileBytesMax + 1),
  ])('reports %.40s', (text) => expect(judgeText({ path: 'a.md', text })).toHaveLength(1));

  test.each(['the path /agents/:name', 'https://example.org/home/page', 'a /work of art'])(
    'lets be %s',
    (text) => expect(judgeText({ path: 'a.md', text })).toEqual([]),
  );
});

describe('the version check', () => {
  test.each(['^1.0.0', '1.x', 'latest', '>=1'])('reports %s', (version) => {
    expect(judgeVersions({ devDependencies: { a: version } })).toHaveLength(1);
  });

  test('lets an exact version and an exact alias be', () => {
    const dependencies = { a: '1.2.3', b: 'npm:ai@6.0.1', c: '1.0.0-beta.2' };
    expect(judgeVersions({ dependencies })).toEqual([]);
  });
});

// The floors of the house, on the house itself and on planted violations of each rule.

import { describe, expect, test } from 'vitest';
import { judgeCircles } from '../../tools/rules/circles.ts';
import { floorOf, floors, judgeFloors } from '../../tools/rules/floors.ts';
import { entriesOf, readManifest } from '../../tools/rules/manifest.ts';
import { print, readCode, readSource } from '../../tools/rules/source.ts';

const code = readCode();
const entries = entriesOf(readManifest()).map((entry) => entry.name);

/** A small house that keeps every rule; a test plants one file in it. */
const house = [
  { path: 'test/unit/b.ts', text: '' },
  { path: 'test/support/c.ts', text: '' },
  { path: 'src/base/id.ts', text: 'export const id = 1;' },
  { path: 'src/session/index.ts', text: "export { run } from './run.ts';" },
  {
    path: 'src/session/run.ts',
    text: "import { id } from '../base/id.ts';\nexport const run = id;",
  },
  { path: 'src/protocol/frame.ts', text: "import type { id } from '../base/id.ts';" },
  { path: 'src/agent/claim.ts', text: "import { run } from '../session/run.ts';" },
  { path: 'server/room.ts', text: "import 'node:fs';\nimport { id } from '../src/base/id.ts';" },
];

/** The folders in a cell of the table; "all but" counts from the folders there are. */
function namesIn(cell: string, folder: string): readonly string[] {
  const named = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  if (!cell.includes('all but')) return named.sort();
  const below = floors.filter((floor) => floor.outsider !== true && floor.may !== 'anything');
  const others = below.map((floor) => floor.folder).filter((name) => name !== folder);
  return others.filter((name) => name !== 'tools' && !named.includes(name)).sort();
}

function planted(path: string, text: string): string {
  return print(judgeFloors([...house, { path, text }], ['holdfast/session']));
}

describe('the house', () => {
  test('keeps its floors', () => {
    expect(code.length).toBeGreaterThan(10);
    expect(print(judgeFloors(code, entries))).toBe('');
  });

  test('has no circle', () => {
    expect(print(judgeCircles(code))).toBe('');
  });

  test('has the floors that docs/ARCHITECTURE.md draws, and no others', () => {
    const { text } = readSource('docs/ARCHITECTURE.md');
    const rows = [...text.matchAll(/^\| \d \| `([^`]+)` \|[^|]*\|([^|]*)\|/gm)];
    const drawn = rows.map(([, folder = '', may = '']) => [folder, namesIn(may, folder)]);
    const checked = floors
      .filter(({ folder }) => folder !== 'test' && folder !== 'tools')
      .map(({ folder, may }) => [folder, may === 'anything' ? [] : [...may].sort()]);
    expect(drawn).toEqual(checked);
  });

  test('has a floor for every file', () => {
    expect(code.filter((source) => floorOf(source.path) === undefined)).toEqual([]);
  });
});

describe('the floors check', () => {
  test('finds nothing wrong with a sound house', () => {
    expect(print(judgeFloors(house, ['holdfast/session']))).toBe('');
  });

  test('fails when it reads nothing', () => {
    expect(print(judgeFloors([], []))).toContain('no import was read');
    expect(print(judgeFloors([{ path: 'src/base/id.ts', text: '' }], []))).not.toBe('');
  });

  test.each([
    ['an import that goes up', "import { run } from '../session/run.ts';"],
    ['a type import', "import type { run } from '../session/run.ts';"],
    ['a re-export', "export { run } from '../session/run.ts';"],
    ['a dynamic import', "export const later = import('../session/run.ts');"],
    ['an import in a type', "export type Run = typeof import('../session/run.ts').run;"],
  ])('reports %s', (_, text) => {
    expect(planted('src/protocol/planted.ts', text)).toBe(
      'src/protocol/planted.ts:1 src/protocol may not import src/session (src/session/run.ts)',
    );
  });

  test.each([
    ['src/base/a.ts', "import { run } from '../session/run.ts';", 'src/base may not import'],
    ['server/a.ts', "import { claim } from '../src/agent/claim.ts';", 'server may not import'],
    ['src/session/a.ts', "import { room } from '../../server/room.ts';", 'may not import server'],
    ['src/session/a.ts', "import { run } from './index.ts';", 'is an index'],
    ['test/unit/a.test.ts', "import '../../src/session/index.ts';", 'is an index'],
    ['src/session/a.ts', "import { run } from 'holdfast/session';", 'is for outsiders'],
    ['src/session/a.ts', "import { gone } from './gone.ts';", 'does not exist'],
    ['src/session/a.ts', 'export const later = (name: string) => import(name);', 'computed'],
    ['src/session/a.ts', "import 'node:fs';", 'may not lean on Node'],
    ['src/session/a.ts', "import { join } from 'path';", 'may not lean on Node'],
    ['server/a.ts', "import { join } from 'path';", 'write node:path'],
    ['src/agent/a.ts', "import * as Y from 'yjs';", 'may not touch Yjs'],
    ['src/react/a.ts', "import type { Awareness } from 'y-protocols/awareness';", 'touch Yjs'],
    ['web/a.ts', "import { encode } from 'lib0/encoding';", 'may not touch Yjs'],
    ['web/a.tsx', "import { run } from '../src/session/run.ts';", 'web may not import'],
    ['bench/a.bench.ts', "import { run } from '../src/session/run.ts';", 'bench may not import'],
    ['test/e2e/a.test.ts', "import '../../src/session/run.ts';", 'test/e2e may not import'],
    [
      'test/e2e/a.test.ts',
      "import '../unit/b.ts';",
      'test/e2e may not import test (test/unit/b.ts)',
    ],
    ['web/a.ts', "import { frame } from 'holdfast/protocol';", 'is no public entry'],
    ['src/attic/a.ts', "import { id } from '../base/id.ts';", 'stands on no floor'],
    ['src/session/a.ts', "export * from './run.ts';", 'export *'],
    ['src/session/a.ts', "export * as run from './run.ts';", 'export *'],
    ['src/session/a.ts', 'export default 1;', 'a default export has no name'],
    ['src/session/a.ts', 'const a = 1;\nexport { a as default };', 'a default export'],
  ])('reports in %s: %s', (path, text, message) => {
    expect(planted(path, text)).toContain(message);
  });

  test.each([
    ['web/a.ts', "import { run } from 'holdfast/session';"],
    [
      'bench/a.bench.ts',
      "import * as Y from 'yjs';\nimport { b } from './b.ts';\nimport 'node:fs';",
    ],
    ['bench/b.ts', 'export const b = 1;'],
    ['test/unit/a.test.ts', "import { run } from '../../src/session/run.ts';\nimport 'yjs';"],
    ['test/e2e/a.test.ts', "import { run } from 'holdfast/session';\nimport 'node:net';"],
    ['test/e2e/a.test.ts', "import '../support/c.ts';"],
    ['vitest.config.ts', 'export default {};'],
  ])('lets %s be', (path, text) => {
    const beside = { path: 'bench/b.ts', text: '' };
    const sources = [...house, beside, { path, text }];
    expect(print(judgeFloors(sources, ['holdfast/session']))).toBe('');
  });

  test('reports a circle, also one of types alone, once', () => {
    const circle = [
      { path: 'src/base/a.ts', text: "import type { C } from './c.ts';" },
      { path: 'src/base/b.ts', text: "export type B = import('./a.ts').A;" },
      { path: 'src/base/c.ts', text: "export { B } from './b.ts';" },
    ];
    const round = 'src/base/a.ts -> src/base/c.ts -> src/base/b.ts -> src/base/a.ts';
    expect(judgeCircles(circle).map((found) => found.message)).toEqual([`goes round: ${round}`]);
    expect(judgeCircles(house)).toEqual([]);
  });
});

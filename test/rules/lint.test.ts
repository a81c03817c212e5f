// The linter is set up to catch what it is there for: every rule of the house that it holds has a
// planted violation here. The files are linted under the paths they would have.

import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCommand, root } from '../../tools/process.ts';

const long = (count: number): string => `export function f(): void {\n${'f();\n'.repeat(count)}}\n`;

/** Path, rule, text. Each file breaks that one rule. */
const planted = [
  ['src/session/a.ts', 'typescript(no-explicit-any)', 'export const a: any = 1;'],
  [
    'src/session/b.ts',
    'typescript(no-non-null-assertion)',
    'export const b = (a?: { c: 1 }) => a!.c;',
  ],
  [
    'src/session/c.ts',
    'typescript(no-floating-promises)',
    'export function c(): void { later(); }\nasync function later(): Promise<void> {}',
  ],
  [
    'src/session/d.ts',
    'typescript(no-misused-promises)',
    'export const d = (a: Promise<boolean>): number => (a ? 1 : 2);',
  ],
  [
    'src/session/e.ts',
    'typescript(switch-exhaustiveness-check)',
    "export function e(kind: 'a' | 'b'): number {\n  switch (kind) { case 'a': return 1; }\n  return 2;\n}",
  ],
  [
    'src/session/f.ts',
    'typescript(consistent-type-imports)',
    "import { A } from './a2.ts';\nexport const f = (a: A): A => a;",
  ],
  [
    'src/session/g.ts',
    'import(no-cycle)',
    "import type { H } from './h.ts';\nexport type G = H[];",
  ],
  [
    'src/session/h.ts',
    'import(no-cycle)',
    "import type { G } from './g.ts';\nexport type H = G | 1;",
  ],
  ['src/session/i.ts', 'import(no-default-export)', 'export default 1;'],
  ['src/session/j.ts', 'import(no-nodejs-modules)', "export { join } from 'node:path';"],
  ['src/session/k.ts', 'eslint(no-restricted-properties)', 'export const k = Date.now();'],
  ['src/session/l.ts', 'eslint(no-restricted-properties)', 'export const l = Math.random();'],
  ['src/session/m.ts', 'eslint(no-restricted-globals)', 'setTimeout(() => {}, 1);'],
  ['src/session/n.ts', 'eslint(no-restricted-globals)', 'export const n = crypto.randomUUID();'],
  ['src/session/o.ts', 'eslint(no-restricted-globals)', 'export const o = process.env;'],
  ['src/session/p.ts', 'eslint(max-lines)', '\n'.repeat(400) + 'export const p = 1;'],
  ['src/session/q.ts', 'eslint(max-lines-per-function)', long(61)],
  ['src/session/r.ts', 'typescript(ban-ts-comment)', '// @ts-ignore\nexport const r: number = 1;'],
  [
    'src/session/s.ts',
    'typescript(explicit-module-boundary-types)',
    'export function s() { return 1; }',
  ],
  ['server/a.ts', 'eslint(no-restricted-globals)', 'setInterval(() => {}, 1);'],
  ['web/a.ts', 'import(no-nodejs-modules)', "export { join } from 'node:path';"],
  ['test/unit/a.ts', 'eslint(no-restricted-globals)', 'setTimeout(() => {}, 1);'],
  ['test/unit/b.ts', 'eslint(no-restricted-properties)', 'export const b = Math.random();'],
  [
    'test/unit/c.test.ts',
    'vitest(no-focused-tests)',
    "import { expect, test } from 'vitest';\ntest.only('c', () => expect(1).toBe(1));",
  ],
] as const;

const allowed = [
  ['src/session/a2.ts', 'export interface A { readonly a: 1 }'],
  [
    'src/base/clock.ts',
    'export const now = (): number => Date.now();\nsetTimeout(() => {}, Math.random());',
  ],
  ['server/b.ts', "export { join } from 'node:path';\nexport const home = process.env['HOME'];"],
  ['tools/a.ts', 'export const begun = Date.now();\nsetTimeout(() => {}, 1);'],
  ['test/unit/d.ts', long(61)],
  ['x.config.ts', 'export default {};'],
] as const;

let folder = '';
let reports: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-lint-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) {
    await cp(join(root, name), join(folder, name));
  }
  for (const [path, text] of [...planted.map(([at, , held]) => [at, held] as const), ...allowed]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const where = ['src', 'server', 'web', 'test', 'tools', 'x.config.ts'];
  const { text } = await readCommand(process.execPath, [oxlint, '-f', 'unix', ...where], {
    cwd: folder,
  });
  reports = text.split('\n');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the linter', () => {
  test.each(planted)('reports in %s: %s', (path, rule) => {
    const here = reports.filter((line) => line.includes(`${path}:`));
    expect(here.join('\n')).toContain(rule);
  });

  test.each(allowed)('lets %s be', (path) => {
    expect(reports.filter((line) => line.includes(`${path}:`))).toEqual([]);
  });
});

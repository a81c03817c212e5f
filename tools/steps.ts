// The steps of `npm test`, `npm run check` and `npm run soak`, as one table: what each runs, and
// what to do when it fails. The cheap ones come first. Only programs that are Node files are
// called, so that nothing hangs on a shell or on what is on the PATH.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { presentProjects } from './projects.ts';
import { root } from './process.ts';

export const suites = ['test', 'check', 'soak'] as const;
export type Suite = (typeof suites)[number];

export interface Step {
  readonly name: string;
  /** What Node runs: a file and its arguments. */
  readonly args: readonly string[];
  /** Whether it is a vitest run, which counts its own tests. */
  readonly counts: boolean;
  readonly suites: readonly Suite[];
  /** What to do when it fails, where that is not plain from its output. */
  readonly advice?: string;
}

const folders = ['src', 'server', 'web', 'test', 'bench', 'tools', 'vitest.config.ts'];
const modules = (path: string): string => join('node_modules', path);
const fast: readonly Suite[] = ['test', 'check'];

export function steps(): readonly Step[] {
  return [
    {
      name: 'format',
      args: [modules('oxfmt/bin/oxfmt'), '--check'],
      counts: false,
      suites: fast,
      advice: 'npm run format puts it right.',
    },
    {
      name: 'lint',
      args: [modules('oxlint/bin/oxlint'), ...folders.filter(exists)],
      counts: false,
      suites: fast,
    },
    {
      name: 'types',
      args: [modules('typescript/bin/tsc'), '-p', 'tsconfig.json'],
      counts: false,
      suites: fast,
    },
    {
      name: 'types without Node',
      args: [modules('typescript/bin/tsc'), '-p', 'tsconfig.src.json'],
      counts: false,
      suites: fast,
    },
    {
      name: 'dead code',
      args: [modules('knip/bin/knip.js'), '--no-progress'],
      counts: false,
      suites: fast,
    },
    ...presentProjects().map((project) => ({
      name: project.name,
      args: [modules('vitest/vitest.mjs'), 'run', '--project', project.name],
      counts: true,
      suites: suitesOf(project),
    })),
  ];
}

function suitesOf(project: { fast: boolean; soak: boolean }): readonly Suite[] {
  return suites.filter(
    (suite) => suite === 'test' || (suite === 'check' ? project.fast : project.soak),
  );
}

function exists(path: string): boolean {
  return existsSync(join(root, path));
}

// The test projects: each is a folder, run as one step of `npm test` and one project of vitest.
// A row counts from the day its folder exists. A new kind of test is a new row, nothing more.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.ts';

export interface Project {
  readonly name: string;
  readonly folder: string;
  /** In `npm run check`, which stays under a minute. */
  readonly fast: boolean;
  /** In `npm run soak`: these tests take their number of worlds from `count` of test/support. */
  readonly soak: boolean;
  /** One test file at a time, because they share what a machine has once. */
  readonly alone: boolean;
  /** A file that prepares what the tests need and the machine may lack. */
  readonly setup?: string;
}

/** In the order in which they run: what fails most cheaply comes first. */
const projects: readonly Project[] = [
  { name: 'rules', folder: 'test/rules', fast: true, soak: false, alone: false },
  { name: 'misuse', folder: 'test/types', fast: false, soak: false, alone: false },
  { name: 'unit', folder: 'test/unit', fast: false, soak: false, alone: false },
  { name: 'property', folder: 'test/property', fast: false, soak: true, alone: false },
  { name: 'package', folder: 'test/package', fast: false, soak: false, alone: true },
  { name: 'process', folder: 'test/e2e/process', fast: false, soak: true, alone: true },
  {
    name: 'browser',
    folder: 'test/e2e/browser',
    fast: false,
    soak: true,
    alone: true,
    setup: 'test/support/browser-setup.ts',
  },
];

export function presentProjects(): readonly Project[] {
  return projects.filter((project) => existsSync(join(root, project.folder)));
}

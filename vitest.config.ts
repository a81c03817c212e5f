// One vitest project for each row of tools/projects.ts. Our own entries are read from their
// sources, as the condition `holdfast-source` of package.json says. The timeout is no expectation:
// it only ends a test that hangs, so it is far beyond what a slow machine needs.

import { defineConfig } from 'vitest/config';
import { presentProjects } from './tools/projects.ts';

if (Number.parseInt(process.versions.node, 10) < 22) {
  throw new Error(
    `This is Node ${process.versions.node}: use npm test or npx vitest, which bring 24.`,
  );
}

const soak = process.env['HOLDFAST_SOAK'] === '1';
const hangs = soak ? 0 : 120_000;

export default defineConfig({
  ssr: { resolve: { conditions: ['holdfast-source', 'module', 'node', 'development|production'] } },
  test: {
    projects: presentProjects().map((project) => ({
      extends: true,
      test: {
        name: project.name,
        include: [`${project.folder}/**/*.test.{ts,tsx}`],
        globalSetup: project.setup === undefined ? [] : [project.setup],
        fileParallelism: !project.alone,
        testTimeout: hangs,
        hookTimeout: hangs,
      },
    })),
  },
});

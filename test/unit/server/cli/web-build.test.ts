// When the page is built: in a checkout, and only when what it is made of is newer.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPageStale } from '../../../../server/cli/web-build.ts';
import { withFolder } from '../../../support/folder.ts';

test('[A84] the page is built where its sources are newer, and only then', () =>
  withFolder(async (folder) => {
    const write = (path: string, seconds: number): void => {
      const file = join(folder, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, '');
      utimesSync(file, seconds, seconds);
      // A folder has a time of its own, which making a file changes.
      for (let at = join(file, '..'); at !== folder; at = join(at, '..')) utimesSync(at, 1, 1);
    };
    expect(await isPageStale(folder)).toBe(false);
    write('web/vite.config.ts', 100);
    write('src/client/deep/file.ts', 100);
    expect(await isPageStale(folder)).toBe(true);
    write('dist/web/index.html', 200);
    expect(await isPageStale(folder)).toBe(false);
    for (const path of ['web/shell/app.tsx', 'src/client/deep/other.ts', 'package-lock.json']) {
      write(path, 300);
      expect([path, await isPageStale(folder)]).toEqual([path, true]);
      write(path, 100);
    }
    expect(await isPageStale(folder)).toBe(false);
  }));

// The commands as processes, as they are run from a checkout.

import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createTokenVerifier } from '../../../../server/access/tokens.ts';
import type { CliRun } from '../../../support/cli.ts';
import { withFolder } from '../../../support/folder.ts';

const main = fileURLToPath(new URL('../../../../server/cli/main.ts', import.meta.url));

function run(folder: string, ...args: readonly string[]): Promise<CliRun> {
  const env = { PATH: process.env['PATH'], HOLDFAST_DATA: folder, NODE_NO_WARNINGS: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

test('[W120] [W122] [W123] two processes at once make one secret, and tokens that it verifies', () =>
  withFolder(async (folder) => {
    const both = await Promise.all([
      run(folder, 'token', '--sub', 'ann'),
      run(folder, 'link', '--sub', 'bob', '--url', 'http://localhost:9'),
    ]);
    expect(both.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const secret = readFileSync(join(folder, 'secret'), 'utf8').trim();
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    const verifier = createTokenVerifier({ secret });
    const tokens = both.map(({ out }) => out.trim().replace('http://localhost:9/#token=', ''));
    const verified = await Promise.all(tokens.map((token) => verifier.verify(token)));
    expect(verified.map((each) => each.ok && each.claims.sub)).toEqual(['ann', 'bob']);
  }));

test('[W120] a process ends with what its call deserves', () =>
  withFolder(async (folder) => {
    const runs = await Promise.all([
      run(folder, '--help'),
      run(folder, 'token', '--ttl', '2h'),
      run(folder, 'token', '--data', join(main, 'no-folder')),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 2, 1]);
    expect(runs.map(({ out }) => out === '')).toEqual([false, true, true]);
    expect(runs[2]?.err).toMatch(/^holdfast: The secret in .* cannot be used: [^\n]+\n$/);
  }));

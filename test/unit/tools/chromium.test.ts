// Where the tests in a browser look for one, and what they do where there is none.

import { delimiter } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareChromium, type Surroundings } from '../../../tools/chromium.ts';

interface Machine {
  readonly env?: Surroundings['env'];
  readonly isRoot?: boolean;
  readonly isDebian?: boolean;
  /** What starts. */
  readonly there?: readonly string[];
  /** What a command makes start; a command that is not named fails. */
  readonly installs?: Readonly<Record<string, string>>;
}

async function prepared(machine: Machine): Promise<{ found: string; ran: readonly string[] }> {
  const { env = {}, isRoot = false, isDebian = false, installs = {} } = machine;
  const there = new Set(machine.there);
  const ran: string[] = [];
  const around: Surroundings = {
    env: { PATH: ['/one/bin', '/two/bin'].join(delimiter), ...env },
    isRoot,
    isDebian,
    ownPath: '/own/chrome',
    works: (path) => Promise.resolve(there.has(path)),
    run(command, args) {
      const name = command === process.execPath ? 'playwright' : command;
      ran.push(name);
      const made = installs[[name, ...args].find((word) => word in installs) ?? ''];
      if (made !== undefined) there.add(made);
      return Promise.resolve(made !== undefined);
    },
  };
  const found = await prepareChromium(around).catch((error: Error) => error.message);
  return { found, ran };
}

describe('a Chromium', () => {
  test('is the one that is named, or none', async () => {
    const env = { HOLDFAST_CHROMIUM: '/mine' };
    const there = ['/own/chrome', '/mine'];
    expect(await prepared({ env, there })).toEqual({ found: '/mine', ran: [] });
    const missing = await prepared({ env, there: ['/own/chrome'] });
    expect(missing).toEqual({
      found: 'HOLDFAST_CHROMIUM is /mine, and no Chromium starts there.',
      ran: [],
    });
  });

  test("is playwright's own before that of the system", async () => {
    const there = ['/two/bin/chromium', '/own/chrome', '/one/bin/google-chrome'];
    expect((await prepared({ there })).found).toBe('/own/chrome');
    expect((await prepared({ there: there.toSpliced(1, 1) })).found).toBe('/two/bin/chromium');
  });

  test('is installed by the packages of Debian for root', async () => {
    const machine = { isRoot: true, isDebian: true };
    const fresh = await prepared({ ...machine, installs: { 'apt-get': '/two/bin/chromium' } });
    expect(fresh).toEqual({ found: '/two/bin/chromium', ran: ['apt-get'] });
    const stale = await prepared({ ...machine, installs: { sh: '/two/bin/chromium' } });
    expect(stale.ran).toEqual(['apt-get', 'sh']);
  });

  test('is installed by playwright for everybody else', async () => {
    const installs = { playwright: '/own/chrome' };
    const expected = { found: '/own/chrome', ran: ['playwright'] };
    expect(await prepared({ isDebian: true, installs })).toEqual(expected);
    expect(await prepared({ isRoot: true, installs })).toEqual(expected);
  });

  test('that cannot be had is asked for in a sentence', async () => {
    const { found, ran } = await prepared({ isRoot: true, isDebian: true });
    expect(found).toMatch(/need Chromium.*HOLDFAST_CHROMIUM/);
    expect(ran).toEqual(['apt-get', 'sh', 'playwright']);
  });
});

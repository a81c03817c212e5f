// What `token` and `link` print, as a server would read it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signInLink } from '../../../../server/cli/link.ts';
import { createTokenVerifier } from '../../../../server/access/tokens.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { cli, cliNowMs } from '../../../support/cli.ts';
import { withFolder } from '../../../support/folder.ts';

const secret = 'a secret of more than thirty-two bytes';
const iat = cliNowMs / 1_000;

/** The claims that a server with this secret reads. */
async function readBy(key: string, token: string): Promise<Claims | string> {
  const verifier = createTokenVerifier({ secret: key }, { clock: manualClock(cliNowMs) });
  const verified = await verifier.verify(token);
  return verified.ok ? verified.claims : verified.fault;
}

const secretOf = (folder: string): string =>
  readFileSync(join(folder, '.local/share/holdfast/secret'), 'utf8').trim();

describe('[W123] a token from the command line', () => {
  test('[W123] is printed alone, and taken by the server on the same folder', () =>
    withFolder(async (folder) => {
      const { code, out, err } = await cli(['token'], folder);
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      expect(await readBy(secretOf(folder), out.trim())).toEqual({
        sub: 'local',
        name: 'local',
        kind: 'person',
        rights: ['read', 'write', 'control', 'annotate', 'create', 'admin'],
        sessions: ['member'],
        iat,
        exp: iat + 3_600,
      });
    }));

  test('[W123] says what it was told to say', () =>
    withFolder(async (folder) => {
      const flags = '--sub ann@example.org --name Ann --rights read,write --sessions member,team*';
      const { out } = await cli(['token', ...flags.split(' '), '--ttl', '90s'], folder);
      expect(await readBy(secretOf(folder), out.trim())).toMatchObject({
        sub: 'ann@example.org',
        name: 'Ann',
        rights: ['read', 'write'],
        sessions: ['member', 'team*'],
        exp: iat + 90,
      });
    }));

  test('[W123] of an agent may reply in all sessions for a day', () =>
    withFolder(async (folder) => {
      const { out } = await cli(['token', '--kind', 'agent', '--sub', 'writer'], folder);
      expect(await readBy(secretOf(folder), out.trim())).toMatchObject({
        name: 'writer',
        kind: 'agent',
        rights: ['read', 'write', 'annotate', 'agent'],
        sessions: ['*'],
        exp: iat + 24 * 3_600,
      });
      const long = await cli(['token', '--kind', 'agent', '--ttl', '365d'], folder);
      expect(long.code).toBe(0);
    }));

  test('[W123] is signed with AUTH_SECRET where that is set, and then no secret is made', () =>
    withFolder(async (folder) => {
      const { out } = await cli(['token'], folder, { env: { AUTH_SECRET: secret } });
      expect(await readBy(secret, out.trim())).toMatchObject({ sub: 'local' });
      expect(existsSync(join(folder, '.local'))).toBe(false);
    }));

  test('[W123] is signed with the secret of the folder that is named', () =>
    withFolder(async (folder) => {
      const { out } = await cli(['token', '--data', 'mine'], folder);
      const key = readFileSync(join(folder, 'mine/secret'), 'utf8').trim();
      expect(await readBy(key, out.trim())).toMatchObject({ sub: 'local' });
      const again = await cli(['token'], folder, { env: { HOLDFAST_DATA: 'mine' } });
      expect(await readBy(key, again.out.trim())).toMatchObject({ sub: 'local' });
    }));

  test.each([
    [['--ttl', '61m'], '--ttl of a person is at most 1h'],
    [['--ttl', '0s'], '--ttl is a number'],
    [['--ttl', '1'], '--ttl is a number'],
    [['--ttl', 'forever'], '--ttl is a number'],
    [['--kind', 'agent', '--ttl', '366d'], '--ttl of an agent is at most 365d'],
    [['--kind', 'robot'], '--kind is of person, agent'],
    [['--rights', 'read,fly'], '--rights is of read'],
    [['--sessions', 'short'], '--sessions'],
    [['--sub', ''], '--sub'],
    [['--sub', 'x'.repeat(257)], '--sub'],
    [['--name', ''], '--name'],
    [['--name', 'x'.repeat(201)], '--name'],
    [
      ['--sessions', Array.from({ length: 200 }, (_, i) => `session-0123456789-${i}`).join(',')],
      'bytes long',
    ],
  ])('[W123] that no server would take is not made: %j', (args, words) =>
    withFolder(async (folder) => {
      const { code, out, err } = await cli(['token', ...args], folder);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(words);
      expect(err).toMatch(/^holdfast: [^\n]+\.\n$/);
    }),
  );

  test('[W123] is not made for a server whose keys are elsewhere', () =>
    withFolder(async (folder) => {
      const env = { AUTH_JWKS_URL: 'https://idp.example/jwks' };
      const { code, out, err } = await cli(['token'], folder, { env });
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('AUTH_JWKS_URL');
    }));

  test('[W123] is explained with all its defaults', async () => {
    const { out } = await cli(['token', '--help'], '/nowhere');
    for (const word of ['(default: local)', 'read,write,control,annotate,', 'create,admin']) {
      expect(out).toContain(word);
    }
    expect(out).toMatch(/--ttl +1h, which is the most +24h, at most 365d/);
  });
});

describe('[W123] a sign-in link', () => {
  const linkOf = async (args: readonly string[], env = {}): Promise<string> => {
    const all = { AUTH_SECRET: secret, ...env };
    const { code, out, err } = await cli(['link', ...args], '/nowhere', { env: all });
    return code === 0 ? out : `${code} ${err}`;
  };

  test.each([
    [[], {}, 'http://localhost:1234/#token='],
    [[], { PORT: '8080' }, 'http://localhost:8080/#token='],
    [['--url', 'https://chat.example.org'], {}, 'https://chat.example.org/#token='],
    [['--url', 'https://example.org/chat/'], {}, 'https://example.org/chat/#token='],
  ])('[W123] leads to the app: %j %j', async (args, env, start) => {
    const link = await linkOf(['--sub', 'ann', ...args], env);
    expect(link.startsWith(start)).toBe(true);
    const token = link.slice(start.length).trim();
    expect(await readBy(secret, token)).toMatchObject({ sub: 'ann', kind: 'person' });
    expect(link).toBe(`${signInLink(start.replace('/#token=', ''), token)}\n`);
    // Behind the #, which no server is sent.
    expect(new URL(link.trim()).hash).toBe(`#token=${token}`);
  });

  test.each([
    'chat.example.org',
    'ftp://example.org',
    'https://a.example/#x',
    'https://a.example/?x',
    'https://me@a.example',
    '',
  ])('[W123] leads to nothing else: %j', async (url) => {
    expect(await linkOf(['--url', url])).toMatch(/^2 holdfast: --url is the address/);
  });
});

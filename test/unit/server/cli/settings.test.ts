import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, type SettingFlags, type Settings } from '../../../../server/cli/settings.ts';
import { UsageError } from '../../../../server/cli/usage.ts';
import { surroundingsOf } from '../../../support/cli.ts';
import { withFolder } from '../../../support/folder.ts';

type Env = Readonly<Record<string, string>>;

const secret = 'a secret of more than thirty-two bytes';
const settings = (flags: SettingFlags = {}, env: Env = {}, folder = '/nowhere'): Settings =>
  readSettings(flags, surroundingsOf(folder, { env, home: '/people/ada' }));

/** The sentence with which they are refused. */
function refusal(flags: SettingFlags, env: Env): string {
  try {
    settings(flags, env);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

describe('[W121] the settings of a server', () => {
  test('[W121] work on one’s own machine when nothing is said', () => {
    expect(settings()).toEqual({
      host: '127.0.0.1',
      port: 1234,
      data: '/people/ada/.local/share/holdfast',
      keys: undefined,
      isLocal: true,
      allowedOrigins: [],
      trustProxy: 0,
      logLevel: 'info',
    });
  });

  test('[W121] are read from the environment, and flags win', () => {
    const env = {
      HOST: '::1',
      PORT: '0',
      HOLDFAST_DATA: 'data',
      AUTH_SECRET: secret,
      ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173,',
      TRUST_PROXY: '1',
      LOG_LEVEL: 'debug',
    };
    expect(settings({}, env)).toEqual({
      host: '::1',
      port: 0,
      data: '/nowhere/data',
      keys: { secret },
      isLocal: false,
      allowedOrigins: ['https://a.example', 'http://localhost:5173'],
      trustProxy: 1,
      logLevel: 'debug',
    });
    const flags = {
      host: '0.0.0.0',
      port: '65535',
      data: '/data',
      trustProxy: '2',
      logLevel: 'silent',
    };
    expect(settings(flags, env)).toMatchObject({
      host: '0.0.0.0',
      port: 65_535,
      data: '/data',
      trustProxy: 2,
      logLevel: 'silent',
    });
  });

  test('[W121] take a variable that is empty as one that is not there', () => {
    const env = {
      HOST: '',
      PORT: '',
      HOLDFAST_DATA: '',
      ALLOWED_ORIGINS: '',
      LOG_LEVEL: '',
      TRUST_PROXY: '',
    };
    expect(settings({}, env)).toEqual(settings());
    const url = 'https://idp.example/jwks';
    expect(settings({}, { AUTH_SECRET: '', AUTH_JWKS_URL: url }).keys).toEqual({ jwksUrl: url });
    expect(settings({}, { AUTH_SECRET: secret, AUTH_JWKS_URL: '' }).keys).toEqual({ secret });
    const named = { AUTH_ISSUER: 'us', AUTH_AUDIENCE: 'holdfast' };
    const keys = { jwksUrl: url, issuer: 'us', audience: 'holdfast' };
    expect(settings({}, { AUTH_JWKS_URL: url, ...named }).keys).toEqual(keys);
    const unnamed = { AUTH_JWKS_URL: url, AUTH_ISSUER: '', AUTH_AUDIENCE: '' };
    expect(settings({}, unnamed).keys).toEqual({ jwksUrl: url });
  });

  test.each<[SettingFlags, Env, string]>([
    [{ port: '65536' }, {}, '--port'],
    [{ port: '-1' }, {}, '--port'],
    [{ port: '' }, {}, '--port'],
    [{}, { PORT: '12a' }, 'PORT'],
    [{}, { PORT: '1e3' }, 'PORT'],
    [{ host: 'localhost:80' }, {}, '--host'],
    [{ host: 'a b' }, {}, '--host'],
    [{}, { HOST: '[::1]' }, 'HOST'],
    [{ trustProxy: '-1' }, {}, '--trust-proxy'],
    [{}, { TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
    [{ logLevel: 'loud' }, {}, '--log-level'],
    [{}, { LOG_LEVEL: 'INFO' }, 'LOG_LEVEL'],
    [{ data: '' }, {}, '--data'],
    [{}, { ALLOWED_ORIGINS: 'https://a.example/,https://b.example' }, 'ALLOWED_ORIGINS'],
    [{}, { ALLOWED_ORIGINS: '*' }, 'ALLOWED_ORIGINS'],
    [{}, { AUTH_SECRET: 'short' }, 'AUTH_SECRET'],
    [{}, { AUTH_SECRET: secret, AUTH_AUDIENCE: 'holdfast' }, 'AUTH_AUDIENCE'],
    [{}, { AUTH_ISSUER: 'us' }, 'AUTH_ISSUER'],
    [{}, { AUTH_SECRET: '' }, 'AUTH_SECRET'],
    [{}, { AUTH_SECRET: '', AUTH_JWKS_URL: '' }, 'AUTH_SECRET'],
    [{}, { AUTH_JWKS_URL: 'http://idp.example/jwks' }, 'AUTH_JWKS_URL'],
    [{}, { AUTH_JWKS_URL: '' }, 'AUTH_JWKS_URL'],
    [{}, { AUTH_SECRET: secret, AUTH_JWKS_URL: 'https://idp.example' }, 'AUTH_SECRET or AUTH_JWKS'],
  ])('[W121] that are wrong are named in one sentence: %j %j', (flags, env, name) => {
    const sentence = refusal(flags, env);
    expect(sentence).toContain(name);
    expect(sentence).toMatch(/^[^\n]+\.$/);
  });

  test('[W121] never show a secret', () => {
    for (const value of ['hunter2', `${secret} with much more behind it`]) {
      const env = { AUTH_SECRET: value, AUTH_JWKS_URL: 'https://idp.example' };
      expect(refusal({}, env)).not.toContain(value);
      expect(refusal({ port: 'x' }, { AUTH_SECRET: value })).not.toContain(value);
    }
  });
});

describe('[W122] a server without a secret of its own', () => {
  test.each(['127.0.0.1', '::1', 'localhost'])('[W122] is for this machine: %s', (host) => {
    expect(settings({ host }).keys).toBeUndefined();
  });

  test.each([
    '0.0.0.0',
    '::',
    '192.0.2.1',
    'sync.example.org',
    'localhost.example.org',
    '127.0.0.2',
  ])('[W122] starts nowhere else, and says what to set: %s', (host) => {
    for (const sentence of [refusal({ host }, {}), refusal({}, { HOST: host })]) {
      expect(sentence).toContain(host);
      expect(sentence).toContain('set AUTH_SECRET');
      expect(sentence).toContain('AUTH_JWKS_URL');
    }
    expect(settings({ host }, { AUTH_SECRET: secret }).host).toBe(host);
    expect(settings({ host }, { AUTH_JWKS_URL: 'https://idp.example' }).host).toBe(host);
  });
});

describe('[W121] the data folder', () => {
  test.each([
    ['linux', {}, '/people/ada/.local/share/holdfast'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/holdfast'],
    ['linux', { XDG_DATA_HOME: 'data' }, '/people/ada/.local/share/holdfast'],
    ['darwin', { XDG_DATA_HOME: '/data' }, '/people/ada/Library/Application Support/holdfast'],
    ['win32', {}, '/people/ada/AppData/Local/holdfast'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/holdfast'],
  ] as const)('[W121] is where the user’s data is: %s %j', (platform, env, data) => {
    const known = surroundingsOf('/nowhere', { env, platform, home: '/people/ada' });
    expect(readSettings({}, known).data).toBe(data);
  });

  test.each([
    ['{"name":"holdfast"}', '.holdfast'],
    ['{"name":"another"}', undefined],
    ['null', undefined],
    ['no json', undefined],
  ])('[W121] is in a checkout of this project: %s', (json, inside) =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, 'sub'));
      writeFileSync(join(folder, 'package.json'), json);
      const elsewhere = '/people/ada/.local/share/holdfast';
      const expected = inside === undefined ? elsewhere : join(folder, inside);
      expect(settings({}, {}, folder).data).toBe(expected);
      expect(settings({}, {}, join(folder, 'sub')).data).toBe(elsewhere);
      expect(settings({}, { HOLDFAST_DATA: 'x' }, folder).data).toBe(join(folder, 'x'));
    }),
  );
});

describe('[W126] a server for the network', () => {
  const lan = (flags: SettingFlags, env: Env = {}): Settings =>
    readSettings(flags, surroundingsOf('/nowhere', { env }), { logLevel: 'warn', isLan: true });

  test('[W126] listens on all addresses, and lets nobody in for nothing', () => {
    expect(lan({})).toMatchObject({ host: '0.0.0.0', keys: undefined, isLocal: false });
    expect(lan({ host: '192.0.2.7' })).toMatchObject({ host: '192.0.2.7', isLocal: false });
    expect(lan({}, { AUTH_SECRET: secret })).toMatchObject({ keys: { secret }, isLocal: false });
  });

  test.each<[SettingFlags, Env, string]>([
    [{ host: 'localhost' }, {}, '--host localhost'],
    [{}, { HOST: '127.0.0.1' }, 'HOST 127.0.0.1'],
    [{}, { AUTH_JWKS_URL: 'https://idp.example' }, 'AUTH_JWKS_URL'],
  ])('[W121] [W126] is refused where it could not sign anybody in: %j %j', (flags, env, name) => {
    expect(() => lan(flags, env)).toThrow(UsageError);
    expect(() => lan(flags, env)).toThrow(name);
  });
});

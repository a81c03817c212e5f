import { describe, expect, test } from 'vitest';
import {
  isOwnLocalPage,
  judgeOrigin,
  readOrigin,
  type OriginRules,
} from '../../../../server/access/origin.ts';

const local: OriginRules = { allowed: ['http://localhost:5173'], localPort: 1234 };
const open: OriginRules = {
  allowed: ['https://app.example.org', 'tauri://localhost'],
  localPort: undefined,
};
const judge = (rules: OriginRules, host?: string, origin?: string): string => {
  const verdict = judgeOrigin({ host, origin }, rules);
  return verdict.ok ? 'ok' : verdict.code;
};

describe('[W111] on this machine alone', () => {
  test.each([
    ['localhost:1234', 'ok'],
    ['LocalHost:1234', 'ok'],
    ['127.0.0.1:1234', 'ok'],
    ['[::1]:1234', 'ok'],
    [undefined, 'wrong-host'],
    ['', 'wrong-host'],
    ['localhost', 'wrong-host'],
    ['localhost:1235', 'wrong-host'],
    ['localhost:01234', 'ok'],
    ['localhost.:1234', 'wrong-host'],
    ['localhost.evil.example:1234', 'wrong-host'],
    ['evil.example:1234', 'wrong-host'],
    ['127.0.0.1.nip.io:1234', 'wrong-host'],
    ['127.0.0.2:1234', 'wrong-host'],
    ['127.1:1234', 'wrong-host'],
    ['2130706433:1234', 'wrong-host'],
    ['0.0.0.0:1234', 'wrong-host'],
    ['[::]:1234', 'wrong-host'],
    ['[::ffff:127.0.0.1]:1234', 'wrong-host'],
    ['::1:1234', 'wrong-host'],
    ['localhost:1234@evil.example', 'wrong-host'],
    ['evil.example@localhost:1234', 'wrong-host'],
    ['localhost:1234/x', 'wrong-host'],
    ['localhost:1234, evil.example', 'wrong-host'],
    ['localhost:1234 ', 'wrong-host'],
    ['localhost:-1234', 'wrong-host'],
    ['localhost:', 'wrong-host'],
  ])('[W111] the host %s: %s', (host, verdict) => {
    expect(judge(local, host)).toBe(verdict);
  });

  test('[W111] port 80 is the one that is left out', () => {
    expect(judge({ allowed: [], localPort: 80 }, 'localhost')).toBe('ok');
  });

  test.each([
    [undefined, 'ok'],
    ['http://localhost:1234', 'ok'],
    ['https://localhost:1234', 'ok'],
    ['http://localhost:5173', 'ok'],
    ['http://127.0.0.1:1234', 'wrong-origin'],
    ['http://localhost:5174', 'wrong-origin'],
    ['http://localhost', 'wrong-origin'],
    ['http://evil.example', 'wrong-origin'],
    ['http://evil.example:1234', 'wrong-origin'],
    ['null', 'wrong-origin'],
    ['', 'wrong-origin'],
  ])('[W111] from the page %s: %s', (origin, verdict) => {
    expect(judge(local, 'localhost:1234', origin)).toBe(verdict);
  });
});

describe('[W111] for others', () => {
  test.each([
    ['sync.example.org', undefined, 'ok'],
    [undefined, undefined, 'ok'],
    ['sync.example.org', 'https://app.example.org', 'ok'],
    ['sync.example.org', 'tauri://localhost', 'ok'],
    ['sync.example.org', 'https://sync.example.org', 'ok'],
    ['sync.example.org', 'http://sync.example.org', 'ok'],
    ['sync.example.org:443', 'https://sync.example.org', 'ok'],
    ['sync.example.org:8443', 'https://sync.example.org:8443', 'ok'],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443', 'ok'],
    ['Sync.Example.org', 'https://sync.example.org', 'ok'],
    ['sync.example.org', 'https://sync.example.org:8443', 'wrong-origin'],
    ['sync.example.org:8443', 'https://sync.example.org', 'wrong-origin'],
    ['sync.example.org', 'http://app.example.org', 'wrong-origin'],
    ['sync.example.org', 'https://APP.example.org', 'wrong-origin'],
    ['sync.example.org', 'https://app.example.org/', 'wrong-origin'],
    ['sync.example.org', 'https://app.example.org:443', 'wrong-origin'],
    ['sync.example.org', 'https://app.example.org.evil.example', 'wrong-origin'],
    ['sync.example.org', 'https://evil.example?https://app.example.org', 'wrong-origin'],
    ['sync.example.org', 'https://app.example.org@evil.example', 'wrong-origin'],
    ['sync.example.org', 'https://ada@sync.example.org', 'wrong-origin'],
    ['sync.example.org', 'https://app.example.org, https://app.example.org', 'wrong-origin'],
    ['sync.example.org', 'tauri://localhost.evil.example', 'wrong-origin'],
    ['sync.example.org', 'null', 'wrong-origin'],
    ['null', 'null', 'wrong-origin'],
    ['evil.example@sync.example.org', 'https://sync.example.org', 'wrong-host'],
    ['sync.example.org/', 'https://sync.example.org', 'wrong-host'],
    [undefined, 'https://evil.example', 'wrong-origin'],
  ])('[W111] host %s, page %s: %s', (host, origin, verdict) => {
    expect(judge(open, host, origin)).toBe(verdict);
  });
});

describe('[W111] a token for nothing', () => {
  const own = { host: 'localhost:1234', origin: 'http://localhost:1234' };
  const site = { 'sec-fetch-site': 'same-origin' };

  test.each([
    ['its own page', { ...own, ...site }, true],
    ['its own page in an old browser', own, true],
    [
      'its own page by another name',
      { ...site, host: '[::1]:1234', origin: 'http://[::1]:1234' },
      true,
    ],
    ['a program, or a page that hides where it is from', { host: own.host, ...site }, false],
    ['a page that may only connect', { ...own, origin: 'http://localhost:5173' }, false],
    ['another site', { ...own, 'sec-fetch-site': 'cross-site' }, false],
    ['another port of this machine', { ...own, 'sec-fetch-site': 'same-site' }, false],
    ['an address that was typed', { ...own, 'sec-fetch-site': 'none' }, false],
    ['two headers', { ...own, 'sec-fetch-site': ['same-origin', 'same-origin'] }, false],
    [
      'a name that was made to lead here',
      { ...site, host: 'evil.example:1234', origin: 'http://evil.example:1234' },
      false,
    ],
  ])('[W111] for %s: %s', (_, headers, given) => {
    expect(isOwnLocalPage(headers, local)).toBe(given);
  });

  test('[W111] from no server for others', () => {
    const rules = { allowed: [], localPort: undefined };
    expect(isOwnLocalPage({ ...own, ...site }, rules)).toBe(false);
  });
});

test.each([
  ['https://app.example.org', true],
  ['http://localhost:5173', true],
  ['http://[::1]:5173', true],
  ['tauri://localhost', true],
  ['chrome-extension://abcdefgh', true],
  ['https://app.example.org/', false],
  ['https://app.example.org:443', false],
  ['https://*.example.org', false],
  ['*', false],
  ['null', false],
  ['file://', false],
  ['https://App.example.org', false],
  ['https://ada@app.example.org', false],
  ['app.example.org', false],
  ['', false],
])('[W111] as an allowed origin, %s: %s', (text, fine) => {
  expect(readOrigin(text)).toBe(fine ? text : undefined);
});

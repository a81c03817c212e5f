import { describe, expect, test } from 'vitest';
import {
  chooseSubprotocol,
  loggablePath,
  readCredential,
} from '../../../../server/access/credential.ts';
import { limits } from '../../../../src/protocol/limits.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl_-';
const found = (token: string | undefined): object => ({ ok: true, token });
const refused = (code: string): object => ({ ok: false, code });
const from = (
  authorization?: string,
  protocols?: string,
  url = '/sync/session',
): ReturnType<typeof readCredential> =>
  readCredential({
    headers: { authorization, 'sec-websocket-protocol': protocols },
    url,
  });

describe('[W110] the token of a request', () => {
  test.each([
    ['none', undefined, undefined, undefined, undefined],
    ['a header', `Bearer ${jwt}`, undefined, undefined, jwt],
    ['a header in other letters', `bearer   ${jwt} `, undefined, undefined, jwt],
    ['a password of a proxy in front', 'Basic YWRhOmFkYQ==', undefined, undefined, undefined],
    ['such a password, and a query', 'Basic YWRhOmFkYQ==', undefined, `/sync?token=${jwt}`, jwt],
    ['a subprotocol', undefined, `holdfast, holdfast.token.${jwt}`, undefined, jwt],
    ['a subprotocol alone', undefined, `holdfast.token.${jwt}`, undefined, jwt],
    ['other subprotocols', undefined, 'graphql-ws,holdfast', undefined, undefined],
    ['a query', undefined, undefined, `/sync/x?a=1&token=${jwt}&b=2`, jwt],
    ['a question mark in the query', undefined, undefined, `/sync?b=?&token=${jwt}`, jwt],
    ['the same three times', `Bearer ${jwt}`, `holdfast.token.${jwt}`, `/?token=${jwt}`, jwt],
    ['no address at all', undefined, undefined, '', undefined],
  ])('[W110] %s', (_, authorization, protocols, url, token) => {
    expect(from(authorization, protocols, url)).toEqual(found(token));
  });

  test.each([
    ['two of a header and a query', `Bearer ${jwt}`, undefined, `/?token=${jwt}x`],
    ['two of a query', undefined, undefined, `/?token=${jwt}&token=${jwt}x`],
    ['two of a subprotocol', undefined, `holdfast.token.${jwt},holdfast.token.x`, undefined],
    ['two of a header and a subprotocol', `Bearer ${jwt}`, 'holdfast.token.x', undefined],
  ])('[W110] that is %s is refused', (_, authorization, protocols, url) => {
    expect(from(authorization, protocols, url)).toEqual(refused('ambiguous'));
  });

  test.each([
    ['empty in a header', 'Bearer', undefined, undefined],
    ['empty in a subprotocol', undefined, 'holdfast.token.', undefined],
    ['empty in a query', undefined, undefined, '/?token='],
    ['two words', `Bearer ${jwt} ${jwt}`, undefined, undefined],
    ['of other characters', undefined, undefined, '/?token=a%0Ab'],
    ['too long', `Bearer ${'a'.repeat(limits.tokenBytesMax + 1)}`, undefined, undefined],
  ])('[W110] that is %s is refused', (_, authorization, protocols, url) => {
    expect(from(authorization, protocols, url)).toEqual(refused('malformed'));
  });

  test('[W110] is found at once in a header that is made to take long', () => {
    const hostile = `Bearer ${' x'.repeat(100_000)}${' '.repeat(100_000)}`;
    expect(from(hostile, ','.repeat(100_000), '?'.repeat(100_000))).toEqual(refused('malformed'));
  });

  test('[W110] is never in what is answered or logged', () => {
    const offered = new Set(['holdfast', `holdfast.token.${jwt}`]);
    expect(chooseSubprotocol(offered)).toBe('holdfast');
    expect(chooseSubprotocol(new Set([`holdfast.token.${jwt}`]))).toBe(false);
    expect(loggablePath(`/sync/x?token=${jwt}`)).toBe('/sync/x');
    expect(loggablePath(`/app#token=${jwt}`)).toBe('/app');
    expect(loggablePath(undefined)).toBe('');
  });
});

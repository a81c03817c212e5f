// Who somebody is: what links hold, and what this browser remembers of accounts.

import { describe, expect, test } from 'vitest';
import {
  accountOf,
  currentOf,
  readBook,
  withAccount,
  withoutAccount,
} from '../../../web/shell/accounts.ts';
import { invitationIn, readToken, tokenIn } from '../../../web/shell/token.ts';

function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2ln`;
}

const ann = tokenOf({ sub: 'ann', name: 'Ann Ånström', exp: 1_800 });

describe('a sign-in link', () => {
  test.each([
    ['by itself', ann],
    ['with blanks around it', `  ${ann}\n`],
    ['in a link', `https://chat.example.org/#token=${ann}`],
    ['in a link to a session', `https://chat.example.org/s/abc#x=1&token=${ann}`],
  ])('[U2] is understood %s', (_, text) => {
    expect(tokenIn(text)).toBe(ann);
  });

  test.each(['', 'hello', 'https://chat.example.org/', '#token=', 'a.b', `${ann} ${ann}`])(
    '[U2] is not taken for one: %s',
    (text) => {
      expect(tokenIn(text)).toBeUndefined();
    },
  );

  test('[U2] says who it is for', () => {
    expect(readToken(ann)).toEqual({ principal: 'ann', name: 'Ann Ånström', endsAt: 1_800_000 });
    expect(accountOf(ann)).toMatchObject({ source: 'link', principal: 'ann', token: ann });
  });

  test.each([tokenOf({ name: 'Ann', exp: 1 }), tokenOf({ sub: '', exp: 1 }), 'a.b.c', 'a.!.c'])(
    '[U2] of nobody signs nobody in: %s',
    (token) => {
      expect(accountOf(token)).toBeUndefined();
    },
  );

  test('[U8] to a session holds a secret', () => {
    expect(invitationIn('#join=abcDEF12_-')).toBe('abcDEF12_-');
    expect(invitationIn(`#token=${ann}&join=abcDEF12`)).toBe('abcDEF12');
    for (const hash of ['', '#join=', '#join=a b', '#join=short', '#enjoin=abcDEF12']) {
      expect(invitationIn(hash)).toBeUndefined();
    }
  });
});

describe('the accounts of a browser', () => {
  const one = { source: 'machine', principal: 'local', name: 'You' } as const;
  const other = { source: 'link', principal: 'ann', name: 'Ann', token: ann } as const;
  const both = withAccount(withAccount(readBook(null), one), other);

  test('[U22] are kept with the one in use, each once', () => {
    expect(currentOf(both)).toEqual(other);
    const renewed = withAccount(both, { ...one, name: 'Me' });
    expect(renewed.accounts).toEqual([{ ...one, name: 'Me' }, other]);
    expect(readBook(JSON.stringify(renewed))).toEqual(renewed);
  });

  test('[U20] lose the one that signs out, and nobody else comes into use', () => {
    const left = withoutAccount(both, 'ann');
    expect(left.accounts).toEqual([one]);
    expect(currentOf(left)).toBeUndefined();
  });

  test.each(['', 'nonsense', '[]', '{"accounts":1}', '{"accounts":[null,{},{"principal":1}]}'])(
    '[U22] are nobody where storage holds %s',
    (text) => {
      expect(readBook(text).accounts).toEqual([]);
    },
  );
});

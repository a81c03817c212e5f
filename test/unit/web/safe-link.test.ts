import { describe, expect, test } from 'vitest';
import { safeLink } from '../../../web/conversation/safe-link.ts';

const origin = 'https://home.example';

describe('an address in words of strangers', () => {
  test('is followed where it is https, and says where it leads', () => {
    expect(safeLink('https://other.example/a?b#c', origin)).toEqual({
      href: 'https://other.example/a?b#c',
      host: 'other.example',
    });
  });

  test('is followed within this app, without a fragment, which might sign somebody in', () => {
    expect(safeLink('/s/one', origin)).toEqual({ href: '/s/one', host: null });
    expect(safeLink('https://home.example/#token=abc', origin)).toEqual({ href: '/', host: null });
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://home.example/1',
    'http://other.example/',
    'https://user:secret@other.example/',
    '//user@other.example/',
    'https://',
    'mailto:a@b.example',
    '',
  ])('is no link: %j', (address) => {
    expect(safeLink(address, origin)).toBeUndefined();
  });

  test('of an own host in http is not this app in https', () => {
    expect(safeLink('http://home.example/', origin)).toBeUndefined();
    expect(safeLink(undefined, origin)).toBeUndefined();
  });
});

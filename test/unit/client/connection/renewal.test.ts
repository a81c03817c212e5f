import { describe, expect, test } from 'vitest';
import { renewalMs } from '../../../../src/client/connection/renewal.ts';

const jwt = (claims: unknown): string => `e30.${btoa(JSON.stringify(claims))}.x`;

const minute = 60_000;
const fiveMinutes = jwt({ iat: 1_000, exp: 1_300 });

describe('when a token is renewed', () => {
  test('[C16] after three quarters of what is left of it', () => {
    expect(renewalMs('opaque', 10 * minute, 2 * minute)).toBe(6 * minute);
    expect(renewalMs(fiveMinutes, 5 * minute, minute)).toBe(3 * minute);
  });

  test('[C16] not later than a token of its kind lasts, however far apart the clocks are', () => {
    expect(renewalMs(fiveMinutes, 65 * minute, 0)).toBe(3.75 * minute);
    expect(renewalMs(fiveMinutes, 0, 60 * minute)).toBe(3.75 * minute);
    expect(renewalMs('opaque', 0, 60 * minute)).toBe(45_000);
  });

  test('[C16] neither at once nor beyond what a timer holds', () => {
    expect(renewalMs('opaque', 10, 0)).toBe(5_000);
    expect(renewalMs('opaque', 1e13, 0)).toBe(24 * 60 * minute);
  });

  test('a token that says nothing or nonsense is no token of a known kind', () => {
    for (const token of ['', 'a.b.c', 'a.%%%.c', jwt('x'), jwt({ iat: 9, exp: 1 }), jwt(null)]) {
      expect(renewalMs(token, 4 * minute, 0)).toBe(3 * minute);
    }
  });
});

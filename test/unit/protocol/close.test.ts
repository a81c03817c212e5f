import { expect, test } from 'vitest';
import { closeReason, closeReasons, isFinalClose } from '../../../src/protocol/close.ts';

const all = Object.values(closeReasons);

test('[W13] the codes that a server closes with, and what they mean, never change', () => {
  expect(Object.fromEntries(all.map(({ code, name }) => [code, name]))).toEqual({
    4401: 'token',
    4403: 'refused',
    4404: 'missing',
    4409: 'generation',
    4413: 'too-large',
    4426: 'upgrade',
    4503: 'unavailable',
    4529: 'busy',
  });
});

test.each(all)('[W13] $code says whether to come back, as a stock client does', (reason) => {
  expect(reason.final).toBe(isFinalClose(reason.code));
  expect(closeReason(reason.code)).toBe(reason);
  expect(reason.sentence).toMatch(/^[A-Z][^.]+\.( [A-Z][^.]+\.)?$/);
});

test('[W13] a code of somebody else is not final unless a stock client takes it so', () => {
  expect([1000, 1006, 1011, 1012, 4399, 4500].filter(isFinalClose)).toEqual([]);
  expect([4400, 4499].filter(isFinalClose)).toEqual([4400, 4499]);
  expect(closeReason(1006)).toBeUndefined();
});

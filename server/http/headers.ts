// The headers that stand on every response, whatever it is: nothing that this server sends
// is ever guessed to be something else, framed, or shown who linked to it. What is not the
// page of the web app can do nothing at all, should a browser be made to show it.

import type { AnswerHeaders } from './answer.ts';

export const everyAnswer: AnswerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

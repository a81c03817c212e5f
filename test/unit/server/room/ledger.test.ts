import { expect, test } from 'vitest';
import { Ledger } from '../../../../server/room/ledger.ts';
import { roomLimits } from '../../../../server/room/limits.ts';
import type { RootPlace } from '../../../../server/room/place.ts';
import type { Sender } from '../../../../server/room/verdict.ts';
import { updateBudget } from '../../../../src/protocol/limits.ts';
import { encodeAppend } from '../../../../src/session/append.ts';
import { textType, words } from '../../../support/gate.ts';
import { block, deletions, update } from '../../../support/update-bytes.ts';

const A = 10;

const sender = (roots: readonly RootPlace[], principal = 'ann', refused = false): Sender => ({
  principal,
  mayWriteIn: (root) => roots.includes(root),
  isRefused: () => refused,
});
const everywhere = sender(['messages', 'annotations', 'meta']);

/** A text of one character below a root. */
const begun = (root: RootPlace): Uint8Array =>
  update([
    block(A, 0, [
      textType(root === 'messages' ? { in: root } : { in: root, key: 'note' }),
      words({ in: [A, 0] }, '.'),
    ]),
  ]);

function ledgerWith(...updates: readonly Uint8Array[]): Ledger<string> {
  const ledger = new Ledger<string>(roomLimits);
  for (const bytes of updates) {
    const question = { sender: everywhere, budget: updateBudget, isAnswer: false };
    const verdict = ledger.judgement(bytes, question).step();
    if (verdict?.ok !== true) throw new Error('not taken');
    ledger.add(verdict, 'ann', 'a');
  }
  return ledger;
}

const hello = encodeAppend(A, 2, 'hello');

test('[W150] words behind own words in a message are taken at a glance', () => {
  const ledger = ledgerWith(begun('messages'));
  expect(ledger.append(hello, everywhere, 'a')).toMatchObject({ ok: true });
  expect(ledger.append(encodeAppend(A, 7, ' you'), everywhere, 'a')).toMatchObject({ ok: true });
  const batch = ledger.begin();
  // Of one sender and one client, they are one update by then.
  expect(batch?.items.map(({ bytes }) => bytes)).toEqual([
    begun('messages'),
    encodeAppend(A, 2, 'hello you'),
  ]);
});

test('[W157] [W156] what only looks like that is judged like anything else', () => {
  const cases: readonly (readonly [string, Ledger<string>, Uint8Array, Sender])[] = [
    ['in another root', ledgerWith(begun('annotations')), hello, sender(['messages'])],
    ['without the right', ledgerWith(begun('messages')), hello, sender(['annotations'])],
    ['of another principal', ledgerWith(begun('messages')), hello, sender(['messages'], 'eve')],
    [
      'of a refused client',
      ledgerWith(begun('messages')),
      hello,
      sender(['messages'], 'ann', true),
    ],
    ['too late', ledgerWith(begun('messages')), encodeAppend(A, 1, 'x'), everywhere],
    ['too early', ledgerWith(begun('messages')), encodeAppend(A, 3, 'x'), everywhere],
    ['of an unknown client', ledgerWith(), hello, everywhere],
    [
      'in a text that was deleted',
      ledgerWith(begun('messages'), update([], [deletions(A, [0, 1])])),
      hello,
      everywhere,
    ],
  ];
  for (const [what, ledger, bytes, by] of cases) {
    expect(ledger.append(bytes, by, 'a'), what).toBeUndefined();
  }
});

test('[W151] what is not committed is in nothing that is given', () => {
  const ledger = ledgerWith(begun('messages'));
  const given = (): number => [...ledger.missing(new Map())].length;
  expect([given(), ledger.bindings().length, ledger.pending]).toEqual([0, 0, 1]);
  ledger.begin();
  expect([given(), ledger.bindings().length, ledger.pending]).toEqual([0, 0, 1]);
  expect(ledger.begin()).toBeUndefined();
  ledger.append(hello, everywhere, 'a');
  expect(ledger.pending).toBe(2);
  ledger.commit();
  expect([given(), ledger.bindings(), ledger.pending]).toEqual([
    1,
    [{ client: A, owner: 'ann' }],
    2,
  ]);
});

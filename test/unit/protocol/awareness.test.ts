import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../src/base/chance.ts';
import { isJson, type JsonObject } from '../../../src/base/json.ts';
import {
  type AwarenessEntry,
  decodeAwareness,
  encodeAwareness,
} from '../../../src/protocol/awareness.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { count, runs } from '../../support/count.ts';
import { damage } from '../../support/mutants.ts';
import { text, varUint } from '../../support/update-bytes.ts';

const raw = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const entry = (client: number, clock: number, json: string): readonly number[] => [
  ...varUint(client),
  ...varUint(clock),
  ...text(json),
];
const state = fc.option(
  fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
);
const entries = fc.uniqueArray(
  fc.record({
    client: fc.maxSafeNat(),
    clock: fc.nat(2 ** 31 - 1),
    state: state.map((value) => JSON.parse(JSON.stringify(value)) as JsonObject | null),
  }),
  { selector: ({ client }) => client, maxLength: 6 },
);

describe('[W11] an awareness', () => {
  test('[W11] is decoded as it was encoded, in the bytes of y-protocols', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const stated = given.filter((one) => isJson(one.state, { depthMax: 16, nodesMax: 999 }));
        const out = encoding.createEncoder();
        encoding.writeVarUint(out, stated.length);
        for (const one of stated) {
          encoding.writeVarUint(out, one.client);
          encoding.writeVarUint(out, one.clock);
          encoding.writeVarString(out, JSON.stringify(one.state));
        }
        const bytes = encodeAwareness(stated);
        expect(bytes).toEqual(encoding.toUint8Array(out));
        expect(decodeAwareness(bytes)).toEqual({ ok: true, entries: stated, others: 0 });
      }),
      runs(500, 50_000),
    );
  });

  test('[W11] gives the entries that are wanted and counts the others, whose JSON is not read', () => {
    const bytes = raw(2, ...entry(7, 1, '{"a":1}'), ...entry(8, 2, 'no JSON at all'));
    const mine: AwarenessEntry = { client: 7, clock: 1, state: { a: 1 } };
    const own = decodeAwareness(bytes, (client) => client === 7);
    expect(own).toEqual({ ok: true, entries: [mine], others: 1 });
    expect(decodeAwareness(bytes)).toMatchObject({ ok: false, rule: 'json-shape' });
  });

  test.each([
    ['truncated', raw()],
    ['truncated', raw(...varUint(2 ** 40), 1, 1, 1)],
    ['trailing-bytes', raw(0, 0)],
    ['varint', raw(1, 0x81, 0, 1, ...text('{}'))],
    ['client-twice', raw(2, ...entry(7, 1, '{}'), ...entry(7, 2, '{}'))],
    ['clock', raw(1, ...entry(7, 2 ** 31, '{}'))],
    ['text', raw(1, 7, 1, 1, 0xff)],
    ['json-shape', raw(1, ...entry(7, 1, '[]'))],
    ['json-shape', raw(1, ...entry(7, 1, '"word"'))],
    ['json-shape', raw(1, ...entry(7, 1, '{"a":'))],
    ['json-shape', raw(1, ...entry(7, 1, '{"__proto__":{"role":"admin"}}'))],
    ['json-shape', raw(1, ...entry(7, 1, `{"a":${'['.repeat(20)}${']'.repeat(20)}}`))],
    ['frame-bytes', raw(1, ...entry(7, 1, `{"a":"${'x'.repeat(limits.awarenessStateBytesMax)}"}`))],
    ['frame-bytes', new Uint8Array(limits.awarenessBytesMax + 1)],
    [
      'client-count',
      raw(...varUint(1_001), ...Array.from({ length: 1_001 }, (_, i) => entry(i, 1, '{}')).flat()),
    ],
  ])('[W11] is refused by the rule %s', (rule, bytes) => {
    expect(decodeAwareness(bytes)).toMatchObject({ ok: false, rule });
  });

  test('[W11] is decoded or refused, whatever its bytes are', () => {
    const chance = seededChance(5);
    const whole = raw(2, ...entry(7, 1, '{"user":{"name":"ä"}}'), ...entry(300, 9, 'null'));
    const seen = new Set<boolean>();
    const tries = count(10_000, 500_000);
    for (let i = 0; i < tries; i++) seen.add(decodeAwareness(damage(chance, whole, whole)).ok);
    expect(seen).toEqual(new Set([true, false]));
  });
});

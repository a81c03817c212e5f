import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Command,
  type CommandRefusal,
  commandSchemas,
  decodeCommand,
  encodeCommand,
  refusedCommand,
} from '../../../src/protocol/command.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { runs } from '../../support/count.ts';

const { major, minor } = protocolVersion;
const json = (value: unknown): string => JSON.stringify(value);

const samples: { readonly [T in Command['type']]: Extract<Command, { type: T }> } = {
  hello: { id: 1, type: 'hello', token: 'a.b.c', generation: 'g1' },
  ready: {
    id: 1,
    re: 1,
    type: 'ready',
    generation: 'g1',
    incarnation: 'i1',
    principal: 'ada',
    rights: ['read', 'write'],
    expiresAt: 1_800_000_000_000,
  },
  refused: { id: 2, type: 'refused', client: 2 ** 53 - 1, clock: 7, rule: 'kind' },
  'renew-token': { id: 2, type: 'renew-token', token: 'a.b.c' },
  'token-renewed': { id: 3, re: 2, type: 'token-renewed', rights: [], expiresAt: 0 },
  agents: { id: 4, type: 'agents', agents: [{ name: 'guide', connected: 2 }] },
  claim: { id: 5, type: 'claim', run: 'r1', lanes: 2, take: true },
  claimed: {
    id: 5,
    re: 5,
    type: 'claimed',
    run: 'r1',
    epoch: 1,
    lanes: [{ client: 7, clock: 0 }],
    leaseMs: 10_000,
    expiresAt: 1_800_000_010_000,
  },
  renew: { id: 6, type: 'renew', run: 'r1', epoch: 1 },
  advance: {
    id: 7,
    type: 'advance',
    run: 'r1',
    epoch: 1,
    to: 'failed',
    error: { code: 'model', message: 'The model did not answer.' },
  },
  ack: {
    id: 8,
    type: 'ack',
    run: 'r1',
    epoch: 1,
    request: 'q1',
    state: 'accepted',
    place: { message: 'm1', part: 'p1', chars: 12 },
  },
  usage: { id: 9, type: 'usage', run: 'r1', epoch: 1, usage: { inputTokens: 12, model: 'small' } },
  title: { id: 10, type: 'title', run: 'r1', epoch: 1, title: 'Lunch' },
  release: { id: 11, type: 'release', run: 'r1', epoch: 1 },
  done: { id: 12, re: 6, type: 'done', expiresAt: 1_800_000_010_000 },
  'lease-lost': { id: 13, type: 'lease-lost', run: 'r1', epoch: 1, why: 'expired' },
  error: { id: 4, re: 9, type: 'error', code: 'busy', message: 'Try later.', retryable: true },
};

describe('[W12] a command', () => {
  test.each(Object.values(samples))('[W12] $type is decoded as it was encoded', (command) => {
    const version = { major, minor };
    expect(decodeCommand(encodeCommand(command))).toEqual({ ok: true, command, version });
  });

  test('[W12] there is a sample of every command', () => {
    expect(Object.keys(samples).toSorted()).toEqual(Object.keys(commandSchemas).toSorted());
  });

  test('[W12] with keys that it does not know is understood without them', () => {
    const later = json({ v: [major, minor + 1], ...samples.refused, colour: 'red' });
    expect(decodeCommand(later)).toMatchObject({ ok: true, command: samples.refused });
    expect(json(decodeCommand(later))).not.toContain('colour');
  });

  test('[W12] that only a newer minor version knows is passed over', () => {
    const newer = json({ v: [major, minor + 1], id: 5, type: 'dance' });
    expect(decodeCommand(newer)).toEqual({ ok: true, ignored: 'dance' });
  });

  test.each([
    ['command-unknown', { v: [major, minor], id: 5, type: 'dance' }],
    ['command-unknown', { v: [major, minor], id: 5, type: 'toString' }],
    ['command-version', { v: [major + 1, 0], ...samples.hello, id: 5 }],
    ['command-version', { v: [0, 9], ...samples.hello, id: 5 }],
    ['command-shape', { v: [major, minor], ...samples.refused, id: 5, clock: -1 }],
    ['command-shape', { v: [major, minor], ...samples.ready, id: 5, rights: ['fly'] }],
    ['command-shape', { v: [major, minor], ...samples.hello, id: 5, token: '' }],
    ['command-shape', { v: [major, minor], id: 5, type: 'renew-token' }],
    ['command-shape', { v: [major, minor], ...samples.claim, id: 5, run: 'a run' }],
    ['command-shape', { v: [major, minor], ...samples.claim, id: 5, lanes: 9 }],
    ['command-shape', { v: [major, minor], ...samples.renew, id: 5, epoch: 0 }],
    ['command-shape', { v: [major, minor], ...samples.advance, id: 5, to: 'queued' }],
    ['command-shape', { v: [major, minor], ...samples.usage, id: 5, usage: { a: {} } }],
    [
      'command-shape',
      { v: [major, minor], id: 5, type: 'hello', token: 'x'.repeat(limits.tokenBytesMax + 1) },
    ],
  ])('[W12] is refused by the rule %s, and can be answered', (rule, value) => {
    const refused = decodeCommand(json(value));
    expect(refused).toMatchObject({ ok: false, rule, re: 5 });
    const answer = refusedCommand(6, refused as CommandRefusal);
    expect(decodeCommand(encodeCommand(answer))).toMatchObject({
      ok: true,
      command: { id: 6, re: 5, type: 'error', code: rule, retryable: false },
    });
  });

  test.each([
    ['json-shape', ''],
    ['json-shape', '{"v":[1,0],'],
    ['json-shape', '['.repeat(30_000)],
    ['json-shape', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['json-shape', `{"v":[${major},0],"id":1,"type":"hello","__proto__":{"token":"a"}}`],
    ['command-shape', '[]'],
    ['command-shape', 'null'],
    ['command-shape', '7'],
    ['command-shape', json({ id: 1, type: 'hello' })],
    ['command-shape', json({ v: [major], id: 1, type: 'hello' })],
    ['command-shape', json({ v: [major, minor, 1], id: 1, type: 'hello' })],
    ['command-shape', json({ v: [major, -1], id: 1, type: 'hello' })],
    ['command-shape', json({ v: [major, minor], id: 1.5, type: 'hello' })],
    ['command-shape', json({ v: [major, minor], type: 'hello' })],
  ])('[W12] that is none is refused by the rule %s: %.40s', (rule, text) => {
    const refused = decodeCommand(text);
    expect(refused).toMatchObject({ ok: false, rule });
    expect(refused).not.toHaveProperty('re');
  });

  test('[W12] is decoded or refused, whatever JSON it is', () => {
    const key = fc.constantFrom('v', 'id', 're', 'type', 'token', 'rights', 'rule');
    const value = fc.oneof(
      fc.constantFrom(...Object.keys(samples)),
      fc.jsonValue(),
      fc.constant([1, 0]),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (object) => {
        expect(typeof decodeCommand(json(object)).ok).toBe('boolean');
      }),
      runs(2_000, 100_000),
    );
  });
});

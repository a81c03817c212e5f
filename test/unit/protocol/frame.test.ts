import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../src/base/chance.ts';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  heartbeatFrame,
} from '../../../src/protocol/frame.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { count, runs } from '../../support/count.ts';
import { bytesTakenBy } from '../../support/heap.ts';
import { damage } from '../../support/mutants.ts';
import { varUint } from '../../support/update-bytes.ts';

const raw = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const sized = (head: readonly number[], size: number): Uint8Array => {
  const start = [...head, ...varUint(size)];
  const bytes = new Uint8Array(start.length + size);
  bytes.set(start);
  return bytes;
};

const bytes = fc.uint8Array({ maxLength: 200 });
const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  bytes.map((stateVector) => ({ type: 'sync-step-1', stateVector }) as const),
  bytes.map((update) => ({ type: 'sync-step-2', update }) as const),
  bytes.map((update) => ({ type: 'update', update }) as const),
  bytes.map((entries) => ({ type: 'awareness', entries }) as const),
  fc.string({ unit: 'grapheme' }).map((reason) => ({ type: 'permission-denied', reason }) as const),
  fc.constant({ type: 'query-awareness' } as const),
  fc
    .uint8Array({ minLength: 1, maxLength: limits.barrierBytesMax })
    .map((mark) => ({ type: 'barrier', mark }) as const),
  fc.string({ unit: 'grapheme' }).map((json) => ({ type: 'command', json }) as const),
);

describe('[W1] a frame', () => {
  test('[W1] is decoded as it was encoded', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, frame });
      }),
      runs(1_000, 100_000),
    );
  });

  test('[W1] has the bytes that y-protocols gives it', () => {
    const written = (write: (out: encoding.Encoder) => void): Uint8Array => {
      const out = encoding.createEncoder();
      write(out);
      return encoding.toUint8Array(out);
    };
    const update = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
    const sync = (kind: number): Uint8Array =>
      written((out) => {
        encoding.writeVarUint(out, 0);
        encoding.writeVarUint(out, kind);
        encoding.writeVarUint8Array(out, update);
      });
    expect(encodeFrame({ type: 'sync-step-1', stateVector: update })).toEqual(sync(0));
    expect(encodeFrame({ type: 'sync-step-2', update })).toEqual(sync(1));
    expect(encodeFrame({ type: 'update', update })).toEqual(sync(2));
    expect(encodeFrame({ type: 'query-awareness' })).toEqual(raw(3));
    const denied = written((out) => {
      encoding.writeVarUint(out, 2);
      encoding.writeVarUint(out, 0);
      encoding.writeVarString(out, 'nein 😀');
    });
    expect(encodeFrame({ type: 'permission-denied', reason: 'nein 😀' })).toEqual(denied);
  });

  test('[W2] of the heartbeat is an awareness of nobody', () => {
    expect([...heartbeatFrame]).toEqual([1, 1, 0]);
    const frame: Frame = { type: 'awareness', entries: raw(0) };
    expect(decodeFrame(heartbeatFrame)).toEqual({ ok: true, frame });
  });

  test.each([
    ['truncated', 'nothing', raw()],
    ['truncated', 'a size beyond the end', raw(0, 2, 5, 1)],
    ['trailing-bytes', 'a second message behind the first', raw(0, 2, 1, 7, 0, 2, 1, 7)],
    ['trailing-bytes', 'a query that says something', raw(3, 0)],
    ['frame-type', 'a type that nobody has', raw(4)],
    ['frame-type', 'a kind of sync that nobody has', raw(0, 3, 0)],
    ['varint', 'a type written longer than needed', raw(0x80, 0, 2, 0)],
    ['varint', 'a size written longer than needed', raw(0, 2, 0x81, 0, 7)],
    [
      'varint',
      'a size of more than 53 bits',
      raw(0, 2, ...Array.from({ length: 9 }, () => 0xff), 1),
    ],
    ['auth-kind', 'an auth message that is no refusal', raw(2, 1, 0)],
    ['barrier-bytes', 'an empty barrier', raw(102, 0)],
    ['barrier-bytes', 'a barrier of 65 bytes', sized([102], 65)],
    ['text', 'a command that is no text', raw(103, 1, 0xff)],
    ['frame-bytes', 'too large an update', sized([0, 2], limits.updateBytesMax + 1)],
    ['frame-bytes', 'too large an answer', sized([0, 1], limits.syncAnswerBytesMax + 1)],
    ['frame-bytes', 'too large a state vector', sized([0, 0], limits.stateVectorBytesMax + 1)],
    ['frame-bytes', 'too large an awareness', sized([1], limits.awarenessBytesMax + 1)],
    ['frame-bytes', 'too large a command', sized([103], limits.commandBytesMax + 1)],
    ['frame-bytes', 'too large a reason', sized([2, 0], limits.reasonBytesMax + 1)],
  ])('[W1] is refused by the rule %s: %s', (rule, _, frame) => {
    expect(decodeFrame(frame)).toMatchObject({ ok: false, rule });
  });

  test('[W1] is as large as its payload may be', () => {
    expect(decodeFrame(sized([0, 1], limits.syncAnswerBytesMax))).toMatchObject({ ok: true });
    expect(decodeFrame(sized([0, 2], limits.updateBytesMax))).toMatchObject({ ok: true });
  });

  test('[W1] is a view of the bytes it came in, and takes no memory of its own', () => {
    const frame = sized([0, 1], limits.syncAnswerBytesMax);
    expect(bytesTakenBy(() => decodeFrame(frame))).toBeLessThan(512 * 1024);
  });

  test('[W1] is decoded or refused, whatever its bytes are, and one that passes is written alike', () => {
    const chance = seededChance(3);
    const frames = fc.sample(anyFrame, { numRuns: 200, seed: 3 }).map(encodeFrame);
    const tries = count(20_000, 1_000_000);
    let passed = 0;
    for (let i = 0; i < tries; i++) {
      const one = frames[i % frames.length] ?? heartbeatFrame;
      const damaged = damage(chance, one, frames[(i * 7) % frames.length] ?? heartbeatFrame);
      const decoded = decodeFrame(damaged);
      if (!decoded.ok) continue;
      passed++;
      expect(encodeFrame(decoded.frame)).toEqual(damaged);
    }
    expect(passed).toBeGreaterThan(tries / 100);
  });
});

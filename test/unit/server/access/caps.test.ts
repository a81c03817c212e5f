import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cap, createCaps, type CapVerdict } from '../../../../server/access/caps.ts';
import { addressCap, type CapLimits } from '../../../../server/access/limits.ts';
import { defined } from '../../../../src/base/assert.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { runs } from '../../../support/count.ts';

const small: CapLimits = { openMax: 3, burstMax: 5, perSecond: 2, entriesMax: 2, sweepMs: 10_000 };

function taken(verdict: CapVerdict): () => void {
  if (!verdict.ok) throw new Error(`refused: ${verdict.cap}`);
  return verdict.release;
}

const refused = (cap: string): object => expect.objectContaining({ ok: false, code: 'busy', cap });

describe('[W112] somebody', () => {
  test('[W112] has so many connections, and another one when one has ended', () => {
    const cap = new Cap(small, manualClock());
    const release = [1, 2, 3].map(() => taken(cap.take('ada')));
    expect(cap.take('ada')).toEqual(refused('open'));
    expect(cap.take('bob').ok).toBe(true);
    release[0]?.();
    release[0]?.();
    expect(cap.take('ada').ok).toBe(true);
    expect(cap.take('ada')).toEqual(refused('open'));
  });

  test('[W112] makes so many at once, and then as many as time allows', () => {
    const clock = manualClock();
    const cap = new Cap(small, clock);
    for (let i = 0; i < 5; i++) taken(cap.take('ada'))();
    expect(cap.take('ada')).toEqual({ ok: false, code: 'busy', cap: 'rate', retryAfterMs: 500 });
    clock.advance(499);
    expect(cap.take('ada').ok).toBe(false);
    clock.advance(1);
    taken(cap.take('ada'))();
    expect(cap.take('ada').ok).toBe(false);
    clock.advance(60_000);
    for (let i = 0; i < 5; i++) taken(cap.take('ada'))();
    expect(cap.take('ada')).toEqual(refused('rate'));
  });

  test('[W112] is forgotten when idle, and not before', () => {
    const clock = manualClock();
    const cap = new Cap(small, clock);
    const ada = taken(cap.take('ada'));
    taken(cap.take('bob'))();
    expect(cap.entries).toBe(2);
    expect(cap.take('cyd')).toEqual(refused('entries'));
    clock.advance(10_000);
    expect(cap.entries).toBe(1);
    expect(cap.take('cyd').ok).toBe(true);
    ada();
    clock.advance(10_000);
    expect(cap.entries).toBe(1);
    cap.stop();
  });

  test('[W112] is not forgotten while its bucket fills, and is at last without another coming', () => {
    const clock = manualClock();
    const cap = new Cap(small, clock);
    taken(cap.take('bob'))();
    clock.advance(9_999);
    for (let i = 0; i < 5; i++) taken(cap.take('ada'))();
    clock.advance(1);
    expect(cap.entries).toBe(1);
    expect(cap.take('ada')).toEqual(refused('rate'));
    clock.advance(10_000);
    expect(cap.entries).toBe(0);
  });

  test('[W112] gains nothing and loses nothing by a clock that jumps back', () => {
    let now = 1_000_000;
    const clock = { ...manualClock(), now: () => now };
    const cap = new Cap(small, clock);
    for (let i = 0; i < 5; i++) taken(cap.take('ada'))();
    now = 0;
    expect(cap.take('ada')).toEqual(refused('rate'));
    now = 1_000;
    taken(cap.take('ada'))();
    taken(cap.take('ada'))();
    expect(cap.take('ada')).toEqual(refused('rate'));
  });
});

test('[W112] whatever happens, the caps hold', () => {
  const act = fc.record({
    who: fc.constantFrom('ada', 'bob'),
    what: fc.constantFrom('take', 'take', 'take', 'release', 'wait'),
    ms: fc.nat(1_500),
  });
  const holds = (acts: readonly { who: string; what: string; ms: number }[]): void => {
    const clock = manualClock();
    const cap = new Cap(small, clock);
    const open = new Map<string, (() => void)[]>([
      ['ada', []],
      ['bob', []],
    ]);
    const made = new Map<string, number>();
    for (const { who, what, ms } of acts) {
      const own = defined(open.get(who), 'somebody');
      if (what === 'wait') clock.advance(ms);
      if (what === 'release') own.shift()?.();
      if (what !== 'take') continue;
      const verdict = cap.take(who);
      if (verdict.ok) {
        own.push(verdict.release);
        made.set(who, (made.get(who) ?? 0) + 1);
      }
      expect(own.length).toBeLessThanOrEqual(small.openMax);
      const allowed = small.burstMax + (clock.now() / 1_000) * small.perSecond;
      expect(made.get(who) ?? 0).toBeLessThanOrEqual(allowed);
      // Never refused without a reason.
      const full = !verdict.ok && verdict.cap === 'open';
      expect(own.length === small.openMax || !full).toBe(true);
    }
  };
  fc.assert(fc.property(fc.array(act, { maxLength: 60 }), holds), runs(300, 20_000));
});

test('[W112] five hundred of one address come back at once', () => {
  const { address } = createCaps({ clock: manualClock() });
  for (let i = 0; i < 500; i++) expect(address.take('203.0.113.7').ok).toBe(true);
  expect(addressCap.openMax).toBeGreaterThan(500);
  const { principal } = createCaps({ clock: manualClock(), principal: { openMax: 1 } });
  taken(principal.take('ada'));
  expect(principal.take('ada').ok).toBe(false);
});

// The books under anything: runs and requests of good and bad faith arrive in any order, holders say
// what they like, claims are lost, policies change. Decisions come to an end, no step is taken that
// is in no table (the picture throws on one), and once all has ended nothing is left waiting.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HolderCommand } from '../../src/session/bookkeeping.ts';
import { policies } from '../../src/session/policy.ts';
import { isFinal } from '../../src/session/run.ts';
import { wrongAtTheEnd, wrongNow } from '../support/closing.ts';
import { runs } from '../support/count.ts';
import { type Happening, Picture, run } from '../support/picture.ts';

/** Few names, so that everything meets everything; two of them are nobody's run. */
const runIds = fc.constantFrom('a', 'b', 'd', 'e', '__proto__', 'constructor');
const requestIds = fc.constantFrom('q1', 'q2', 'q3', 'q4', 'q5', 'a', 'toString');
const people = fc.constantFrom('ada', 'bob', 'eve');
const holders = fc.constantFrom('one', 'two');
const times = fc.oneof(fc.nat(9), fc.constantFrom(0, 5e-324, 1e300, Number.MAX_VALUE));

const arrival: fc.Arbitrary<Happening> = fc
  .record({
    id: runIds,
    at: times,
    createdBy: people,
    order: fc.option(fc.oneof(times, fc.constant(-Number.MAX_VALUE)), { nil: undefined }),
    message: fc.option(fc.constantFrom('m-a', 'm-b'), { nil: undefined }),
    parentRun: fc.option(runIds, { nil: undefined, freq: 3 }),
  })
  .map(({ id, at, message, order, ...fields }) => (picture) => {
    const moved = order === undefined ? {} : { order };
    picture.arrive(run(id, at, { ...fields, ...moved, ...(message && { message }) }));
  });

const kinds = fc.oneof(
  fc.record({
    kind: fc.constant('cancel' as const),
    scope: fc.constantFrom('tree' as const, 'run' as const),
  }),
  fc.record({ queued: runIds, own: fc.boolean() }).map(({ queued, own }) => ({
    kind: 'steer' as const,
    queued,
    message: own ? `m-${queued}` : 'm-a',
  })),
  fc.record({
    kind: fc.constantFrom('approve' as const, 'deny' as const),
    call: fc.constantFrom('c1', 'c2'),
    hash: fc.constant('h'),
  }),
  fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const) }),
  fc.record({ kind: fc.constant('replace' as const), with: runIds }),
);

const asking: fc.Arbitrary<Happening> = fc
  .record({ id: requestIds, on: runIds, by: people, at: times, kind: kinds })
  .map(
    ({ id, on, by, at, kind }) =>
      (picture) =>
        picture.ask({ ...kind, id, run: on, by, at }),
  );

const said = fc.oneof(
  fc.record({ do: fc.constantFrom('proceed' as const, 'complete' as const, 'cancelled' as const) }),
  fc.record({ do: fc.constant('wait' as const), for: fc.constantFrom('input', 'x'.repeat(999)) }),
  fc.record({
    do: fc.constant('fail' as const),
    error: fc.record({ code: fc.string(), message: fc.constantFrom('', 'x'.repeat(9_999)) }),
  }),
  fc.record({
    do: fc.constant('ack' as const),
    request: requestIds,
    state: fc.constantFrom(
      'accepted' as const,
      'accepted' as const,
      'settled' as const,
      'refused' as const,
      'void' as const,
    ),
    reason: fc.option(fc.constantFrom('no', 'x'.repeat(9_999)), { nil: undefined }),
  }),
);

const command: fc.Arbitrary<Happening> = fc
  .record({ id: runIds, holder: holders, epoch: fc.integer({ min: 1, max: 3 }), said })
  .map(({ id, holder, epoch, said: words }) => (picture) => {
    const spoken: HolderCommand = { run: id, epoch, ...words };
    // Mostly what is current: else nearly all of it would be refused.
    const claim = picture.runs.get(id)?.claim;
    picture.obey(claim?.holder ?? holder, { ...spoken, epoch: claim?.epoch ?? epoch });
    picture.obey(holder, spoken);
  });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: arrival },
  { weight: 5, arbitrary: asking },
  { weight: 5, arbitrary: command },
  {
    weight: 3,
    arbitrary: fc.tuple(runIds, holders).map(([id, holder]): Happening => (picture) => {
      picture.claim(id, holder);
    }),
  },
  {
    weight: 1,
    arbitrary: runIds.map((id): Happening => (picture) => {
      picture.lose(id);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...policies).map((policy): Happening => (picture) => {
      picture.policy = policy;
    }),
  },
  { weight: 4, arbitrary: fc.constant<Happening>((picture) => picture.settle()) },
);

const mayControl = fc.constantFrom(
  () => true,
  () => false,
  (principal: string) => principal === 'ada',
);

const stories = fc.record({ mayControl, happenings: fc.array(happening, { maxLength: 40 }) });

/** What is wrong, and where: a story of functions says little when it fails. */
const told = (wrong: readonly string[], picture: Picture): readonly string[] =>
  wrong.length === 0 ? [] : [...wrong, picture.key];

test('[S20] [S26] [S28] [S29] whatever happens, the books close', () => {
  fc.assert(
    fc.property(stories, (story) => {
      const picture = new Picture([], [], { mayControl: story.mayControl });
      for (const one of story.happenings) {
        one(picture);
        expect(told(wrongNow(picture), picture)).toEqual([]);
      }
      expect(told(wrongAtTheEnd(picture), picture)).toEqual([]);
    }),
    runs(1_500, 100_000),
  );
});

test('[S20] whatever is asked or said, a final run stays as it is', () => {
  const ended = fc.constantFrom(
    { state: 'complete' as const, at: 3 },
    { state: 'cancelled' as const, at: 3, why: 'asked' as const },
    { state: 'failed' as const, at: 3, error: { code: 'crashed', message: 'It broke.' } },
  );
  const stranger = fc.array(happening, { maxLength: 25 });
  fc.assert(
    fc.property(ended, stranger, (status, happenings) => {
      const claim = { holder: 'one', epoch: 1, since: 2 };
      const final = run('a', 1, { status, claim, startedAt: 2 });
      const picture = new Picture([final], []);
      for (const one of happenings) {
        one(picture);
        expect(picture.runs.get('a')).toBe(final);
      }
      picture.settle();
      for (const asked of picture.requests) {
        const late = asked.run === 'a' && isFinal(final.status.state);
        expect(asked.state === 'void' || !late).toBe(true);
      }
    }),
    runs(500, 50_000),
  );
});

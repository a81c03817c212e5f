// A handful of things that happen at once, in every order in which they can: whatever comes first,
// each run ends once, each request is answered, and words are in one place.

import { describe, expect, test } from 'vitest';

import { decidedBy, type HolderCommand } from '../../../src/session/bookkeeping.ts';
import type { AckState } from '../../../src/session/control.ts';
import { isFinal } from '../../../src/session/run.ts';
import { wrongAtTheEnd, wrongNow } from '../../support/closing.ts';
import { explore, type Happening, Picture, run } from '../../support/picture.ts';

type Command = HolderCommand extends infer One
  ? One extends HolderCommand
    ? Omit<One, 'run' | 'epoch'>
    : never
  : never;

const claim =
  (id: string, holder: string): Happening =>
  (picture) => {
    picture.claim(id, holder);
  };

const lose =
  (id: string): Happening =>
  (picture) => {
    picture.lose(id);
  };

/** What a holder says at an epoch, whether it still holds the run or not. */
const say =
  (id: string, holder: string, epoch: number, command: Command): Happening =>
  (picture) => {
    picture.obey(holder, { run: id, epoch, ...command });
  };

const ask =
  (...[asked]: Parameters<Picture['ask']>): Happening =>
  (picture) =>
    picture.ask(asked);

const ack = (request: string, state: AckState): Command => ({ do: 'ack', request, state });

const cancel = (id: string, of: string, scope: 'tree' | 'run' = 'tree'): Happening =>
  ask({ id, kind: 'cancel', run: of, scope });

/** Tries every order twice, with decisions taken at once and at any later time. Returns what went wrong first. */
function inEveryOrder(
  start: Picture,
  happenings: readonly Happening[],
  check: (picture: Picture) => readonly string[] = () => [],
): readonly string[] {
  const found: string[] = [];
  for (const settled of [true, false]) {
    const look = (picture: Picture): void => {
      if (found.length > 0) return;
      const wrong = [...wrongNow(picture), ...check(picture), ...wrongAtTheEnd(picture)];
      if (wrong.length > 0) found.push(...wrong, picture.key);
    };
    const pictures = explore(start, happenings, look, settled);
    if (pictures <= happenings.length) found.push(`only ${pictures} pictures were seen`);
  }
  return found;
}

/** A picture in which `holder` has claimed the runs, in their order. */
function held(runs: readonly string[], options: ConstructorParameters<typeof Picture>[2] = {}) {
  const picture = new Picture(
    runs.map((id, at) => run(id, at + 1)),
    [],
    { policy: 'concurrent', ...options },
  );
  picture.settle();
  for (const id of runs) picture.claim(id, 'holder');
  return picture;
}

describe('a cancel', () => {
  const waiting = new Picture([run('a', 1)], []);

  test('[S20] [S26] [S27] meets a claim, a loss, a completion and another cancel', () => {
    expect(
      inEveryOrder(waiting, [
        cancel('c1', 'a'),
        cancel('c2', 'a', 'run'),
        claim('a', 'one'),
        lose('a'),
        claim('a', 'two'),
        say('a', 'one', 1, { do: 'complete' }),
        say('a', 'two', 2, { do: 'cancelled' }),
      ]),
    ).toEqual([]);
  });

  test('[S26] [S27] meets its own acks, and a takeover between them', () => {
    expect(
      inEveryOrder(waiting, [
        cancel('c1', 'a'),
        cancel('c2', 'a'),
        claim('a', 'one'),
        say('a', 'one', 1, ack('c1', 'accepted')),
        lose('a'),
        claim('a', 'two'),
        say('a', 'two', 2, ack('c2', 'settled')),
        say('a', 'one', 1, { do: 'cancelled' }),
      ]),
    ).toEqual([]);
  });

  test('[S27] of a run that nobody holds ends it at once, and it is never offered again', () => {
    const check = (picture: Picture): readonly string[] => {
      const asked = [...picture.requests].some(({ kind }) => kind === 'cancel');
      const trial = picture.clone();
      const claimed = asked && trial.claim('a', 'late').ok;
      const state = picture.stateOf('a') ?? 'queued';
      trial.settle();
      const ended = isFinal(trial.stateOf('a') ?? 'queued');
      const unheld = state === 'queued' || state === 'stalled';
      return [
        ...(claimed ? ['it was offered again'] : []),
        ...(asked && unheld && !ended ? ['it did not end'] : []),
      ];
    };
    expect(
      inEveryOrder(
        waiting,
        [
          cancel('c1', 'a'),
          claim('a', 'one'),
          say('a', 'one', 1, ack('c1', 'accepted')),
          say('a', 'one', 1, ack('c1', 'settled')),
          lose('a'),
          claim('a', 'two'),
        ],
        check,
      ),
    ).toEqual([]);
  });

  test('[S26] meets a run that has not arrived', () => {
    expect(
      inEveryOrder(new Picture([], []), [
        cancel('c1', 'a'),
        (picture) => picture.arrive(run('a', 1)),
        (picture) => picture.arrive(run('b', 2)),
        claim('a', 'one'),
        ask({ id: 'p', kind: 'pause', run: 'a' }),
        ask({ id: 'q', kind: 'resume', run: 'b' }),
        say('a', 'one', 1, ack('p', 'refused')),
      ]),
    ).toEqual([]);
  });

  test('[S25] reaches the runs below, whenever they come', () => {
    const below = (id: string, parentRun: string) => run(id, 2, { parentRun });
    expect(
      inEveryOrder(
        held(['a']),
        [
          cancel('c1', 'a'),
          (picture) => picture.arrive(below('b', 'a')),
          (picture) => picture.arrive(below('d', 'b')),
          claim('b', 'sub'),
          claim('d', 'sub'),
          say('a', 'holder', 1, { do: 'cancelled' }),
          lose('b'),
        ],
        (picture) => {
          const settled = picture.clone();
          settled.settle();
          const answer = settled.requests.get('c1')?.state;
          if (answer === undefined || answer === 'void') return [];
          const unheld = [...settled.runs].filter(
            ({ status, parentRun, id }) =>
              (status.state === 'queued' || status.state === 'stalled') &&
              settled.runs.get(parentRun ?? id) !== undefined,
          );
          return unheld.map(({ id }) => `${id} waits below a cancelled run`);
        },
      ),
    ).toEqual([]);
  });
});

describe('a steer', () => {
  const steer = (id: string, into: string, queued = 'q') =>
    ask({ id, kind: 'steer', run: into, message: `m-${queued}`, queued });
  const words: Happening = (picture) => picture.arrive(run('q', 5));

  test('[S26] [S28] meets its ack, its refusal, the end of the run and a takeover', () => {
    expect(
      inEveryOrder(held(['a'], { policy: 'enqueue' }), [
        (picture) => {
          words(picture);
          steer('s', 'a')(picture);
        },
        say('a', 'holder', 1, ack('s', 'accepted')),
        say('a', 'holder', 1, ack('s', 'refused')),
        say('a', 'holder', 1, { do: 'complete' }),
        lose('a'),
        claim('a', 'two'),
        say('a', 'two', 2, ack('s', 'settled')),
        claim('q', 'one'),
      ]),
    ).toEqual([]);
  });

  test('[S28] into two runs at once is taken by one of them', () => {
    expect(
      inEveryOrder(held(['a', 'b']), [
        words,
        steer('s1', 'a'),
        steer('s2', 'b'),
        claim('q', 'one'),
        say('a', 'holder', 1, ack('s1', 'accepted')),
        say('b', 'holder', 1, ack('s2', 'settled')),
        say('b', 'holder', 1, { do: 'complete' }),
      ]),
    ).toEqual([]);
  });

  test('[S28] meets the withdrawal and the edit of its words', () => {
    expect(
      inEveryOrder(held(['a'], { policy: 'enqueue' }), [
        words,
        steer('s', 'a'),
        cancel('c', 'q'),
        (picture) => {
          picture.arrive(run('e', 6));
          picture.ask({ id: 'x', kind: 'replace', run: 'q', with: 'e' });
        },
        say('a', 'holder', 1, ack('s', 'accepted')),
        say('a', 'holder', 1, { do: 'complete' }),
      ]),
    ).toEqual([]);
  });

  test('[S28] that waits for itself, or for another that waits for it, is void', () => {
    const circle = new Picture([run('a', 1), run('b', 2), run('d', 3)], []);
    expect(
      inEveryOrder(circle, [
        steer('s1', 'b', 'a'),
        steer('s2', 'd', 'b'),
        steer('s3', 'a', 'd'),
        steer('s4', 'a', 'a'),
        claim('a', 'one'),
        say('a', 'one', 1, ack('s3', 'accepted')),
      ]),
    ).toEqual([]);
  });

  test('[S28] chains into what is itself a steer, and each of the words is in one place', () => {
    expect(
      inEveryOrder(held(['a'], { policy: 'enqueue' }), [
        words,
        steer('s1', 'a'),
        (picture) => {
          picture.arrive(run('p', 6));
          steer('s2', 'q', 'p')(picture);
        },
        say('a', 'holder', 1, ack('s1', 'accepted')),
        say('a', 'holder', 1, { do: 'complete' }),
        claim('q', 'one'),
        say('q', 'one', 1, ack('s2', 'accepted')),
      ]),
    ).toEqual([]);
  });
});

describe('an approval', () => {
  const decide = (id: string, kind: 'approve' | 'deny') =>
    ask({ id, kind, run: 'a', call: 'call', hash: 'hash' });

  test('[S26] [S29] meets a denial, and a takeover between request and ack', () => {
    const winners = new Set<string>();
    expect(
      inEveryOrder(
        held(['a']),
        [
          decide('yes', 'approve'),
          decide('no', 'deny'),
          say('a', 'holder', 1, ack('yes', 'accepted')),
          say('a', 'holder', 1, ack('no', 'accepted')),
          lose('a'),
          claim('a', 'two'),
          say('a', 'two', 2, ack('no', 'settled')),
          say('a', 'two', 2, ack('yes', 'accepted')),
        ],
        (picture) => {
          const won = decidedBy(picture, 'a', 'call');
          if (won !== undefined) winners.add(won.id);
          const settled = picture.clone();
          settled.settle();
          const rivals = [...settled.requests].filter(
            ({ id, state }) => won !== undefined && id !== won.id && state !== 'void',
          );
          return rivals.map(({ id }) => `${id} is not void beside ${won?.id}`);
        },
      ),
    ).toEqual([]);
    expect([...winners].toSorted()).toEqual(['no', 'yes']);
  });

  test('[S29] that was refused leaves the next one to be accepted', () => {
    const picture = held(['a']);
    decide('yes', 'approve')(picture);
    decide('no', 'deny')(picture);
    say('a', 'holder', 1, ack('yes', 'refused'))(picture);
    picture.settle();
    expect(picture.requests.get('no')?.state).toBe('requested');
    say('a', 'holder', 1, ack('no', 'accepted'))(picture);
    expect(decidedBy(picture, 'a', 'call')?.id).toBe('no');
  });
});

describe('an edit', () => {
  const edit = (id: string, of: string, by: string, at: number) => (picture: Picture) => {
    picture.arrive(run(by, at));
    picture.ask({ id, kind: 'replace', run: of, with: by, at });
  };

  test('[S24] [S26] meets another edit, an edit of itself, a claim and a cancel', () => {
    const queue = new Picture([run('a', 1), run('z', 2)], []);
    expect(
      inEveryOrder(queue, [
        edit('x1', 'a', 'b', 3),
        edit('x2', 'a', 'd', 4),
        edit('x3', 'b', 'e', 5),
        claim('a', 'one'),
        claim('b', 'one'),
        cancel('c', 'b'),
        say('a', 'one', 1, ack('x1', 'settled')),
      ]),
    ).toEqual([]);
  });

  test('[S24] of an edit counts for the first, in whatever order the two are decided', () => {
    for (const [first, second] of [
      [3, 4],
      [4, 3],
    ] as const) {
      const picture = new Picture([run('a', 1), run('z', 2), run('b', 5), run('e', 6)], []);
      picture.ask({ id: 'x1', kind: 'replace', run: 'a', with: 'b', at: first });
      picture.ask({ id: 'x2', kind: 'replace', run: 'b', with: 'e', at: second });
      picture.settle();
      const left = [...picture.runs].filter(({ status }) => status.state === 'queued');
      expect(left.map(({ id }) => id).toSorted()).toEqual(['e', 'z']);
      expect(picture.runs.get('e')?.order).toBe(1);
    }
  });

  test('[S24] in a circle of edits leaves one of them', () => {
    const picture = new Picture([run('a', 1), run('b', 2)], []);
    picture.ask({ id: 'x1', kind: 'replace', run: 'a', with: 'b', at: 1 });
    picture.ask({ id: 'x2', kind: 'replace', run: 'b', with: 'a', at: 2 });
    picture.ask({ id: 'x3', kind: 'replace', run: 'b', with: 'b', at: 3 });
    expect(wrongAtTheEnd(picture)).toEqual([]);
    picture.settle();
    expect([picture.stateOf('a'), picture.stateOf('b')]).toEqual(['cancelled', 'queued']);
  });
});

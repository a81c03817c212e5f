// Judgements and profiles: each is one entry of one person, beside what it is about.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annotationKey, decodeAnnotation, type Target } from '../../../src/session/annotation.ts';
import type { Session } from '../../../src/session/session.ts';
import { runs } from '../../support/count.ts';
import { Devices } from '../../support/devices.ts';

const targets: fc.Arbitrary<Target> = fc.oneof(
  fc.record({
    kind: fc.constant('message' as const),
    message: fc.constantFrom('a', 'part', 'a-b'),
  }),
  fc.record({ kind: fc.constant('run' as const), run: fc.constantFrom('a', 'run', 'message') }),
  fc.record({
    kind: fc.constant('part' as const),
    message: fc.constantFrom('a', 'b'),
    part: fc.constantFrom('a', 'b'),
  }),
);
const names = fc.oneof(
  fc.string({ unit: fc.constantFrom('/', '%', '2', 'F', '5', 'a'), minLength: 1 }),
);

const judgements = (session: Session) =>
  [...session.view.annotations].map(({ actor, name, score, label, comment }) => ({
    actor,
    name,
    score,
    label,
    comment,
  }));

describe('an annotation', () => {
  test('[S30] has a key of its own for every target, name and actor', () => {
    const triples = fc.tuple(targets, names, names);
    fc.assert(
      fc.property(triples, triples, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(annotationKey(...one) === annotationKey(...other)).toBe(same);
      }),
      runs(1_000, 100_000),
    );
  });

  test('[S30] has another key where what is escaped was given as it is', () => {
    const target: Target = { kind: 'run', run: 'a' };
    const keys = ['/', '%2F', '%252F', '%', '%25', 'b/c'].map((name) =>
      annotationKey(target, name, 'c'),
    );
    expect(new Set([...keys, annotationKey(target, 'b', 'c/c')]).size).toBe(keys.length + 1);
  });

  test('[S30] of one rater replaces the one before; two raters stand beside each other', () => {
    const devices = new Devices();
    const { message } = devices.ada.send('tell me');
    const target: Target = { kind: 'message', message };
    const [bob, eve] = [devices.open('bob'), devices.open('eve')];
    const first = bob.annotate(target, 'helpful', { score: 0, comment: 'hm' });
    eve.annotate(target, 'helpful', { score: 1 });
    eve.annotate(target, 'correct', { label: 'yes' });
    devices.meet();
    expect(bob.annotate(target, 'helpful', { score: 5 })).toBe(first);
    devices.meet();
    for (const session of [devices.ada, bob, eve]) {
      expect(judgements(session)).toHaveLength(3);
      expect(judgements(session)).toEqual(
        expect.arrayContaining([
          { actor: 'bob', name: 'helpful', score: 5 },
          { actor: 'eve', name: 'helpful', score: 1 },
          { actor: 'eve', name: 'correct', label: 'yes' },
        ]),
      );
    }
  });

  test('[S30] is about a message, a part or a run, and taken back by its own rater', () => {
    const devices = new Devices();
    const { message, run } = devices.ada.send('tell me');
    const bob = devices.open('bob');
    const all: Target[] = [
      { kind: 'message', message },
      { kind: 'part', message, part: 'p1' },
      { kind: 'run', run: run ?? '' },
    ];
    for (const target of all) {
      devices.ada.annotate(target, 'good/bad', { score: 1 });
      bob.annotate(target, 'good/bad', { score: 2 });
    }
    devices.meet();
    for (const target of all) bob.retract(target, 'good/bad');
    bob.retract({ kind: 'run', run: 'nobody' }, 'never given');
    devices.meet();
    expect(judgements(devices.ada).map(({ actor }) => actor)).toEqual(['ada', 'ada', 'ada']);
    expect([...devices.ada.view.annotations].map(({ target }) => target)).toEqual(all);
  });

  test.each<[string, (session: Session, message: string) => unknown]>([
    ['nothing', (session, message) => session.annotate({ kind: 'message', message }, 'n', {})],
    [
      'no number',
      (session, message) =>
        session.annotate({ kind: 'message', message }, 'n', { score: Number.NaN }),
    ],
    [
      'no name',
      (session, message) => session.annotate({ kind: 'message', message }, '', { score: 1 }),
    ],
    [
      'a novel',
      (session, message) =>
        session.annotate({ kind: 'message', message }, 'n', { comment: 'x'.repeat(2_001) }),
    ],
    [
      'what is not there',
      (session) => session.annotate({ kind: 'message', message: 'x' }, 'n', { score: 1 }),
    ],
    [
      'no part of it',
      (session, message) =>
        session.annotate({ kind: 'part', message, part: 'x' }, 'n', { score: 1 }),
    ],
    ['no run', (session) => session.annotate({ kind: 'run', run: 'x' }, 'n', { score: 1 })],
  ])('[S30] of %s is refused, and nothing is written', (_, annotate) => {
    const { ada } = new Devices();
    const { message } = ada.send('tell me');
    const { view } = ada;
    expect(() => annotate(ada, message)).toThrow(expect.objectContaining({ name: 'SessionError' }));
    expect(ada.view).toBe(view);
  });

  test('[S30] under a key that is not its own counts for nobody', () => {
    const stored = { target: { kind: 'run', run: 'a' }, name: 'n', actor: 'eve', at: 1, score: 1 };
    const key = annotationKey({ kind: 'run', run: 'a' }, 'n', 'eve');
    expect(decodeAnnotation(key, stored)?.score).toBe(1);
    expect(decodeAnnotation(key, { ...stored, actor: 'ada' })).toBeUndefined();
    expect(decodeAnnotation(`${key}/`, stored)).toBeUndefined();
    expect(decodeAnnotation(key, { ...stored, score: '1' })).toBeUndefined();
  });
});

describe('a participant', () => {
  test('[S31] is one entry under its own id, for people and agents', () => {
    const devices = new Devices();
    const bob = devices.open('https://id.example/bob?x=1');
    devices.ada.introduce({ name: 'Ada', kind: 'person', colour: '#00fFaa' });
    bob.introduce({ name: 'Ada', kind: 'agent' });
    devices.meet();
    expect([...bob.view.participants].map(({ id, name, kind }) => [id, name, kind])).toEqual([
      [bob.principal, 'Ada', 'agent'],
      ['ada', 'Ada', 'person'],
    ]);
    devices.ada.introduce({ name: 'Ada L.', kind: 'person' });
    expect(devices.ada.view.participants.get('ada')).toEqual({
      id: 'ada',
      name: 'Ada L.',
      kind: 'person',
    });
    expect(devices.ada.view.participants.size).toBe(2);
  });

  test('[S31] that introduces itself again with the same profile writes nothing', () => {
    const { ada } = new Devices();
    const profile = { name: 'Ada', kind: 'person', colour: '#123456' } as const;
    ada.introduce(profile);
    let updates = 0;
    ada.doc.on('update', () => updates++);
    const { view } = ada;
    ada.introduce({ ...profile });
    ada.introduce({ colour: '#123456', kind: 'person', name: 'Ada' });
    expect(updates).toBe(0);
    expect(ada.view).toBe(view);
    ada.introduce({ name: 'Ada', kind: 'person' });
    expect(updates).toBe(1);
  });

  test.each([
    { name: '', kind: 'person' as const },
    { name: 'x'.repeat(201), kind: 'person' as const },
    { name: 'Ada', kind: 'person' as const, colour: 'red' },
    { name: 'Ada', kind: 'person' as const, colour: 'url(//example.org)' },
  ])('[S31] with a profile that no peer could show is refused: %j', (profile) => {
    const { ada } = new Devices();
    expect(() => ada.introduce(profile)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(ada.view.participants.size).toBe(0);
  });
});

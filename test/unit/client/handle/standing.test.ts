// Words of another tab that come before what they stand on.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../../src/base/assert.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { Life } from '../../../../src/client/handle/life.ts';
import { Orphans } from '../../../../src/client/handle/orphans.ts';
import { standsOn } from '../../../../src/client/handle/standing.ts';
import { systemPlatform } from '../../../../src/client/platform.ts';
import type { OutboxEntry } from '../../../../src/client/store/offline.ts';

interface Tab {
  readonly life: Life;
  /** What it took for words of the server. */
  readonly came: Uint8Array[];
}

function tab(): Tab {
  const came: Uint8Array[] = [];
  const clock = manualClock();
  const life = new Life({
    url: 'https://holdfast.test',
    session: 'session-0123456789',
    principal: 'ada',
    token: () => Promise.reject(new Error('no network')),
    generation: () => undefined,
    platform: { ...systemPlatform({}), clock, chance: seededChance(1) },
    wrote: () => undefined,
    came: (update) => came.push(update),
  });
  return { life, came };
}

/** What one writer writes, one update for each word, each behind the one before. */
function written(words: readonly string[]): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const word of words) doc.getArray('words').push([word]);
  return updates;
}

const wordsIn = ({ life }: Tab): readonly unknown[] => life.doc.getArray('words').toArray();

test('[C90] words wait for what they stand on, and are words of this device when they come in', () => {
  const [first, second, third] = written(['one', 'two', 'three']);
  if (first === undefined || second === undefined || third === undefined) throw new Error('words');
  const one = tab();
  const late: number[] = [];
  const sent: Uint8Array[] = [];
  const server = {};
  one.life.doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== server) sent.push(update);
  });
  for (const update of [third, second]) {
    const position = one.life.applyUnsent(update, (at) => late.push(at));
    expect(position).toBe(Number.POSITIVE_INFINITY);
  }
  expect({ words: wordsIn(one), hasEarly: one.life.hasEarly }).toEqual({
    words: [],
    hasEarly: true,
  });
  Y.applyUpdate(one.life.doc, first, server);
  expect(wordsIn(one)).toEqual(['one', 'two', 'three']);
  expect({ late, came: one.came, hasEarly: one.life.hasEarly }).toEqual({
    late: [2, 2],
    came: [first],
    hasEarly: false,
  });
  // What a connection listens to, so that they go up.
  expect(sent).toEqual([second, third]);
});

test('[C90] what stands on it is known by places, keys and deletions alike', () => {
  const doc = new Y.Doc();
  const steps: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => steps.push(update));
  const map = doc.getMap('map');
  map.set('key', new Y.Text('inside'));
  const client = doc.clientID;
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  const others: Uint8Array[] = [];
  other.on('update', (update: Uint8Array) => others.push(update));
  const text = other.getMap('map').get('key');
  if (!(text instanceof Y.Text)) throw new Error('a text');
  text.insert(3, 'x');
  text.delete(0, 2);
  other.getMap('map').set('key', 1);
  other.getMap('map').set('free', 2);
  const known = (clock: number) => (of: number) => (of === client ? clock : 0);
  const [insert, deletion] = others;
  if (insert === undefined || deletion === undefined) throw new Error('updates');
  expect([0, 3, 4, 7].map((clock) => standsOn(insert, known(clock)))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect([2, 3].map((clock) => standsOn(deletion, known(clock)))).toEqual([false, true]);
  const whole = Y.mergeUpdates([...steps, ...others]);
  expect(standsOn(whole, () => 0)).toBe(true);
  expect(standsOn(new Uint8Array([255]), () => 0)).toBe(true);
});

test('[C90] where a whole document stands in for what was lost, none of it is taken for durable', () => {
  const one = tab();
  const updates = written(['one', 'two']);
  one.life.applyAll(updates, 'unsent');
  const [first] = updates;
  const position = one.life.applyUnsent(defined(first, 'an update'), () => undefined);
  // Nothing of it was new, and a barrier has to come back all the same.
  expect({ position, came: one.came }).toEqual({ position: 1, came: [] });
  const other = tab();
  other.life.applyAll(updates);
  expect(other.life.applyUnsent(defined(first, 'an update'), () => undefined)).toBe(0);
});

test('[C91] words that nobody brings the ground of are given up after a while with the server', () => {
  const [, second] = written(['one', 'two']);
  if (second === undefined) throw new Error('words');
  const clock = manualClock();
  const one = tab();
  const entry: OutboxEntry = { id: 'e', at: 0, client: 1, update: second, intent: null };
  const found: OutboxEntry[][] = [];
  let state = 'syncing';
  const life = Object.create(one.life, {
    connection: { get: () => ({ state: { name: state } }) },
    hasEarly: { get: () => one.life.hasEarly },
    known: { get: () => one.life.known },
  }) as Life;
  const orphans = new Orphans({
    clock,
    life: () => life,
    entries: () => [entry],
    found: (entries) => found.push([...entries]),
  });
  one.life.applyUnsent(second, () => undefined);
  orphans.look();
  clock.advance(60_000);
  expect(found).toEqual([]);
  state = 'live';
  orphans.look();
  clock.advance(9_999);
  expect(found).toEqual([]);
  clock.advance(1);
  expect(found).toEqual([[entry]]);
  orphans.look();
  orphans.end();
  clock.advance(60_000);
  expect(found).toHaveLength(1);
});

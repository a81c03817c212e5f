import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { JsonObject } from '../../../../src/base/json.ts';
import { httpLimits } from '../../../../server/http/limits.ts';
import { SummaryKeeper, type KeeperEvent } from '../../../../server/library/summary-keeper.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import type { Summaries, Summary } from '../../../../server/log/summaries.ts';
import { Ledger } from '../../../../server/room/ledger.ts';
import { roomLimits } from '../../../../server/room/limits.ts';
import type { Picture } from '../../../../server/room/picture.ts';
import { summaryOf } from '../../../../server/room/summary.ts';
import { manualClock, type ManualClock } from '../../../../src/base/clock.ts';
import { createSession, type Session } from '../../../../src/session/session.ts';
import { Bookkeeper } from '../../../support/bookkeeper.ts';

const one = 'session-0123456789-1';
const two = 'session-0123456789-2';

interface World {
  readonly clock: ManualClock;
  readonly keeper: SummaryKeeper;
  /** Each write, as the titles in it. */
  readonly writes: string[][];
  readonly told: KeeperEvent[];
  /** Called for each write. */
  put: Summaries['put'];
}

function world(): World {
  const clock = manualClock();
  const writes: string[][] = [];
  const told: KeeperEvent[] = [];
  const titles = (summaries: readonly Summary[]): string[] =>
    summaries.map(({ session, activity, json }) => {
      const { title } = JSON.parse(json) as { title: string };
      return `${session.at(-1)} ${title} @${activity}`;
    });
  const made: { put: Summaries['put'] } = { put: async () => ({ ok: true }) };
  const keeper = new SummaryKeeper({
    clock,
    summaries: {
      put: (summaries) => {
        writes.push(titles(summaries));
        return made.put(summaries);
      },
    },
  });
  keeper.onEvent((event) => told.push(event));
  return Object.assign(made, { clock, keeper, writes, told });
}

const say = (title: string) => (): { title: string; preview: string; running: boolean } => ({
  title,
  preview: '',
  running: false,
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the keeper of summaries', () => {
  test('[W143] writes what changed soon, and then once a second at most', async () => {
    const { clock, keeper, writes } = world();
    for (let at = 0; at < 10_000; at++) {
      keeper.changed(one, say(`${at}`));
      if (at % 2 === 0) keeper.changed(two, say(`${at}`));
      clock.advance(1);
    }
    await keeper.close();
    // A moment at first, then ten times in ten seconds.
    expect(writes.length).toBe(11);
    expect(writes[0]).toEqual(['1 49 @49', '2 48 @48']);
    expect(writes.at(-1)).toEqual(['1 9999 @9999', '2 9998 @9998']);
  });

  test('[W143] asks a session what it looks like once a write, not once a change', () => {
    const { clock, keeper } = world();
    let asked = 0;
    for (let at = 0; at < 100; at++) {
      keeper.changed(one, () => {
        asked += 1;
        return say('a')();
      });
    }
    expect(asked).toBe(0);
    clock.advance(httpLimits.summarySoonMs);
    clock.advance(10 * httpLimits.summaryEveryMs);
    expect(asked).toBe(1);
  });

  test('[W143] tells what it writes, of all sessions at once', () => {
    const { clock, keeper, told } = world();
    keeper.changed(one, say('a'));
    keeper.changed(two, say('b'));
    expect(told).toEqual([]);
    clock.advance(httpLimits.summarySoonMs);
    expect(told).toMatchObject([
      { kind: 'changed', summaries: [{ session: one }, { session: two }] },
    ]);
  });

  test('[W143] writes again what the log did not take, unless there is something newer', async () => {
    const made = world();
    const { clock, keeper, writes, told } = made;
    made.put = async () => unavailable('full');
    keeper.changed(one, say('a'));
    keeper.changed(two, say('a'));
    clock.advance(httpLimits.summarySoonMs);
    await settled();
    keeper.changed(one, say('b'));
    made.put = async () => ({ ok: true });
    clock.advance(httpLimits.summaryEveryMs);
    await settled();
    clock.advance(5 * httpLimits.summaryEveryMs);
    expect(writes).toEqual([
      ['1 a @0', '2 a @0'],
      ['1 b @50', '2 a @0'],
    ]);
    expect(told).toHaveLength(2);
  });

  test('[W143] tries again also where nothing else changes, and what is newer stays to be written', async () => {
    const made = world();
    const { clock, keeper, writes } = made;
    made.put = async () => unavailable('full');
    keeper.changed(one, say('a'));
    clock.advance(httpLimits.summarySoonMs);
    await settled();
    const slow = Promise.withResolvers<{ readonly ok: true }>();
    made.put = () => slow.promise;
    clock.advance(httpLimits.summaryEveryMs);
    expect(writes).toEqual([['1 a @0'], ['1 a @0']]);
    keeper.changed(one, say('b'));
    made.put = async () => unavailable('full');
    clock.advance(httpLimits.summaryEveryMs);
    slow.resolve({ ok: true });
    await settled();
    made.put = async () => ({ ok: true });
    clock.advance(httpLimits.summaryEveryMs);
    await settled();
    clock.advance(httpLimits.summaryEveryMs);
    expect(writes.slice(2)).toEqual([['1 b @1050'], ['1 b @1050']]);
  });

  test('[W143] forgets a session that is gone, and tells of it', async () => {
    const { clock, keeper, writes, told } = world();
    keeper.changed(one, say('a'));
    keeper.gone(one);
    clock.advance(httpLimits.summarySoonMs);
    await keeper.close();
    expect([writes.flat(), told]).toEqual([[], [{ kind: 'gone', session: one }]]);
  });

  test('[W143] writes what is left when it is closed', async () => {
    const { clock, keeper, writes } = world();
    keeper.changed(one, say('a'));
    await keeper.close();
    clock.advance(9 * httpLimits.summaryEveryMs);
    expect(writes).toEqual([['1 a @0']]);
  });
});

describe('what a session looks like from outside', () => {
  /** What a room has of a document. */
  const pictured = ({ doc }: Pick<Session, 'doc'>): Picture => {
    const ledger = new Ledger<never>(roomLimits);
    const updates = [Y.encodeStateAsUpdate(doc)];
    expect(ledger.load({ bindings: [], updates })).toBeDefined();
    return ledger.picture;
  };

  test('[W143] is its title, its last prompt in one line, and whether somebody is at work', () => {
    const session = createSession({ principal: 'ada', title: 'Walks', agent: 'guide' });
    expect(summaryOf(pictured(session))).toEqual({ title: 'Walks', preview: '', running: false });
    const { run } = session.send('The first');
    session.send(`  The\n\n second${' and more'.repeat(100)}`);
    const { preview, running } = summaryOf(pictured(session));
    expect([preview.slice(0, 15), preview.length, running]).toEqual([
      'The second and ',
      160,
      false,
    ]);
    const books = new Bookkeeper(session.doc);
    books.settle();
    books.claim(run ?? '', 'guide');
    expect(summaryOf(pictured(session)).running).toBe(true);
  });

  test('[W143] a prompt that was deleted is not shown any more', () => {
    const session = createSession({ principal: 'ada' });
    session.send('The first');
    const { message } = session.send('The second');
    session.remove(message);
    expect(summaryOf(pictured(session)).preview).toBe('The first');
  });

  test.each([
    [{ title: { byAgent: 'Named' } }, 'Named'],
    [{ title: 7 }, ''],
    [{ title: { byAgent: [] } }, ''],
  ] satisfies [JsonObject, string][])('[W143] %o has the title %o', (meta, title) => {
    const doc = new Y.Doc();
    for (const [key, value] of Object.entries(meta)) doc.getMap('meta').set(key, value);
    for (const parts of [7, [null, 'a', { text: 1 }, { text: ' ' }]]) {
      doc.getArray('messages').push([new Y.Map([['parts', parts]])]);
    }
    doc.getMap('runs').set('r', new Y.Map([['head', 'none']]));
    expect(summaryOf(pictured({ doc }))).toEqual({ title, preview: '', running: false });
  });
});

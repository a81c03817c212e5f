import { describe, expect, test } from 'vitest';
import { manualClock, systemClock } from '../../../../src/base/clock.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { memoryRecords, type Records, type Tabs } from '../../../../src/client/library/ports.ts';
import {
  serveSearch,
  threadHost,
  workerHost,
  type SearchHost,
} from '../../../../src/client/search/search-host.ts';
// Fetched before, so that no test waits for the disk.
import '../../../../src/client/search/search-index.ts';
import { Search, type SearchAnswer } from '../../../../src/client/search/search.ts';
import { textsOf, type SearchText } from '../../../../src/client/search/texts.ts';
import { createSession, type Session } from '../../../../src/session/session.ts';
import { settled, tabRoom } from '../../../support/library-server.ts';

const day = 24 * 60 * 60 * 1_000;
const one = 'session-of-tests-1';
const two = 'session-of-tests-2';

interface World {
  readonly clock: ReturnType<typeof manualClock>;
  readonly search: Search;
  readonly sessions: Map<string, Session>;
  readonly records: Records;
  /** Sessions of which the texts were asked for. */
  readonly opened: string[];
  readonly hidden: Set<string>;
  readonly say: (session: string, text: string) => string;
  /** Lets time pass until nothing is left to do. */
  readonly rest: () => Promise<void>;
  readonly find: (
    text: string,
    options?: { limit?: number; session?: string },
  ) => Promise<SearchAnswer>;
  readonly found: (text: string) => Promise<readonly string[]>;
}

function world(more: { records?: Records; tabs?: Tabs; host?: SearchHost } = {}): World {
  const clock = manualClock(1_000 * day);
  const sessions = new Map<string, Session>();
  const records = more.records ?? memoryRecords();
  const opened: string[] = [];
  const hidden = new Set<string>();
  const search = new Search({
    ...more,
    records,
    clock,
    async texts(session) {
      opened.push(session);
      const found = sessions.get(session);
      return found && textsOf(found.view);
    },
    sessions: () => [...sessions.keys()],
    isShown: (session) => !hidden.has(session),
  });
  const rest = async (): Promise<void> => {
    for (let turn = 0; turn < 60; turn++) {
      await settled();
      clock.advance(100);
    }
  };
  const find: World['find'] = async (text, options) => {
    const answer = search.query(text, options);
    await rest();
    return answer;
  };
  return {
    clock,
    search,
    sessions,
    records,
    opened,
    hidden,
    rest,
    find,
    say(session, text) {
      const chance = seededChance(sessions.size + 3);
      const known =
        sessions.get(session) ?? createSession({ principal: 'ada', id: session, clock, chance });
      sessions.set(session, known);
      search.changed(session);
      return known.send(text).message;
    },
    async found(text) {
      const { hits } = await find(text);
      return hits.map((hit) => hit.snippet.text);
    },
  };
}

describe('what is found', () => {
  test('[C71] is found by its beginning, with a slip, without accents, in another script', async () => {
    const { say, find, found, rest } = world();
    say(one, 'The Café on Straßburg avenue');
    say(one, '我喜欢北京大学的图书馆');
    say(one, 'Synchronisation of documents');
    await rest();
    await found('anything');
    expect(await found('cafe')).toEqual(['The Café on Straßburg avenue']);
    expect(await found('STRASSB')).toHaveLength(1);
    expect(await found('synchronsation')).toEqual(['Synchronisation of documents']);
    const { hits } = await find('北京');
    const [hit] = hits;
    expect(hits).toHaveLength(1);
    expect(hit?.snippet.ranges.map(([from, to]) => hit.snippet.text.slice(from, to))).toContain(
      '北京',
    );
    expect(await found('京都')).toEqual([]);
    expect(await found('avenue cafe')).toHaveLength(1);
    expect(await found('nothing at all like it')).toEqual([]);
    expect(await found('   ')).toEqual([]);
  });

  test('[C71] says where it is, and what to highlight', async () => {
    const { say, find, rest, sessions } = world();
    const message = say(one, 'Where is the blue door?');
    sessions.get(one)?.rename('About doors');
    await rest();
    await find('x');
    const { hits, isComplete } = await find('door');
    expect(isComplete).toBe(true);
    expect(hits.map((hit) => hit.message)).toEqual(expect.arrayContaining([message, null]));
    const inMessage = hits.find((hit) => hit.message === message);
    expect(inMessage).toMatchObject({ session: one, author: 'ada', at: 1_000 * day });
    expect(inMessage?.snippet.ranges).toEqual([[18, 22]]);
  });

  test('[C71] the more recent comes first, all words before some, and no more than asked', async () => {
    const { say, find, found, clock, rest } = world();
    say(one, 'an old talk of bridges');
    await rest();
    clock.advance(400 * day);
    say(two, 'a new talk of bridges');
    await rest();
    await found('x');
    expect(await found('bridges')).toEqual(['a new talk of bridges', 'an old talk of bridges']);
    expect(await found('old bridges')).toEqual(['an old talk of bridges']);
    expect(await found('bridges missingword')).toHaveLength(2);
    expect((await find('bridges', { limit: 1 })).hits).toHaveLength(1);
    expect((await find('bridges', { session: one })).hits.map(({ session }) => session)).toEqual([
      one,
    ]);
  });

  test('[C72] what was deleted is found no more, nor what is being deleted', async () => {
    const { say, found, rest, sessions, search, hidden, records } = world();
    const message = say(one, 'secret of the lake');
    say(one, 'another lake');
    say(two, 'third lake');
    await rest();
    await found('x');
    expect(await found('lake')).toHaveLength(3);
    sessions.get(one)?.remove(message);
    search.changed(one);
    await rest();
    expect(await found('secret')).toEqual([]);
    expect(JSON.stringify(await records.get(`search/${one}`))).not.toContain('secret');
    hidden.add(two);
    expect(await found('lake')).toEqual(['another lake']);
    hidden.clear();
    search.forget(two);
    sessions.delete(two);
    await rest();
    expect(await found('lake')).toEqual(['another lake']);
    expect(await records.get(`search/${two}`)).toBeUndefined();
  });

  test('[C72] what is replaced is found as it is now', async () => {
    const clock = manualClock();
    let texts: readonly SearchText[] = [{ message: 'm', text: 'first words', at: 1, author: 'a' }];
    const search = new Search({
      clock,
      records: memoryRecords(),
      sessions: () => [one],
      texts: async () => texts,
    });
    const found = async (text: string): Promise<number> => {
      const answer = search.query(text);
      for (let turn = 0; turn < 20; turn++) {
        await settled();
        clock.advance(100);
      }
      return (await answer).hits.length;
    };
    await found('x');
    expect(await found('first')).toBe(1);
    texts = [{ message: 'm', text: 'second words', at: 1, author: 'a' }];
    search.changed(one);
    clock.advance(1_000);
    await settled();
    expect([await found('first'), await found('second')]).toEqual([0, 1]);
  });
});

describe('the index', () => {
  test('[C73] begins when somebody asks, says so while it is not complete, and then finds all', async () => {
    const { say, search, rest, find } = world();
    say(one, 'early words');
    await rest();
    expect(search.isComplete).toBe(false);
    let changes = 0;
    search.subscribe(() => (changes += 1));
    const early = await find('early');
    expect(early).toEqual({ hits: [], isComplete: false });
    expect(changes).toBeGreaterThan(0);
    expect(await find('early')).toMatchObject({ hits: [{ session: one }], isComplete: true });
  });

  test('[C73] is built on another day without opening a session', async () => {
    const records = memoryRecords();
    const first = world({ records });
    first.say(one, 'words to remember');
    await first.rest();
    await first.search.close();
    const second = world({ records });
    second.sessions.set(one, createSession({ principal: 'ada' }));
    await second.find('x');
    expect(await second.found('remember')).toEqual(['words to remember']);
    expect(second.opened).toEqual([]);
  });

  test('[C73] what was said just before the end is there on another day', async () => {
    const records = memoryRecords();
    const first = world({ records });
    first.say(one, 'last words');
    await first.search.close();
    expect(JSON.stringify(await records.get(`search/${one}`))).toContain('last words');
  });

  test('[C73] is fed in slices, each a turn of its own, and only with what changed', async () => {
    const clock = manualClock();
    const inner = threadHost(clock);
    const posted: number[] = [];
    let open = 0;
    const host: SearchHost = {
      post(request) {
        if (request.type === 'put') posted.push(request.texts.length);
        open += 1;
        expect(open).toBe(1);
        inner.post(request);
      },
      listen: (reply, failed) =>
        inner.listen((value) => {
          open -= 1;
          reply(value);
        }, failed),
      close: () => inner.close(),
    };
    const texts = Array.from({ length: 40 }, (_, at) => ({
      message: `m${at}`,
      text: 'word '.repeat(200),
      at,
      author: 'a',
    }));
    const search = new Search({
      host,
      clock,
      records: memoryRecords(),
      sessions: () => [one],
      texts: async () => texts,
    });
    const rest = async (): Promise<void> => {
      for (let turn = 0; turn < 40; turn++) {
        await settled();
        clock.advance(100);
      }
    };
    search.start();
    await rest();
    expect(posted).toEqual([8, 8, 8, 8, 8]);
    texts[3] = { message: 'm3', text: 'other', at: 3, author: 'a' };
    search.changed(one);
    search.changed(one);
    await rest();
    expect(posted.slice(5)).toEqual([1]);
    await search.close();
  });

  test('[C73] lives in a worker, which is not believed, and replaced when it fails', async () => {
    const channel = new MessageChannel();
    serveSearch(channel.port2);
    channel.port2.start();
    let fail = (): void => undefined;
    let ended = 0;
    const worker = {
      postMessage: (message: unknown) => channel.port1.postMessage(message, []),
      addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void) {
        if (type === 'error') fail = () => listener({});
        if (type === 'message') channel.port1.addEventListener('message', listener);
      },
      terminate: () => void (ended += 1),
    };
    channel.port1.start();
    channel.port2.postMessage({ type: 'hits', id: 1, hits: [{}] }, []);
    channel.port1.postMessage({ type: 'query', id: 1 }, []);
    const texts = [{ message: 'm', text: 'in a worker', at: 1, author: 'a' }];
    const search = new Search({
      host: workerHost(worker),
      clock: systemClock,
      records: memoryRecords(),
      sessions: () => [one],
      texts: async () => texts,
    });
    const complete = async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const stop = search.subscribe(() => search.isComplete && resolve(undefined));
      search.start();
      if (search.isComplete) resolve(undefined);
      await promise;
      stop();
    };
    await complete();
    expect((await search.query('worker')).hits).toHaveLength(1);
    fail();
    await complete();
    expect([(await search.query('worker')).hits.length, ended]).toEqual([1, 1]);
    await search.close();
    channel.port1.close();
  });

  test('[C63] is in step in all tabs', async () => {
    const { tab } = tabRoom();
    const records = memoryRecords();
    const here = world({ records, tabs: tab() });
    const there = world({ records, tabs: tab() });
    there.sessions.set(one, createSession({ principal: 'ada' }));
    await there.find('x');
    here.say(one, 'said in the other tab');
    await here.rest();
    await there.rest();
    expect(await there.found('other')).toEqual(['said in the other tab']);
    here.search.forget(one);
    await here.rest();
    await there.rest();
    expect(await there.found('other')).toEqual([]);
  });

  test('a message that did not change gives the same text', () => {
    const session = createSession({ principal: 'ada' });
    session.send('one');
    const [before] = textsOf(session.view);
    session.send('two');
    expect([...textsOf(session.view)][0]).toBe(before);
  });
});

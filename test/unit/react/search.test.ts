// Asking while somebody types, with answers that come when the test says so.

import { describe, expect, test } from 'vitest';
import { Asking } from '../../../src/react/search.ts';
import type { SearchHit } from '../../../src/client/search/search-index.ts';
import { LocalClient } from '../../support/local-client.ts';

function stage(): { search: LocalClient['search']; asking: Asking; told: () => number } {
  const { search } = new LocalClient();
  const asking = new Asking(search);
  let times = 0;
  asking.listen(() => times++);
  return { search, asking, told: () => times };
}

/** Lets what was answered arrive. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const hit = (message: string): SearchHit => ({
  session: 's',
  message,
  author: 'ada',
  at: 1,
  score: 1,
  snippet: { text: message, ranges: [], isCut: false },
});

describe('a search', () => {
  test('[C89] has one question on its way, and next the newest', async () => {
    const { search, asking, told } = stage();
    for (const text of ['t', 'to', 'tou', 'tour']) asking.ask({ text });
    expect(search.asked.map(({ text }) => text)).toEqual(['t']);
    search.asked[0]?.answer([hit('old')]);
    await turn();
    expect(search.asked.map(({ text }) => text)).toEqual(['t', 'tour']);
    expect(asking.read()).toMatchObject({ question: { text: 't' }, hits: [hit('old')] });
    search.asked[1]?.answer([hit('new')]);
    await turn();
    expect(asking.read()).toMatchObject({ question: { text: 'tour' }, hits: [hit('new')] });
    expect(told()).toBe(2);
  });

  test('[C89] asks again when there is more to find', async () => {
    const { search, asking } = stage();
    asking.ask({ text: 'tour' });
    search.asked[0]?.answer([]);
    await turn();
    search.grow();
    search.grow();
    expect(search.asked.map(({ text }) => text)).toEqual(['tour', 'tour']);
    search.asked[1]?.answer([hit('more')]);
    await turn();
    expect(asking.read().hits).toEqual([hit('more')]);
  });

  test('for nothing finds nothing, and asks nobody', async () => {
    const { search, asking } = stage();
    search.grow();
    asking.ask({ text: ' ' });
    await turn();
    expect(search.asked).toEqual([]);
    expect(asking.read().hits).toEqual([]);
  });
});

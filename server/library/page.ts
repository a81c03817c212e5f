// One page of the list of those sessions that a token lets its bearer see.

import type { Claims } from '../../src/protocol/token.ts';
import type { ListEntry } from '../../src/protocol/library.ts';
import type { Unavailable } from '../log/refusal.ts';
import type { Summaries, SummaryPlace } from '../log/summaries.ts';
import { cursorOf } from './cursor.ts';
import { toEntry } from './entry.ts';
import { scopeOf } from './scope.ts';

export interface ListPage {
  readonly ok: true;
  readonly sessions: readonly ListEntry[];
  /** Where the next page begins; null at the end. */
  readonly cursor: string | null;
}

export async function readPage(
  summaries: Pick<Summaries, 'latest'>,
  claims: Claims,
  after: SummaryPlace | undefined,
  limit: number,
): Promise<ListPage | Unavailable> {
  // One more than the page holds says whether there is another one.
  const found = await summaries.latest(scopeOf(claims), after, limit + 1);
  if (!found.ok) return found;
  const page = found.summaries.slice(0, limit);
  const last = page.at(-1);
  const isEnd = found.summaries.length <= limit || last === undefined;
  return { ok: true, sessions: page.map(toEntry), cursor: isEnd ? null : cursorOf(last) };
}

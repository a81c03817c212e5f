// Summaries: what lists show, in their order, and nothing of what is gone.

import { deepStrictEqual, ok } from 'node:assert/strict';
import { created, type LogCase } from './contract-case.ts';
import type { Log } from './log.ts';
import type { SummaryPlace, SummaryScope } from './summaries.ts';

const ids = ['Alpha-0123456789abcd', 'alpha-0123456789abcd', 'beta--0123456789abcd'];
const [first = '', second = '', third = ''] = ids;
const nowhere: SummaryScope = { principal: undefined, beginnings: [], sessions: [] };
const all: SummaryScope = { ...nowhere, beginnings: [''] };

async function names(
  log: Log,
  scope: SummaryScope,
  after?: SummaryPlace,
  limit = 10,
): Promise<readonly string[]> {
  const answer = await log.summaries.latest(scope, after, limit);
  if (!answer.ok) throw new Error(answer.code);
  return answer.summaries.map(({ session }) => session);
}

export const summaryCases: readonly LogCase[] = [
  {
    id: 'summaries/latest-first',
    async run({ log, clock, reopen }) {
      for (const id of ids) {
        await created(log, id);
        clock.advance(10);
      }
      deepStrictEqual(await names(log, all), [third, second, first], 'by creation at first');
      const put = [
        { session: first, activity: 5_000, json: '{"title":"one"}' },
        { session: second, activity: 5_000, json: '{"title":"two"}' },
        { session: 'nobody-0123456789abcd', activity: 9_000, json: '{}' },
      ];
      deepStrictEqual(await log.summaries.put(put), { ok: true });
      const check = async (on: Log): Promise<void> => {
        deepStrictEqual(await names(on, all), ids);
        const answer = await on.summaries.of([third, 'nobody-0123456789abcd', first]);
        ok(answer.ok);
        const [a, b] = answer.summaries.toSorted((x, y) => x.createdAt - y.createdAt);
        const json = '{"title":"one"}';
        deepStrictEqual(a, { session: first, createdAt: 1_000, activity: 5_000, json });
        const late = { createdAt: 1_020, activity: 1_020, json: undefined };
        deepStrictEqual(b, { session: third, ...late });
      };
      await check(log);
      await log.summaries.put([{ session: third, activity: 6_000, json: '{}' }]);
      deepStrictEqual(await names(log, all), [third, first, second], 'the newest counts');
      if (reopen === undefined) return;
      deepStrictEqual(await names(await reopen(), all), [third, first, second]);
    },
  },
  {
    id: 'summaries/scopes',
    async run({ log }) {
      for (const id of ids) await created(log, id);
      await log.members.set(second, 'ada', 'viewer');
      await log.members.set(third, 'bob', 'viewer');
      deepStrictEqual(await names(log, nowhere), []);
      deepStrictEqual(await names(log, { ...nowhere, principal: 'ada' }), [second]);
      deepStrictEqual(await names(log, { ...nowhere, beginnings: ['alpha'] }), [second]);
      deepStrictEqual(await names(log, { ...nowhere, beginnings: ['Alp', 'b'] }), [first, third]);
      const unknown = 'nobody-0123456789abcd';
      deepStrictEqual(await names(log, { ...nowhere, sessions: [third, unknown] }), [third]);
      const both = { principal: 'ada', beginnings: ['al'], sessions: [second, third] };
      deepStrictEqual(await names(log, both), [second, third], 'each once');
      await log.members.set(second, 'ada', undefined);
      deepStrictEqual(await names(log, { ...nowhere, principal: 'ada' }), []);
    },
  },
  {
    id: 'summaries/pages',
    async run({ log, clock }) {
      for (let at = 0; at < 7; at++) {
        await created(log, `session-012345678-${at}`);
        if (at % 2 === 1) clock.advance(1);
      }
      const found: string[] = [];
      let after: SummaryPlace | undefined;
      for (let page = await log.summaries.latest(all, after, 3); ;) {
        ok(page.ok && page.summaries.length <= 3);
        found.push(...page.summaries.map(({ session }) => session));
        after = page.summaries.at(-1);
        if (after === undefined) break;
        page = await log.summaries.latest(all, after, 3);
      }
      deepStrictEqual(found, await names(log, all));
      deepStrictEqual(found.length, 7);
    },
  },
  {
    id: 'summaries/gone',
    async run({ log, reopen }) {
      for (const id of ids) await created(log, id);
      await log.members.set(first, 'ada', 'owner');
      await log.summaries.put([{ session: first, activity: 9, json: '{"title":"gone"}' }]);
      await log.delete(first);
      await log.summaries.put([{ session: first, activity: 9, json: '{"title":"back"}' }]);
      const check = async (on: Log): Promise<void> => {
        deepStrictEqual(await names(on, { ...all, principal: 'ada', sessions: ids }), [
          second,
          third,
        ]);
        deepStrictEqual(await on.summaries.of([first]), { ok: true, summaries: [] });
      };
      await check(log);
      if (reopen !== undefined) await check(await reopen());
    },
  },
];

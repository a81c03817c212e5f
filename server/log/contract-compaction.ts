// Compaction: exactly the range that was merged goes, and nothing else.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { compactSession, type Range } from './compaction.ts';
import {
  appended,
  bytesOf,
  codeOf,
  created,
  readAll,
  session,
  textOf,
  type LogCase,
} from './contract-case.ts';
import { deleted } from './refusal.ts';

/** A merge whose result says what went into it. */
async function join({
  snapshot,
  records,
}: Range): Promise<{ snapshot: Uint8Array; index: Uint8Array }> {
  const before = snapshot === undefined ? [] : [textOf(snapshot.bytes)];
  const all = [...before, ...records.map(({ bytes }) => textOf(bytes))];
  return { snapshot: bytesOf(all.join('+')), index: bytesOf(`${all.length}`) };
}

export const compactionCases: readonly LogCase[] = [
  {
    id: 'compaction/exact-range',
    async run({ log }) {
      await created(log);
      await appended(log, ['a', 'b', 'c', 'd']);
      const answer = await log.compact(session, 3, bytesOf('a+b+c'), bytesOf('index'));
      ok(answer.ok && answer.head.base === 3 && answer.head.seq === 4);
      const { snapshot, texts } = await readAll(log);
      ok(snapshot !== undefined);
      deepStrictEqual(
        [textOf(snapshot.bytes), textOf(snapshot.index), snapshot.through],
        ['a+b+c', 'index', 3],
      );
      deepStrictEqual(texts, ['d']);
      // Who has more than the snapshot holds is not sent it.
      const tail = await readAll(log, 3);
      deepStrictEqual([tail.snapshot, tail.texts], [undefined, ['d']]);
    },
  },
  {
    id: 'compaction/goes-on',
    async run({ log }) {
      await created(log);
      await appended(log, ['a', 'b']);
      strictEqual(codeOf(await compactSession(log, session, join)), 'ok');
      await appended(log, ['c', 'd']);
      strictEqual(codeOf(await compactSession(log, session, join)), 'ok');
      strictEqual(codeOf(await compactSession(log, session, join)), 'nothing-to-merge');
      await appended(log, ['e']);
      const { snapshot, texts } = await readAll(log, 1);
      strictEqual(textOf(snapshot?.bytes ?? bytesOf('')), 'a+b+c+d');
      strictEqual(textOf(snapshot?.index ?? bytesOf('')), '3');
      deepStrictEqual(texts, ['e']);
    },
  },
  {
    id: 'compaction/what-comes-meanwhile-stays',
    async run({ log }) {
      await created(log);
      await appended(log, ['a', 'b']);
      const answer = await compactSession(log, session, async (range) => {
        await appended(log, ['c']);
        return join(range);
      });
      ok(answer.ok && answer.head.base === 2);
      const { snapshot, texts } = await readAll(log);
      strictEqual(textOf(snapshot?.bytes ?? bytesOf('')), 'a+b');
      deepStrictEqual(texts, ['c']);
    },
  },
  {
    id: 'compaction/never-backwards',
    async run({ log }) {
      await created(log);
      await appended(log, ['a', 'b', 'c']);
      const compact = (through: number, text: string): ReturnType<typeof log.compact> =>
        log.compact(session, through, bytesOf(text), bytesOf(''));
      strictEqual(codeOf(await compact(4, 'of the future')), 'conflict');
      strictEqual(codeOf(await compact(3, 'a+b+c')), 'ok');
      strictEqual(codeOf(await compact(2, 'a+b')), 'conflict');
      strictEqual(codeOf(await compact(3, 'again')), 'conflict');
      const { snapshot } = await readAll(log);
      strictEqual(textOf(snapshot?.bytes ?? bytesOf('')), 'a+b+c');
    },
  },
  {
    id: 'compaction/refused-by-the-merge',
    async run({ log }) {
      await created(log);
      await appended(log, ['a', 'b']);
      const answer = await compactSession(log, session, async () => undefined);
      strictEqual(codeOf(answer), 'nothing-to-merge');
      deepStrictEqual((await readAll(log)).texts, ['a', 'b']);
    },
  },
  {
    id: 'compaction/of-what-is-deleted-meanwhile',
    async run({ log }) {
      await created(log);
      await appended(log, ['a', 'b']);
      const answer = await compactSession(log, session, async (range) => {
        await log.delete(session);
        return join(range);
      });
      deepStrictEqual(answer, deleted);
    },
  },
  {
    id: 'compaction/opened-again',
    async run({ log, reopen }) {
      if (reopen === undefined) return;
      await created(log);
      await appended(log, ['a', 'b', 'c']);
      await log.compact(session, 2, bytesOf('a+b'), bytesOf('index'));
      const { snapshot, texts } = await readAll(await reopen());
      deepStrictEqual([snapshot?.through, textOf(snapshot?.bytes ?? bytesOf(''))], [2, 'a+b']);
      deepStrictEqual(texts, ['c']);
    },
  },
];

// Records: their order, who may add one, and how they are read.

import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import {
  appended,
  bytesOf,
  codeOf,
  created,
  readAll,
  session,
  type LogCase,
} from './contract-case.ts';

const texts = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `record ${from + index}`);

export const recordCases: readonly LogCase[] = [
  {
    id: 'records/of-nothing',
    async run({ log }) {
      strictEqual(codeOf(await log.open(session)), 'missing');
      strictEqual(codeOf(await log.read(session, 0)), 'missing');
      strictEqual(codeOf(await log.append(session, 0, [], bytesOf('a'))), 'missing');
      strictEqual(codeOf(await log.compact(session, 1, bytesOf('a'), bytesOf(''))), 'missing');
      strictEqual(codeOf(await log.delete(session)), 'missing');
    },
  },
  {
    id: 'records/create-once',
    async run({ log }) {
      const both = await Promise.all([log.create(session), log.create(session)]);
      deepStrictEqual(both.map(codeOf).toSorted(), ['exists', 'ok']);
      const other = await created(log, 'another-0123456789abcd');
      const opened = await log.open(session);
      ok(opened.ok && opened.head.seq === 0 && opened.head.base === 0);
      notStrictEqual(opened.head.generation, other.generation);
    },
  },
  {
    id: 'records/that-cannot-be',
    async run({ log }) {
      await created(log);
      await rejects(log.create('no session'));
      await rejects(log.append('no session', 0, [], bytesOf('a')));
      await rejects(log.append(session, 0, [], new Uint8Array(64 * 1024 * 1024 + 1)));
      strictEqual(codeOf(await log.append(session, 0, [], bytesOf('a'))), 'ok');
    },
  },
  {
    id: 'records/in-order',
    async run({ log }) {
      await created(log);
      await appended(log, texts(1, 5));
      deepStrictEqual((await readAll(log)).texts, texts(1, 5));
      deepStrictEqual((await readAll(log, 3)).texts, texts(4, 5));
      deepStrictEqual((await readAll(log, 5)).texts, []);
    },
  },
  {
    id: 'records/conflict',
    async run({ log }) {
      await created(log);
      await appended(log, texts(1, 2));
      for (const wrong of [0, 1, 3]) {
        const answer = await log.append(session, wrong, [], bytesOf('never'));
        deepStrictEqual(answer, { ok: false, code: 'conflict', seq: 2 });
      }
      deepStrictEqual((await readAll(log)).texts, texts(1, 2));
    },
  },
  {
    id: 'records/one-of-many-writers',
    async run({ log }) {
      await created(log);
      const writers = ['a', 'b', 'c', 'd'];
      const answers = await Promise.all(
        writers.map((text) => log.append(session, 0, [], bytesOf(text))),
      );
      strictEqual(answers.filter((answer) => answer.ok).length, 1);
      const refused = answers.filter((answer) => !answer.ok);
      for (const answer of refused)
        deepStrictEqual(answer, { ok: false, code: 'conflict', seq: 1 });
      const winner = writers[answers.findIndex((answer) => answer.ok)];
      deepStrictEqual((await readAll(log)).texts, [winner]);
    },
  },
  {
    id: 'records/side-by-side',
    async run({ log }) {
      await created(log);
      const answers = await Promise.all(
        texts(1, 50).map((text, seq) => log.append(session, seq, [], bytesOf(text))),
      );
      deepStrictEqual(
        answers.map((answer) => (answer.ok ? answer.seq : answer.code)),
        texts(1, 50).map((_, index) => index + 1),
      );
      deepStrictEqual((await readAll(log)).texts, texts(1, 50));
    },
  },
  {
    id: 'records/sessions-apart',
    async run({ log }) {
      const ids = ['one-0123456789abcdefg', 'two-0123456789abcdefg'];
      for (const id of ids) await created(log, id);
      const own = (id: string): readonly string[] => texts(1, 3).map((text) => `${id} ${text}`);
      await Promise.all(ids.map((id) => appended(log, own(id), id)));
      for (const id of ids) deepStrictEqual((await readAll(log, 0, id)).texts, own(id));
    },
  },
  {
    id: 'records/pages',
    async run({ log }) {
      await created(log);
      await appended(log, texts(1, 20));
      const small = await readAll(log, 0, session, 30);
      deepStrictEqual(small.texts, texts(1, 20));
      ok(small.pages > 4, 'pages are bounded');
      const smallest = await readAll(log, 0, session, 1);
      deepStrictEqual(smallest.texts, texts(1, 20));
    },
  },
  {
    id: 'records/any-bytes',
    async run({ log }) {
      await created(log);
      const all = Uint8Array.from({ length: 1024 }, (_, index) => index & 255);
      const large = new Uint8Array(3 * 1024 * 1024).fill(7);
      const wanted = [new Uint8Array(0), all, large];
      for (const [seq, bytes] of wanted.entries()) {
        strictEqual(codeOf(await log.append(session, seq, [], bytes)), 'ok');
      }
      for (const [seq, bytes] of wanted.entries()) {
        const page = await log.read(session, seq, 1);
        ok(page.ok && page.records[0] !== undefined);
        deepStrictEqual(Buffer.from(page.records[0].bytes), Buffer.from(bytes));
      }
    },
  },
  {
    id: 'records/listing',
    async run({ log, clock }) {
      const ids = ['cc', 'aa', 'dd', 'bb'].map((id) => `${id}-0123456789abcdefghi`);
      for (const id of ids) await created(log, id);
      clock.advance(5);
      await appended(log, ['words'], ids[0]);
      const all = await log.list('', 10);
      ok(all.ok);
      deepStrictEqual(
        all.sessions.map(({ session: id, seq }) => [id.slice(0, 2), seq]),
        [
          ['aa', 0],
          ['bb', 0],
          ['cc', 1],
          ['dd', 0],
        ],
      );
      const second = await log.list('aa-0123456789abcdefghi', 2);
      ok(second.ok);
      deepStrictEqual(
        second.sessions.map(({ session: id }) => id.slice(0, 2)),
        ['bb', 'cc'],
      );
    },
  },
  {
    id: 'records/opened-again',
    async run({ log, reopen }) {
      if (reopen === undefined) return;
      const { generation } = await created(log);
      await appended(log, texts(1, 7));
      const again = await reopen();
      notStrictEqual(again.incarnation, log.incarnation);
      const opened = await again.open(session);
      deepStrictEqual(opened, { ok: true, head: { session, generation, seq: 7, base: 0 } });
      await appended(again, texts(8, 9));
      deepStrictEqual((await readAll(again)).texts, texts(1, 9));
    },
  },
];

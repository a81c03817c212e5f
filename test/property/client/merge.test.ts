// The list and the desk, whatever is said of them in whatever order: what is shown is what
// follows from the last words of each, and devices that have heard all show the same.

import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overwrite, type Row } from '../../../server/log/rows.ts';
import { EntryTable, type Marks } from '../../../src/client/library/entry-table.ts';
import { byActivity, entryOf, type LibraryEntry } from '../../../src/client/library/entry.ts';
import { RowBook } from '../../../src/client/desk/row-book.ts';
import { runs } from '../../support/count.ts';
import { facts } from '../../support/library-device.ts';
import { entry } from '../../support/library-server.ts';

const names = ['a', 'b', 'c'] as const;
const titles = fc.constantFrom('', 'x', 'y');
const word = fc.record({
  what: fc.constantFrom('server', 'server', 'gone', 'local', 'nothing', 'marks', 'hide', 'look'),
  session: fc.constantFrom(...names),
  title: titles,
  at: fc.integer({ min: 1, max: 4 }),
  unsent: fc.nat(1),
  isOpen: fc.boolean(),
});
type Word = typeof word extends fc.Arbitrary<infer One> ? One : never;

/** The list as it follows from the last words, worked out anew each time. */
class Oracle {
  readonly marks = new Map<string, Marks>();
  readonly hidden = new Set<string>();
  #server = new Map<string, ReturnType<typeof entry>>();
  #local = new Map<string, ReturnType<typeof facts>>();
  #newer = new Set<string>();

  take({ what, session, title, at, unsent, isOpen }: Word, table: EntryTable): void {
    const id = entry(session).session;
    if (what === 'server') {
      const said = entry(session, { title, lastActivity: at });
      const before = this.#server.get(id);
      if (before?.title !== title || before.lastActivity !== at) this.#newer.delete(id);
      this.#server.set(id, said);
      table.setServer(said);
    } else if (what === 'gone') {
      this.#server.delete(id);
      table.removeServer(id);
    } else if (what === 'local') {
      const said = facts({ title, lastActivity: at, unsent, isOpen });
      const before = this.#local.get(id);
      if (before !== undefined && before.title !== title) this.#newer.add(id);
      this.#local.set(id, said);
      table.setLocal(id, said);
    } else if (what === 'nothing') {
      this.#local.delete(id);
      this.#newer.delete(id);
      table.setLocal(id, undefined);
    } else if (what === 'marks') {
      this.marks.set(id, { pinned: isOpen, archived: unsent === 1, readAt: at });
      table.touch(id);
    } else if (what === 'hide') {
      if (isOpen) this.hidden.add(id);
      else this.hidden.delete(id);
      table.touch(id);
    }
  }

  list(): readonly LibraryEntry[] {
    const entries = names.flatMap((name) => {
      const id = entry(name).session;
      const shown = this.hidden.has(id) ? undefined : this.#entry(id);
      return shown === undefined ? [] : [shown];
    });
    return entries.sort(byActivity);
  }

  #entry(id: string): LibraryEntry | undefined {
    const localIsNewer = this.#newer.has(id);
    const said = { server: this.#server.get(id), local: this.#local.get(id), localIsNewer };
    return entryOf(id, { ...said, title: undefined, ...(this.marks.get(id) ?? noMarks) });
  }
}

const noMarks: Marks = { pinned: false, archived: false, readAt: null };

test('[C61] [C62] the list is what follows from the last words, and shares all that is the same', () => {
  let looked = 0;
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      const oracle = new Oracle();
      const table = new EntryTable(
        (session) => oracle.marks.get(session) ?? noMarks,
        (session) => oracle.hidden.has(session),
      );
      for (const one of words) {
        looked += 1;
        const before = table.list;
        oracle.take(one, table);
        const now = table.list;
        const expected = oracle.list();
        deepStrictEqual(now, expected);
        let isSame = before.length === now.length;
        for (const [at, shown] of now.entries()) {
          const old = before.find(({ id }) => id === shown.id);
          if (old !== undefined && JSON.stringify(old) === JSON.stringify(shown)) {
            ok(old === shown, 'what did not change is the same object');
          }
          isSame &&= before[at] === shown;
        }
        ok(!isSame || before === now, 'a list that did not change is the same object');
      }
    }),
    runs(1_000, 50_000),
  );
  expect(looked).toBeGreaterThan(0);
});

const deed = fc.record({
  device: fc.nat(2),
  what: fc.constantFrom('write', 'write', 'push', 'push', 'pull', 'lose', 'restart'),
  key: fc.constantFrom('draft/a', 'draft/b'),
  value: fc.option(fc.nat(3), { nil: undefined }),
});

/** A device's desk, a connection that may lose an answer, and rows as a server has them. */
class DeskWorld {
  readonly rows = new Map<string, Row>();
  readonly books = [new RowBook(), new RowBook(), new RowBook()];
  #seq = 0;
  #ids = 0;

  write(book: RowBook, key: string, value: number | undefined): void {
    const json = value === undefined ? undefined : JSON.stringify(value);
    if (json !== book.value(key)) book.write(key, json, `w${++this.#ids}`);
  }

  /** As desk.ts does: what the server has first, then one write. */
  push(book: RowBook, isAnswered: boolean): void {
    this.pull(book);
    const [write] = book.pending;
    if (write === undefined) return;
    const { key, json, known: knownSeq, id } = write;
    const before = this.rows.get(key);
    const row = overwrite(before, { key, json, seq: ++this.#seq, knownSeq });
    this.rows.set(key, row);
    if (!isAnswered) return;
    const isUnseen = before !== undefined && before.seq > knownSeq && before.json !== json;
    book.answered(id, row);
    if (isUnseen && before.json !== undefined && json !== undefined) {
      deepStrictEqual(book.lost(key), before.json, 'what lost is offered');
    }
  }

  pull(book: RowBook): void {
    const news = [...this.rows.values()].filter(({ seq }) => seq > book.seq);
    for (const row of news.sort((a, b) => a.seq - b.seq)) {
      book.take(row);
      book.toldUpTo(row.seq);
    }
  }

  /** What is stored, taken by a program that has just begun. */
  restart(device: number): void {
    const old = this.books[device];
    if (old === undefined) return;
    const book = new RowBook();
    for (const key of ['draft/a', 'draft/b']) {
      const row = old.row(key);
      if (row !== undefined) book.take(row);
    }
    for (const write of old.pending) book.adopt(write);
    book.toldUpTo(old.seq);
    this.books[device] = book;
  }
}

test('[C67] [C68] desks that have heard all are the same, and no words are lost unseen', () => {
  let written = 0;
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 80 }), (deeds) => {
      const world = new DeskWorld();
      for (const { device, what, key, value } of deeds) {
        const book = world.books[device];
        if (book === undefined) continue;
        if (what === 'write') world.write(book, key, value);
        if (what === 'push' || what === 'lose') world.push(book, what === 'push');
        if (what === 'pull') world.pull(book);
        if (what === 'restart') world.restart(device);
      }
      written += world.rows.size;
      for (const book of world.books) while ([...book.pending].length > 0) world.push(book, true);
      for (const book of world.books) {
        world.pull(book);
        for (const [key, row] of world.rows) deepStrictEqual(book.value(key), row.json, key);
      }
    }),
    runs(1_000, 50_000),
  );
  expect(written).toBeGreaterThan(0);
});

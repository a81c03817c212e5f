// What is found out about a session by what is stored of it.

import * as Y from 'yjs';
import { describe, expect, test, vi } from 'vitest';
import { Ledger } from '../../../../server/room/ledger.ts';
import { encodeRoomRecord } from '../../../../server/room/record.ts';
import { checkSession } from '../../../../server/upkeep/session-check.ts';
import { structureOf } from '../../../../server/upkeep/session-structure.ts';
import { readStored, type StoredSession } from '../../../../server/upkeep/stored-session.ts';
import type { Log, Page, Read } from '../../../../server/log/log.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { documentDigest } from '../../../../src/session/digest.ts';
import { aSession, appendRecord, writeSession } from '../../../support/stored-sessions.ts';
import { manualClock } from '../../../../src/base/clock.ts';

const head = { session: aSession, generation: 'g', seq: 0, base: 0 };

async function filled(): Promise<{ log: Log; doc: Y.Doc }> {
  const log = new MemoryLog({ clock: manualClock() });
  const doc = await writeSession(log, aSession, (prompt, _, remove) => {
    const first = prompt('one');
    prompt('two');
    remove(first);
  });
  return { log, doc };
}

async function stored(log: Pick<Log, 'open' | 'read'>): Promise<StoredSession> {
  const found = await readStored(log, aSession);
  if (!found.ok) throw new Error(found.code);
  return found;
}

const withRecords = (...records: readonly Uint8Array[]): StoredSession => ({
  ok: true,
  head,
  snapshot: undefined,
  records: records.map((bytes, at) => ({ session: aSession, seq: at + 1, bytes })),
});

const bindings = [{ client: 77, owner: 'ann' }];

describe('[W128] a session', () => {
  test('[W128] that a room wrote is sound, and is the document that was written', async () => {
    const { log, doc } = await filled();
    const found = await stored(log);
    const checked = checkSession(found);
    expect(checked.faults).toEqual([]);
    expect(documentDigest(checked.doc)).toBe(documentDigest(doc));
    expect(structureOf(found, [])).toMatchObject({
      log: { seq: 4, merged: 0, records: 4 },
      messages: { all: 2, deleted: 1 },
      clients: [{ client: 77, owner: 'ann', deleted: 1 }],
      damage: [],
      faults: [],
    });
  });

  test('[W128] is read whole, in pages of any size, also while it is compacted', async () => {
    const { log } = await filled();
    const whole = await stored(log);
    const paged = await stored({
      open: (session) => log.open(session),
      read: (session, after) => log.read(session, after, 1),
    });
    expect(paged).toEqual(whole);
    let pages = 0;
    const compacted = await stored({
      open: (session) => log.open(session),
      async read(session, after) {
        if (++pages === 3) {
          const first = whole.records.slice(0, 3).map(({ bytes }) => bytes);
          await log.compact(session, 3, Buffer.concat(first), Uint8Array.of());
        }
        return log.read(session, after, 1);
      },
    });
    expect(compacted.snapshot?.through).toBe(3);
    expect(compacted.records.map(({ seq }) => seq)).toEqual([4]);
  });

  test('[W128] of which the log leaves out records, or says nothing, is broken', async () => {
    const { log } = await filled();
    const reading = (page: (page: Page) => Page): Pick<Log, 'open' | 'read'> => ({
      open: (session) => log.open(session),
      async read(session, after): Promise<Read> {
        const read = await log.read(session, after);
        return read.ok ? page(read) : read;
      },
    });
    const holed = reading((page) => ({ ...page, records: page.records.slice(1) }));
    expect(await readStored(holed, aSession)).toEqual({ ok: false, code: 'broken', seq: 1 });
    const silent = reading((page) => ({ ...page, records: [] }));
    expect(await readStored(silent, aSession)).toEqual({ ok: false, code: 'broken', seq: 1 });
    expect(await readStored(log, 'nobody-0123456789abcd')).toMatchObject({ code: 'missing' });
  });

  test('[W128] whose records no room wrote is not sound', async () => {
    const { log } = await filled();
    const { records } = await stored(log);
    const good = records.map(({ bytes }) => bytes);
    const faultsOf = (...bytes: readonly Uint8Array[]): readonly string[] =>
      checkSession(withRecords(...bytes)).faults;
    expect(faultsOf(...good)).toEqual([]);
    expect(faultsOf(...good, Uint8Array.of(9, 9))).toEqual(['record 5 is none that a room writes']);
    const wrong = encodeRoomRecord({ bindings, updates: [Uint8Array.of(1, 2, 3)] });
    expect(faultsOf(...good, wrong)).toEqual([
      'record 5 holds what no session can hold',
      expect.stringMatching(/^Yjs cannot read it: /),
    ]);
    const [first = wrong, second = wrong, ...rest] = good;
    expect(faultsOf(first, ...rest)).toContain('something in it hangs on what is missing');
    expect(faultsOf(second, first, ...rest)[0]).toBe('record 1 holds what no session can hold');
  });

  test('[W128] that a room and Yjs would read in two ways is not sound', async () => {
    const { log } = await filled();
    const found = await stored(log);
    const spy = vi.spyOn(Ledger.prototype, 'deletions').mockReturnValue(Uint8Array.of(0, 0));
    const { faults } = checkSession(found);
    spy.mockRestore();
    expect(faults).toEqual(['a room and Yjs read it as two documents: what is deleted differs']);
  });

  test('[W128] that is no session as a document is told apart from one that is damaged', async () => {
    const log = new MemoryLog({ clock: manualClock() });
    await log.create(aSession);
    const doc = new Y.Doc();
    doc.clientID = 77;
    doc.getMap('meta').set('schema', 99);
    await appendRecord(log, aSession, 0, bindings, [Y.encodeStateAsUpdate(doc)]);
    const structure = structureOf(await stored(log), []);
    expect(structure.damage).toEqual([]);
    expect(structure.faults).toHaveLength(1);
  });
});

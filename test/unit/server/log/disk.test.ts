// A disk that is full or fails, step by step, and the heap of what waits for the store.

import { describe, expect, test } from 'vitest';
import {
  appended,
  bytesOf,
  codeOf,
  created,
  session,
  textOf,
} from '../../../../server/log/contract-case.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import type { EmbeddedLog } from '../../../../server/log/embedded-log.ts';
import { StoreFault } from '../../../../server/log/fault.ts';
import { Journal } from '../../../../server/log/journal.ts';
import type { LogRecord } from '../../../../server/log/log.ts';
import { replay } from '../../../../server/log/replay.ts';
import type { Store } from '../../../../server/log/store.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { seed } from '../../../support/count.ts';
import { Disk, hops } from '../../../support/disk.ts';
import { withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';
import { textsOf } from '../../../support/log-folder.ts';

interface Bench {
  readonly log: EmbeddedLog;
  readonly disk: Disk;
  readonly clock: ReturnType<typeof manualClock>;
  /** While set, the store takes nothing that is moved. */
  readonly store: { fault: StoreFault | undefined };
  readonly reopen: () => Promise<EmbeddedLog>;
}

async function bench(act: (bench: Bench) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const clock = manualClock();
    const chance = seededChance(5);
    const disk = new Disk(chance);
    const faulty: { fault: StoreFault | undefined } = { fault: undefined };
    const open = (): Promise<EmbeddedLog> => {
      const inner = inlineStore(folder);
      const store: Store = {
        ...inner,
        move: (...args) =>
          faulty.fault === undefined ? inner.move(...args) : Promise.reject(faulty.fault),
      };
      const limits = { tailBytesMax: 5_000, waitBytesMax: 1_000_000 };
      return openEmbeddedLog({ folder, clock, chance, limits, journalFolder: disk.mount(), store });
    };
    let log = await open();
    const reopen = async (): Promise<EmbeddedLog> => {
      await log.close();
      log = await open();
      return log;
    };
    await created(log);
    await appended(log, ['a', 'b']);
    await act({ log, disk, clock, store: faulty, reopen });
    await log.close();
  });
}

const append = (log: EmbeddedLog, at: number, text: string): ReturnType<EmbeddedLog['append']> =>
  log.append(session, at, [], bytesOf(text));

describe('a full disk', () => {
  test('[F10] refuses writers, serves readers, and heals without a restart', async () => {
    await bench(async ({ log, disk, reopen }) => {
      disk.mood.space = 20;
      const refused = { ok: false, code: 'unavailable', reason: 'full', stored: 'no' };
      expect(await append(log, 2, 'never')).toEqual(refused);
      expect(await append(log, 2, 'never')).toEqual(refused);
      expect(await textsOf(log, session)).toEqual(['a', 'b']);
      disk.mood.space = Infinity;
      expect(await append(log, 2, 'c')).toEqual({ ok: true, seq: 3 });
      expect(await textsOf(await reopen(), session)).toEqual(['a', 'b', 'c']);
    });
  });

  test('[F10] refuses all that builds on a refused record, and nothing else', async () => {
    await bench(async ({ log, disk }) => {
      const other = 'another-0123456789abcd';
      await created(log, other);
      disk.mood.space = 20;
      const first = append(log, 2, 'c');
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
      const later = [append(log, 3, 'd'), append(log, 4, 'e')];
      disk.mood.space = Infinity;
      disk.mood.failingWrites = 1;
      const codes = [await first, ...(await Promise.all(later))].map(codeOf);
      expect(codes).toEqual(['unavailable', 'unavailable', 'unavailable']);
      expect(codeOf(await append(log, 2, 'c'))).toBe('ok');
      expect(codeOf(await log.append(other, 0, [], bytesOf('x')))).toBe('ok');
      expect(await textsOf(log, session)).toEqual(['a', 'b', 'c']);
    });
  });

  test('[F10] of the store lets writers go on up to a bound, and they are told why it ends', async () => {
    await bench(async ({ log, clock, store }) => {
      store.fault = new StoreFault('full', 'full', false);
      let seq = 2;
      let code = 'ok';
      for (; code === 'ok' && seq < 100; seq++) {
        code = codeOf(await append(log, seq, 'x'.repeat(500)));
        clock.advance(1_000);
      }
      expect(code).toBe('unavailable');
      expect(seq).toBeGreaterThan(6);
      expect(seq).toBeLessThan(20);
      expect(await textsOf(log, session)).toHaveLength(seq - 1);
      store.fault = undefined;
      clock.advance(1_000);
      // The move that heals it is under way: reading waits behind it.
      await log.list('', 1);
      await log.list('', 1);
      expect(codeOf(await append(log, seq - 1, 'again'))).toBe('ok');
    });
  });
});

describe('a failing disk', () => {
  test('[F11] its file is not written to again, and a refused record does not come back', async () => {
    await bench(async ({ log, disk, reopen }) => {
      const [file = ''] = disk.names;
      const before = Buffer.from(disk.bytes(file));
      disk.mood.failingWrites = 1;
      disk.mood.failingCuts = 1;
      const refused = await append(log, 2, 'never');
      expect(refused).toEqual({
        ok: false,
        code: 'unavailable',
        reason: 'damaged',
        stored: 'unknown',
      });
      const spoilt = Buffer.from(disk.bytes(file));
      expect(spoilt.length).toBeGreaterThan(before.length);
      expect(await append(log, 2, 'c')).toEqual({ ok: true, seq: 3 });
      expect(disk.bytes(file)).toEqual(spoilt);
      expect(disk.names).toHaveLength(2);
      expect(await textsOf(await reopen(), session)).toEqual(['a', 'b', 'c']);
    });
  });

  test('[F11] damage in the store ends all writing, and reading goes on', async () => {
    await bench(async ({ log, clock, store }) => {
      store.fault = new StoreFault('damaged', 'a page is no page', true);
      clock.advance(1_000);
      await log.list('', 1);
      await log.list('', 1);
      expect(log.faults).toEqual(['a page is no page']);
      expect(codeOf(await append(log, 2, 'never'))).toBe('unavailable');
      expect(codeOf(await log.create('another-0123456789abcd'))).toBe('unavailable');
      expect(codeOf(await log.delete(session))).toBe('unavailable');
      expect(codeOf(await log.claims.grant(session, 'run', 'agent'))).toBe('unavailable');
      expect(await textsOf(log, session)).toEqual(['a', 'b']);
    });
  });
});

test('where a record waits already when a write ends, the next write gathers more first', async () => {
  const clock = manualClock();
  const groups: (readonly number[])[] = [];
  const put = (seq: number): Promise<unknown> =>
    new Promise((resolve) => journal.append({ session, seq, bytes: bytesOf('a') }, resolve));
  const waiting: Promise<unknown>[] = [];
  const journal = new Journal(
    {
      chance: seededChance(1),
      clock,
      limits: { fileBytesMax: 10_000, writeBytesMax: 10_000, restMs: 5 },
      pass: undefined,
      folder: new Disk(seededChance(10)).mount(),
      onCommit(records) {
        groups.push(records.map(({ seq }) => seq));
        if (groups.length === 2) waiting.push(put(3));
      },
      onRefuse: () => {},
    },
    0,
  );
  // Who comes to a quiet journal waits for nothing.
  await put(1);
  await journal.settled();
  await put(2);
  waiting.push(put(4));
  await hops(20);
  clock.advance(4);
  await hops(20);
  expect(groups).toEqual([[1], [2]]);
  clock.advance(1);
  await Promise.all(waiting);
  expect(groups).toEqual([[1], [2], [3, 4]]);
  await journal.settled();
  await put(5);
  expect(groups.at(-1)).toEqual([5]);
});

test('[F13] a disk that lies about what is durable loses the end, and nothing that is left is wrong', async () => {
  const disk = new Disk(seededChance(seed() ?? 9));
  const committed: LogRecord[] = [];
  const limits = { fileBytesMax: 1_000, writeBytesMax: 1_000, restMs: 0 };
  const common = { chance: seededChance(1), clock: manualClock(), pass: undefined };
  const parts = { ...common, limits, onRefuse: () => {} };
  const onCommit = (records: readonly LogRecord[]): unknown => committed.push(...records);
  const journal = new Journal({ ...parts, folder: disk.mount(), onCommit }, 0);
  for (let seq = 1; seq <= 40; seq++) {
    disk.mood.lies = seq > 20;
    journal.append({ session, seq, bytes: bytesOf(`words ${seq}`) }, () => {});
    await journal.settled();
  }
  disk.crash(true);
  const { files } = await replay(disk.mount(), 0);
  const left = files.flatMap(({ records }) => records);
  expect(committed).toHaveLength(40);
  expect(left.length).toBeGreaterThanOrEqual(20);
  expect(left.length).toBeLessThan(40);
  for (const [at, { seq, bytes }] of left.entries()) {
    expect([seq, textOf(bytes)]).toEqual([at + 1, `words ${at + 1}`]);
  }
});

// Bytes that change by themselves, in every file of a folder: what is served is right or
// is not served, and a log that found damage is not written to.

import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appended, bytesOf, codeOf } from '../../../../server/log/contract-case.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import type { Log } from '../../../../server/log/log.ts';
import { LogOpenError } from '../../../../server/log/migration.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock, type ManualClock } from '../../../../src/base/clock.ts';
import { count, seed } from '../../../support/count.ts';
import { flip } from '../../../support/flip.ts';
import { newFolder, withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';
import { filesOf, textsOf } from '../../../support/log-folder.ts';

const FLIPS = count(250, 10_000);
const ids = ['one-0123456789abcdef', 'two-0123456789abcdef', 'six-0123456789abcdef'];
const filler = 'filler-0123456789abc';
const textAt = (id: string, seq: number): string => `${id}:${seq}:${'words '.repeat(seq * 7)}`;
const wanted = (id: string): readonly string[] =>
  Array.from({ length: 12 }, (_, index) => textAt(id, index + 1));

/** A folder as a killed process leaves it: a snapshot, records in the store, in its own log and in the journal. */
async function leftBehind(folder: string): Promise<void> {
  const aside = newFolder();
  const clock = manualClock();
  const limits = { fileBytesMax: 2_500 };
  const log = await openEmbeddedLog({ folder, clock, limits, store: inlineStore(folder) });
  await log.create(filler);
  for (const id of ids) {
    await log.create(id);
    await log.claims.grant(id, 'run', 'agent');
    for (let seq = 0; seq < 9; seq++) await log.append(id, seq, [], bytesOf(textAt(id, seq + 1)));
  }
  const [first = ''] = ids;
  const merged = bytesOf(wanted(first).slice(0, 5).join('\n'));
  await log.compact(first, 5, merged, bytesOf('index'));
  for (const id of ids) {
    for (let seq = 9; seq < 11; seq++) await log.append(id, seq, [], bytesOf(textAt(id, seq + 1)));
  }
  // Moved and checkpointed: those journal files are gone.
  await until(log, clock, () => !existsSync(join(folder, 'journal-0000000000')));
  for (const id of ids) await log.append(id, 11, [], bytesOf(textAt(id, 12)));
  // Moved, and not checkpointed: in the store's own log and in the journal.
  await until(log, clock, () => statSync(join(folder, 'store.sqlite-wal')).size > 0);
  cpSync(folder, aside, { recursive: true });
  await log.close();
  rmSync(folder, { recursive: true });
  cpSync(aside, folder, { recursive: true });
  rmSync(aside, { recursive: true });
}

/** Goes on writing, to a session that nobody looks at, until the background has come so far. */
async function until(log: Log, clock: ManualClock, isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    if (turns > 10_000) throw new Error('it never came so far');
    await appended(log, ['more'], filler);
    clock.advance(1_000);
    await log.list('', 1);
  }
}

/** What became of it: `sound` when nothing is wrong at all, or how the damage showed. */
async function judge(folder: string): Promise<string> {
  const opened = await openEmbeddedLog({
    folder,
    clock: manualClock(),
    store: inlineStore(folder),
  }).catch((error: unknown) => error);
  if (opened instanceof LogOpenError) return opened.code;
  if (opened instanceof Error) throw opened;
  const log = opened as Awaited<ReturnType<typeof openEmbeddedLog>>;
  let verdict = log.faults.length === 0 ? 'sound' : 'read-only';
  for (const id of ids) {
    const found = await textsOf(log, id);
    const right = wanted(id);
    if (typeof found === 'string') verdict = verdict === 'sound' ? 'unreadable' : verdict;
    else if (found.some((text, at) => text !== right[at])) return 'WRONG WORDS';
    else if (found.length < right.length && verdict === 'sound') return 'LOST IN SILENCE';
    const answer = await log.append(id, found.length, [], bytesOf('more'));
    if (verdict === 'read-only' && codeOf(answer) === 'ok') return 'WRITTEN ON DAMAGE';
    if (verdict === 'sound' && log.claims.of(id)[0]?.epoch !== 1) return 'A CLAIM IS LOST';
  }
  await log.close();
  return verdict;
}

describe('a folder with flipped bytes', () => {
  const honest = ['sound', 'read-only', 'unreadable', 'log-damaged', 'log-not-ours', 'log-newer'];

  test('[F12] is found out or does no harm, in every file', async () => {
    const chance = seededChance(seed() ?? 12);
    const seen = new Map<string, number>();
    await withFolder(async (folder) => {
      const good = join(folder, 'good');
      mkdirSync(good);
      await leftBehind(good);
      const files = filesOf(good).map((path) => relative(good, path));
      expect(files.map((path) => statSync(join(good, path)).size).every((size) => size > 0)).toBe(
        true,
      );
      expect(files.map((name) => name.replace(/\d+/, '0')).toSorted()).toEqual([
        'journal-0',
        'store.sqlite',
        'store.sqlite-wal',
      ]);
      const bad = join(folder, 'bad');
      for (let trial = 0; trial < FLIPS; trial++) {
        cpSync(good, bad, { recursive: true });
        const file = files[trial % files.length] ?? '';
        flip(join(bad, file), chance);
        const verdict = `${file.replace(/\d+/, '')} ${await judge(bad)}`;
        seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        rmSync(bad, { recursive: true });
      }
    });
    const verdicts = [...seen.keys()].map((verdict) => verdict.split(' ').slice(1).join(' '));
    console.log(`flipped bytes: ${[...seen].map((pair) => pair.join(' ')).join(', ')}`);
    expect(verdicts.filter((verdict) => !honest.includes(verdict))).toEqual([]);
    expect(verdicts).toContain('read-only');
    expect(verdicts).toContain('sound');
  });

  test('[F12] is left as it is when a journal file or the store is missing', async () => {
    await withFolder(async (folder) => {
      const good = join(folder, 'good');
      mkdirSync(good);
      await leftBehind(good);
      rmSync(join(good, 'store.sqlite'));
      rmSync(join(good, 'store.sqlite-wal'));
      expect(await judge(good)).toBe('read-only');
      expect(filesOf(good).some((path) => path.includes('journal-'))).toBe(true);
    });
  });
});

// Every log does what a log does: the one in memory, the embedded one, and the embedded
// one with the thread that it has in earnest.

import { describe, expect, test } from 'vitest';
import type { LogCase } from '../../../../server/log/contract-case.ts';
import { logContract } from '../../../../server/log/contract.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import type { Log } from '../../../../server/log/log.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';

type Prove = (run: LogCase['run']) => Promise<void>;

const memory: Prove = async (run) => {
  const clock = manualClock(1_000);
  const log = new MemoryLog({ clock, chance: seededChance(1) });
  await run({ log, clock, reopen: undefined });
  await log.close();
};

const embedded =
  (threaded: boolean): Prove =>
  (run) =>
    withFolder(async (folder) => {
      const clock = manualClock(1_000);
      const chance = seededChance(1);
      const open = (): Promise<Log> => {
        const store = threaded ? {} : { store: inlineStore(folder) };
        return openEmbeddedLog({ folder, clock, chance, ...store });
      };
      let log = await open();
      const reopen = async (): Promise<Log> => {
        await log.close();
        log = await open();
        return log;
      };
      try {
        await run({ log, clock, reopen });
      } finally {
        await log.close();
      }
    });

const about = (noun: string): readonly LogCase[] =>
  logContract.filter(({ id }) => id.startsWith(`${noun}/`));

describe.each([
  ['memory', memory],
  ['embedded', embedded(false)],
])('the %s log', (_, prove) => {
  test.each(about('records'))('[W100] $id', ({ run }) =>
    expect(prove(run)).resolves.toBe(undefined),
  );
  test.each(about('compaction'))('[W101] $id', ({ run }) =>
    expect(prove(run)).resolves.toBe(undefined),
  );
  test.each(about('deletion'))('[W102] $id', ({ run }) =>
    expect(prove(run)).resolves.toBe(undefined),
  );
  test.each(about('claims'))('[W103] $id', ({ run }) =>
    expect(prove(run)).resolves.toBe(undefined),
  );
  test.each(about('members'))('[W104] $id', ({ run }) =>
    expect(prove(run)).resolves.toBe(undefined),
  );
  test.each(about('summaries'))('[W141] $id', ({ run }) =>
    expect(prove(run)).resolves.toBe(undefined),
  );
  test.each(about('rows'))('[W105] $id', ({ run }) => expect(prove(run)).resolves.toBe(undefined));
});

describe('the embedded log with its thread', () => {
  const threaded = ['records/any-bytes', 'records/opened-again', 'deletion/for-ever'];
  const cases = [...logContract.filter(({ id }) => threaded.includes(id)), ...about('compaction')];
  test.each(cases)('$id', ({ run }) => expect(embedded(true)(run)).resolves.toBe(undefined));
});

test('every case is of a noun that is proved', () => {
  const nouns = ['records', 'compaction', 'deletion', 'claims', 'members', 'rows', 'summaries'];
  const ids = logContract.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(nouns.flatMap(about)).toHaveLength(ids.length);
});

import { expect, test } from 'vitest';
import { RowReader } from '../../../../server/library/row-reader.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import type { Row } from '../../../../server/log/rows.ts';

const log = (): MemoryLog => new MemoryLog();

test('[W147] what is written while a page is on its way comes after it, once', async () => {
  const { rows } = log();
  await rows.write('ada', 'a', '1', 0);
  const sent: number[] = [];
  let taken = Promise.withResolvers<void>();
  const reader = new RowReader(rows, 'ada', 0, (page: readonly Row[]) => {
    sent.push(...page.map(({ seq }) => seq));
    return taken.promise;
  });
  const reading = reader.read(true);
  await new Promise((resolve) => setImmediate(resolve));
  const first = taken;
  taken = Promise.withResolvers<void>();
  await rows.write('ada', 'b', '1', 0);
  expect(await reader.read()).toEqual({ ok: true });
  await rows.write('ada', 'c', '1', 0);
  expect(await reader.read()).toEqual({ ok: true });
  expect(sent).toEqual([1]);
  first.resolve();
  taken.resolve();
  expect(await reading).toEqual({ ok: true });
  expect(sent).toEqual([1, 2, 3]);
});

test('[W147] a reader that has gone is brought nothing more', async () => {
  const { rows } = log();
  await rows.write('ada', 'a', '1', 0);
  const sent: unknown[] = [];
  const reader = new RowReader(rows, 'ada', 0, async (page) => void sent.push(page));
  const reading = reader.read(true);
  reader.close();
  expect(await reading).toEqual({ ok: true });
  expect(sent).toEqual([]);
});

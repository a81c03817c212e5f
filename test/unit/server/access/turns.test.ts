import { expect, test } from 'vitest';
import { Turns } from '../../../../server/access/turns.ts';

test('what is asked for under one key goes one after another, also after a failure', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const act =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const first = turns.take('key', act('first', true));
  const second = turns.take('key', act('second'));
  const elsewhere = turns.take('other', act('elsewhere'));
  await expect(first).rejects.toThrow('first');
  expect(await Promise.all([second, elsewhere])).toEqual(['second', 'elsewhere']);
  const own = seen.filter((name) => !name.startsWith('elsewhere'));
  expect(own).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(seen.indexOf('elsewhere ends')).toBeLessThan(seen.indexOf('second ends'));
  expect(turns.size).toBe(0);
});

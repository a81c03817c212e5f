// The crash harness on doubles of a server: it passes the one that keeps its word, and finds out
// the ones that forget what they said or show what they have not written.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { killedServer } from '../../support/server-kill.ts';

const program = fileURLToPath(new URL('../../support/stub-server.ts', import.meta.url));

test('finds nothing in a server that writes before it answers', async () => {
  const life = await killedServer(5, 3, { program });
  expect(life.problems).toEqual([]);
  expect(life.kills).toBe(3);
  expect(life.atPoints).toBeGreaterThan(0);
  expect(life.barriers).toBeGreaterThan(10);
  expect(life.words).toBeGreaterThan(10);
  expect(life.shown).toBeGreaterThan(4);
});

test.each([
  ['forgets', /was told of <.*which is lost/],
  ['early', /was told of client.*which is lost/],
])('finds out a server that %s', async (how, problem) => {
  const life = await killedServer(1, 2, { program, args: ['--how', how] });
  expect(life.problems.join('\n')).toMatch(problem);
});

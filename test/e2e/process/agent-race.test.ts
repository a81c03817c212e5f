// Many agents and many runs at once, as real processes: each run is one agent's, and a cancel that races the
// end of a run has one outcome that everybody agrees on.

import { expect, test } from 'vitest';
import { count } from '../../support/count.ts';
import { countedWords } from '../../support/counted-words.ts';
import { CounterWorld, dice } from '../../support/counter-world.ts';
import type { Visitor } from '../../support/visitor.ts';

const WORDS = 20;
const whole = countedWords(WORDS);
const SESSIONS = 10;
const PROCESSES = 4;
const AGENTS_EACH = 5;

async function people(world: CounterWorld, kind: string): Promise<readonly Visitor[]> {
  const ids = Array.from({ length: SESSIONS }, (_, at) => `session-of-the-${kind}-${at}`);
  const all = await Promise.all(ids.map((id) => world.person(id)));
  for (const { session } of all) session.setPolicy('concurrent');
  return all;
}

async function started(world: CounterWorld): Promise<void> {
  const agents = await Promise.all(Array.from({ length: PROCESSES }, () => world.agent()));
  await Promise.all(agents.map((agent) => agent.ready()));
}

test.concurrent('[A40] [A31] twenty agents race for two hundred runs: each is claimed once, and whole', () =>
  CounterWorld.run({ words: WORDS, agentsEach: AGENTS_EACH }, async (world) => {
    await started(world);
    const each = Math.ceil(count(200, 1_000) / SESSIONS);
    const all = await people(world, 'race');
    const ended = all.map(async (person) => {
      const runs = Array.from({ length: each }, () => person.ask('Count!'));
      for (const run of runs) await person.untilState(run, 'complete');
      expect(new Set(runs.map((run) => person.text(run)))).toEqual(new Set([whole]));
    });
    await Promise.all(ended);
    const claims = world.said.filter(({ event }) => event === 'begin');
    const named = claims.map(({ run, epoch }) => `${run} ${epoch}`);
    expect(new Set(named).size).toBe(named.length);
    expect(new Set(claims.map(({ run }) => run)).size).toBe(each * SESSIONS);
  }));

test.concurrent('[A21] [A31] a cancel that races the end has one outcome, on every device', () =>
  CounterWorld.run({ words: WORDS, agentsEach: AGENTS_EACH }, async (world) => {
    await started(world);
    const roll = dice(11);
    const each = Math.ceil(count(200, 1_000) / SESSIONS);
    const all = await people(world, 'cancel');
    const states = new Set<string | undefined>();
    const ended = all.map(async (person, at) => {
      const watcher = await world.watcher(`session-of-the-cancel-${at}`);
      for (let race = 0; race < each; race++) {
        const run = person.ask('Count!');
        const chars = roll(whole.length + 1);
        await person.until(() => person.text(run).length >= chars, 'the moment to cancel');
        const request = person.session.cancel(run);
        await person.until(() => person.isOver(run), 'the end of a run');
        await person.until(
          () => person.view.requests.get(request)?.state !== 'requested',
          'an answer to a cancel',
        );
        await watcher.until(() => watcher.isOver(run), 'the end of a run elsewhere');
        states.add(person.run(run)?.status.state);
        expect(watcher.run(run)?.status).toEqual(person.run(run)?.status);
        expect(whole.startsWith(person.text(run))).toBe(true);
        const isShort = person.text(run) !== whole;
        expect([isShort, person.run(run)?.status.state]).not.toEqual([true, 'complete']);
      }
    });
    await Promise.all(ended);
    for (const state of states) expect(['complete', 'cancelled']).toContain(state);
  }));

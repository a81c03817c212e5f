// Agents that die, as real processes: killed at random points of a long reply, or stopped and woken when
// their claim is somebody else's. Whatever happens, the reply goes on, and nothing that was
// seen is lost or said twice.

import { expect, test } from 'vitest';
import { count } from '../../support/count.ts';
import { countedWords } from '../../support/counted-words.ts';
import {
  type CounterAgent,
  CounterWorld,
  dice,
  type Dice,
  timed,
} from '../../support/counter-world.ts';
import type { Visitor } from '../../support/visitor.ts';

const WORDS = 2_000;
const whole = countedWords(WORDS);
/** What the issue promises at the usual times: a lease of 10 s, and a second to notice. */
const STALLED_MS_MAX = 11_000;

/** Asks, and resolves when the reply has got to a random point. */
async function askTo(ann: Visitor, roll: Dice): Promise<string> {
  const run = ann.ask('Count!');
  const chars = 1 + roll(Math.floor(whole.length * 0.8));
  await ann.until(() => ann.text(run).length >= chars, `${chars} characters`);
  return run;
}

/** What everybody saw of a run: the epochs only rise, and no word is taken back. */
function watched(visitor: Visitor, run: string): () => void {
  let [epoch, chars] = [0, 0];
  const faults: string[] = [];
  const look = (): void => {
    const now = visitor.run(run)?.claim?.epoch ?? 0;
    const text = visitor.text(run);
    if (now < epoch) faults.push(`epoch ${epoch} went back to ${now}`);
    if (text.length < chars) faults.push(`${chars} characters became ${text.length}`);
    if (!whole.startsWith(text)) faults.push(`at ${text.length} something else is said`);
    [epoch, chars] = [now, text.length];
  };
  visitor.session.subscribe((view) => view, look);
  return () => expect(faults).toEqual([]);
}

async function killed(world: CounterWorld, ann: Visitor, roll: Dice): Promise<number> {
  const run = await askTo(ann, roll);
  const judge = watched(ann, run);
  const holder = world.holder(ann, run);
  const { epoch = 0 } = ann.run(run)?.claim ?? {};
  await holder.program.kill();
  const ms = await timed(() => ann.untilState(run, 'stalled'), 'a run that is stalled');
  const before = ann.text(run);
  await ann.untilState(run, 'complete');
  expect(ann.text(run)).toBe(whole);
  expect(whole.startsWith(before)).toBe(true);
  expect(ann.run(run)?.claim?.epoch).toBe(epoch + 1);
  expect(ann.run(run)?.claim?.holder).not.toBe(holder.principal);
  judge();
  return ms;
}

test.concurrent('[A1] [A2] [A31] killed at the usual times, twice side by side: another completes the reply', () =>
  CounterWorld.run({ words: WORDS }, async (world) => {
    const names = ['one', 'two'];
    const agents = await Promise.all([...names, ...names].map((name) => world.agent(name)));
    await Promise.all(agents.map((agent) => agent.ready()));
    await Promise.all(
      names.map(async (name, at) => {
        const ann = await world.person(`session-of-counter-${name}`, name);
        const ms = await killed(world, ann, dice(at));
        expect(ms).toBeLessThan(STALLED_MS_MAX);
      }),
    );
  }));

test.concurrent('[A1] [A2] [A31] killed again and again, with a lease of a second: every reply is whole', () =>
  CounterWorld.run({ words: WORDS, leaseMs: 1_000, pace: 2 }, async (world) => {
    let ann = await world.person('session-of-many-deaths-0');
    const spare = await Promise.all([world.agent(), world.agent(), world.agent()]);
    await Promise.all(spare.map((agent) => agent.ready()));
    const roll = dice(7);
    for (let death = 0; death < count(8, 1_000); death++) {
      // A session has a size; nobody fills one with a thousand long replies.
      if (death % 50 === 49) ann = await world.person(`session-of-many-deaths-${death}`);
      const next: Promise<CounterAgent> = world.agent();
      expect(await killed(world, ann, roll)).toBeLessThan(STALLED_MS_MAX);
      await (await next).ready();
    }
  }));

test.concurrent('[A2] [A39] an agent that was stopped and wakes when its run is another’s changes nothing', () =>
  CounterWorld.run({ words: WORDS, leaseMs: 1_000 }, async (world) => {
    const agents = await Promise.all([world.agent(), world.agent()]);
    await Promise.all(agents.map((agent) => agent.ready()));
    const ann = await world.person('session-of-the-zombie');
    const run = await askTo(ann, dice(3));
    const zombie = world.holder(ann, run);
    zombie.program.signal('SIGSTOP');
    await ann.untilState(run, 'complete');
    expect(ann.text(run)).toBe(whole);
    zombie.program.signal('SIGCONT');
    await zombie.program.prints(new RegExp(`"event":"end","run":"${run}"`));
    expect(zombie.said.find(({ event }) => event === 'end')?.end).toMatch(/lost|taken-over/);
    expect(ann.text(run)).toBe(whole);
    const bob = await world.watcher('session-of-the-zombie');
    expect(bob.text(run)).toBe(whole);
    expect(bob.run(run)).toEqual(ann.run(run));
    expect(bob.run(run)?.claim?.holder).not.toBe(zombie.principal);
  }));

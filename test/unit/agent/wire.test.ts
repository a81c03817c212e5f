// Agents on a real server, over real sockets.

import { afterEach, describe, expect, test } from 'vitest';
import { below, seededChance } from '../../../src/base/chance.ts';
import { manualClock, systemClock } from '../../../src/base/clock.ts';
import { within } from '../../support/hang.ts';
import { openFaultProxy } from '../../support/fault-proxy.ts';
import { sharedSync, type SyncStage, withSync } from '../../support/sync-stage.ts';
import { WireWorld } from '../../support/wire-agents.ts';

const stage = sharedSync();
const worlds: WireWorld[] = [];
let sessions = 0;

async function world(): Promise<WireWorld> {
  const opened = await WireWorld.open(stage(), `session-of-agents-${++sessions}`);
  worlds.push(opened);
  return opened;
}

afterEach(() => {
  for (const opened of worlds.splice(0)) opened.close();
});

describe('an agent on a server', () => {
  test('[A38] answers a prompt, and everybody sees it', async () => {
    const here = await world();
    await here.agent({
      handler: async (run) => {
        const text = run.text();
        for (const word of ['It ', 'is ', 'five ', 'o’clock.']) {
          text.write(word);
          await text.room();
        }
      },
    });
    const run = here.ask('What time is it?');
    await here.untilState(run, 'complete');
    expect(here.text(run)).toBe('It is five o’clock.');
    const bob = await here.person('bob');
    expect(bob.view.path.at(-1)?.parts).toMatchObject([
      { type: 'text', text: 'It is five o’clock.' },
    ]);
  });

  test('[A38] many runs leave no more clients behind than the lanes of one', async () => {
    const here = await world();
    await here.agent({ handler: (run) => run.text().write(`answer ${run.prompt}`) });
    for (let n = 0; n < 12; n++) {
      const run = here.ask(`${n}`);
      await here.untilState(run, 'complete');
    }
    // Ann, the server, and the lanes of one claim.
    expect(here.ann.doc.store.clients.size).toBeLessThanOrEqual(2 + 4);
  });

  test('[A38] is cancelled from another device', async () => {
    const here = await world();
    const reasons: unknown[] = [];
    await here.agent({
      handler: async (run) => {
        const text = run.text();
        text.write('on and on');
        await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
        reasons.push(run.signal.reason);
        text.write(' …stopped');
      },
    });
    const run = here.ask('talk');
    await here.untilText(run, 'on and on');
    const bob = await here.person('bob');
    const request = bob.cancel(run);
    await here.untilState(run, 'cancelled');
    expect(reasons).toMatchObject([{ stop: { why: 'cancelled', by: 'bob', request } }]);
    expect(here.text(run)).toBe('on and on …stopped');
    expect(here.ann.view.requests.get(request)).toMatchObject({
      state: 'settled',
      ack: { by: 'agent:helper' },
    });
  });

  test('[A38] asks people, hears them, and retries a step', async () => {
    const here = await world();
    const heard: string[] = [];
    await here.agent({
      handler: async (run) => {
        await run.step(
          ({ attempt }) => {
            run.text().write(`attempt ${attempt}`);
            if (attempt === 1) throw new Error('no');
          },
          { pauseMs: 0 },
        );
        const call = run.tool('jump', { height: 3 }, { id: 'jump' });
        const { approved, by } = await call.approval();
        heard.push(`${by} ${approved}`);
        call.output('jumped');
        const where = await run.tool('where', {}, { id: 'where' }).answer();
        heard.push(JSON.stringify(where));
        for await (const steer of run.steers()) {
          heard.push(steer.text);
          break;
        }
        await run.usage({ inputTokens: 5 });
        await run.title('Jumping');
      },
    });
    const run = here.ask('jump');
    await here.untilState(run, 'waiting');
    here.ann.approve(run, 'jump');
    await here.until((view) => {
      const { status } = view.runs.get(run) ?? {};
      return status?.state === 'waiting' && status.for === 'answer';
    }, 'a question to devices');
    here.ann.answer(run, 'where', { output: 'in the garden' });
    await here.untilState(run, 'running');
    here.ann.steer(run, 'well done');
    await here.untilState(run, 'complete');
    expect(heard).toEqual(['ann true', '"in the garden"', 'well done']);
    expect(here.text(run)).toBe('attempt 2');
    await here.until((view) => view.meta.title === 'Jumping', 'a title');
    expect(here.ann.view.runs.get(run)?.usage).toEqual({ inputTokens: 5 });
  });
});

describe('an agent on a bad network', () => {
  test('[A38] is cut off again and again, and every word and question arrives once', async () => {
    const here = await world();
    const proxy = await openFaultProxy({ port: stage().port });
    try {
      const chance = seededChance(5);
      const decisions: boolean[] = [];
      await here.agent({
        url: proxy.url,
        handler: async (run) => {
          const text = run.text();
          for (let n = 0; n < 60; n++) {
            text.write(`${n} `);
            if (below(chance, 6) === 0) proxy.cut();
            if (n % 20 === 10) await run.usage({ n });
            if (n === 30) {
              const call = run.tool('ask', {}, { id: 'ask' });
              const asked = call.approval();
              proxy.cut();
              decisions.push((await asked).approved);
            }
            await new Promise<void>((resolve) => systemClock.after(1, resolve));
          }
          proxy.cut();
        },
      });
      const run = here.ask('count');
      await here.untilState(run, 'waiting');
      here.ann.approve(run, 'ask');
      proxy.cut();
      await here.untilState(run, 'complete');
      expect(here.text(run)).toBe(Array.from({ length: 60 }, (_, n) => `${n} `).join(''));
      expect(here.ann.view.runs.get(run)).toMatchObject({ claim: { epoch: 1 }, usage: { n: 50 } });
      expect(decisions).toEqual([true]);
      expect(proxy.counts.cut).toBeGreaterThan(3);
    } finally {
      await proxy.close();
    }
  });
});

describe('an agent that does not renew its claim', () => {
  test('[A39] knows it by itself where no network tells it', async () => {
    const here = await world();
    const proxy = await openFaultProxy({ port: stage().port });
    const clock = manualClock(1_800_000_000_000);
    try {
      const stopped = Promise.withResolvers<unknown>();
      await here.agent({
        url: proxy.url,
        clock,
        handler: (run) =>
          new Promise((resolve) => {
            run.text().write('begun');
            run.signal.addEventListener('abort', () => {
              stopped.resolve(run.signal.reason);
              resolve();
            });
          }),
      });
      const run = here.ask('go');
      await here.untilText(run, 'begun');
      proxy.swallow({ new: true });
      for (let passed = 0; passed < 15; passed++) {
        clock.advance(1_000);
        await new Promise<void>((resolve) => systemClock.after(1, resolve));
      }
      expect(await within(stopped.promise, 'the signal')).toMatchObject({ code: 'lost' });
    } finally {
      await proxy.close();
    }
  });

  test('[A39] is taken over: the same reply goes on, and what the first still says changes nothing', async () => {
    const leases = manualClock(1_800_000_000_000);
    const take = async (own: SyncStage): Promise<void> => {
      const here = await WireWorld.open(own, 'session-of-two-agents');
      try {
        const late: unknown[] = [];
        // Its clock stands still: it never renews.
        const first = await here.agent({
          clock: manualClock(1_800_000_000_000),
          handler: async (run) => {
            const text = run.text({ id: 'answer' });
            text.write('The first half');
            await new Promise((resolve) => run.signal.addEventListener('abort', resolve));
            late.push(run.signal.reason);
            try {
              text.write(' of a zombie');
            } catch (error) {
              late.push(error);
            }
          },
        });
        const run = here.ask('go');
        await here.untilText(run, 'The first half');
        // It would take the run up again itself: it is alive, and was only silent.
        void first.drain();
        leases.advance(10_000);
        await here.untilState(run, 'stalled');
        await here.agent({
          onResume: 'continue',
          handler: (now) => now.text({ id: 'answer' }).write(`, and the second by ${now.epoch}`),
        });
        await here.untilState(run, 'complete');
        expect(here.text(run)).toBe('The first half, and the second by 2');
        expect(here.ann.view.runs.get(run)?.claim?.epoch).toBe(2);
        expect(late).toMatchObject([{ code: 'lost' }, { code: 'lost' }]);
      } finally {
        here.close();
      }
    };
    await withSync(take, { log: { clock: leases } });
  });
});

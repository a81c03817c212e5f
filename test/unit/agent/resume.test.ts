// What becomes of a run whose agent died, and how a process takes runs and stops taking them.

import { describe, expect, test } from 'vitest';
import type { OnResume } from '../../../src/agent/conduct.ts';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import type { AgentRun } from '../../../src/agent/run.ts';
import type { WorkerOptions } from '../../../src/agent/worker.ts';

const after = (stage: AgentStage, ms: number): Promise<void> =>
  new Promise((resolve) => stage.clock.after(ms, resolve));

/** A run whose first agent died after a part of its reply; a second one has come. */
async function left(
  onResume: OnResume | undefined,
  handler: (run: AgentRun) => Promise<void> | void,
  options: Partial<WorkerOptions> = {},
): Promise<{ stage: AgentStage; run: string }> {
  const stage = new AgentStage();
  const first = stage.start(async (run) => {
    run.text({ id: 'answer' }).write('The first half');
    run.tool('look', { a: 1 }, { id: 'look' }).output('seen');
    for await (const _ of run.steers());
  });
  const run = await stage.ask('hi');
  stage.ann.steer(run, 'be brief');
  stage.books.settle();
  await stage.settled();
  first.crash();
  await stage.pass(9_000, 500);
  expect(stage.run(run).status.state).toBe('running');
  await stage.pass(1_500, 500);
  expect(stage.run(run).status.state).toBe('stalled');
  stage.start(handler, { ...options, ...(onResume !== undefined && { onResume }) });
  await stage.pass(1_000, 100);
  return { stage, run };
}

describe('a run that was left', () => {
  test('[A30] is begun anew where the handler says nothing, without a trace of the first half', async () => {
    const { stage, run } = await left(undefined, (now) => {
      expect(now.epoch).toBe(2);
      now.text({ id: 'answer' }).write('All of it');
    });
    expect(stage.reply(run)?.parts).toMatchObject([
      { type: 'text', id: 'answer', text: 'All of it' },
    ]);
    expect(stage.run(run)).toMatchObject({ status: { state: 'complete' }, claim: { epoch: 2 } });
  });

  test('[A30] is continued in the same reply, with what was written, done and heard', async () => {
    const partials: unknown[] = [];
    const { stage, run } = await left('continue', (now) => {
      partials.push(now.partial);
      const text = now.text({ id: 'answer' });
      expect(text.chars).toBe('The first half'.length);
      text.write(', and the second.');
      expect(now.tool('look', { a: 1 }, { id: 'look' }).result).toBe('seen');
      expect(() => now.tool('look', { a: 2 }, { id: 'look' })).toThrow('another input');
      expect(() => now.text({ id: 'look' })).toThrow('is tool, not text');
    });
    expect(partials).toMatchObject([
      {
        parts: [{ id: 'answer', text: 'The first half' }, { id: 'look' }],
        steers: [{ text: 'be brief', by: 'ann' }],
      },
    ]);
    expect(stage.reply(run)?.parts).toMatchObject([
      { id: 'answer', text: 'The first half, and the second.', state: 'done' },
      { id: 'look', output: 'seen' },
    ]);
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A30] fails, or goes to a handler of its own, where that is wanted', async () => {
    const failed = await left('fail', () => expect.fail('not called'));
    expect(failed.stage.run(failed.run).status).toMatchObject({
      state: 'failed',
      error: { code: 'crashed' },
    });
    expect(failed.stage.text(failed.run)).toBe('The first half');

    const own = await left(
      (now) => now.text({ id: 'answer' }).write('… sorry.'),
      () => expect.fail('not called'),
    );
    expect(own.stage.text(own.run)).toBe('The first half… sorry.');
  });

  test('[A30] fails after so many attempts, and says so', async () => {
    const stage = new AgentStage();
    const epochs: number[] = [];
    const handler = async (run: AgentRun): Promise<void> => {
      epochs.push(run.epoch);
      run.text().write('x');
      await new Promise(() => undefined);
    };
    let agent = stage.start(handler, { attempts: 2 });
    const run = await stage.ask('hi');
    for (let turns = 0; turns < 5; turns++) {
      agent.crash();
      await stage.pass(11_000, 1_000);
      agent = stage.start(handler, { attempts: 2 });
      await stage.settled();
    }
    expect(epochs).toEqual([1, 2]);
    expect(stage.run(run).status).toMatchObject({ state: 'failed', error: { code: 'attempts' } });
  });
});

describe('a process', () => {
  test('[A35] takes no more runs at a time than it has hands, and the next as one ends', async () => {
    const stage = new AgentStage('agent', { policy: 'concurrent' });
    let most = 0;
    const agent = stage.start(
      async () => {
        most = Math.max(most, agent.worker.busy);
        await after(stage, 100);
      },
      { concurrency: 3 },
    );
    const runs = [];
    for (let n = 0; n < 8; n++) runs.push(await stage.ask(`${n}`));
    expect(agent.worker.busy).toBe(3);
    await stage.pass(1_000, 50);
    expect(most).toBe(3);
    expect(runs.map((run) => stage.run(run).status.state)).toEqual(runs.map(() => 'complete'));
  });

  test('[A35] each of many runs is answered by one of many processes', async () => {
    const stage = new AgentStage('agent', { policy: 'concurrent' });
    const answered: string[] = [];
    for (let n = 0; n < 5; n++) {
      stage.start(
        async (run) => {
          answered.push(run.id);
          await after(stage, 10);
          run.text().write(`by ${n}`);
        },
        { concurrency: 2 },
      );
    }
    const runs: string[] = [];
    for (let n = 0; n < 30; n++) runs.push(await stage.ask(`${n}`));
    await stage.pass(500);
    expect(answered.toSorted()).toEqual(runs.toSorted());
    for (const run of runs)
      expect(stage.run(run)).toMatchObject({ status: { state: 'complete' }, claim: { epoch: 1 } });
  });

  test('[A35] drains: it takes nothing new, ends what it has, gives back what takes too long', async () => {
    const stage = new AgentStage('agent', { policy: 'concurrent' });
    const reasons: unknown[] = [];
    const agent = stage.start(
      async (run) => {
        const quick = JSON.stringify(run.messages.at(-1)).includes('quick');
        const text = run.text({ id: 't' });
        text.write(quick ? 'quick' : 'half');
        run.signal.addEventListener('abort', () => reasons.push(run.signal.reason.code));
        await after(stage, quick ? 500 : 60_000);
      },
      { concurrency: 5, drainMs: 1_000, lastWordsMs: 100 },
    );
    const [quick, slow] = [await stage.ask('quick'), await stage.ask('slow')];
    let drained = false;
    void agent.drain().finally(() => (drained = true));
    const later = await stage.ask('later');
    await stage.pass(900, 100);
    expect(stage.run(quick).status.state).toBe('complete');
    expect([reasons, drained]).toEqual([[], false]);
    await stage.pass(300, 50);
    expect([reasons, drained]).toEqual([['drain'], true]);
    expect(stage.run(slow).status.state).toBe('stalled');
    expect(stage.run(later).status.state).toBe('queued');
    stage.start((run) => run.text({ id: 't' }).write(' whole'), {
      onResume: 'continue',
      concurrency: 5,
    });
    await stage.settled();
    expect(stage.text(slow)).toBe('half whole');
    expect(stage.run(slow)).toMatchObject({ status: { state: 'complete' }, claim: { epoch: 2 } });
  });
});

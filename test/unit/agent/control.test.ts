// What people ask of a run while it goes on: to stop, and to hear words.

import { describe, expect, test } from 'vitest';
import { RunStopped } from '../../../src/agent/error.ts';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import type { AgentRun } from '../../../src/agent/run.ts';

/** Until the run is stopped. */
const forever = (run: AgentRun): Promise<never> =>
  new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason)));

/** A stream that says something and then hangs. */
async function* hanging(words: string): AsyncGenerator<string, void> {
  yield words;
  await new Promise(() => undefined);
}

describe('a cancel', () => {
  const waits: readonly [string, (run: AgentRun) => Promise<unknown>][] = [
    ['waits for nothing of ours', (run) => forever(run)],
    ['writes a stream that hangs', (run) => run.text().feed(hanging(''))],
    [
      'pipes a stream that hangs',
      (run) =>
        run.pipe({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
    ],
    ['waits for an approval', (run) => run.tool('dare', {}).approval()],
    [
      'iterates steers',
      async (run) => {
        for await (const _ of run.steers());
        run.signal.throwIfAborted();
      },
    ],
    ['waits for a child', (run) => run.child('nobody', 'hi').ended],
    [
      'reads a child',
      async (run) => {
        for await (const _ of run.child('nobody', 'hi').text());
      },
    ],
    ['is in a step', (run) => run.step(() => new Promise(() => undefined))],
    [
      'waits for the next attempt',
      (run) => run.step(() => Promise.reject(new Error('no')), { pauseMs: 60_000 }),
    ],
    ['streams a tool input that hangs', (run) => run.tool('look').feed(hanging(''))],
  ];

  test.each(waits)('[A21] reaches a handler that %s', async (_what, wait) => {
    const stage = new AgentStage();
    const reasons: unknown[] = [];
    stage.start(async (run) => {
      run.text().write('kept');
      await wait(run).catch((error: unknown) => reasons.push(error));
      run.text().write(' last words');
    });
    const run = await stage.ask('hi');
    expect(stage.run(run).status.state).not.toBe('complete');
    const request = stage.as('bob').cancel(run, { reason: 'too slow' });
    await stage.settled();
    expect(reasons).toMatchObject([
      { code: 'cancelled', stop: { why: 'cancelled', by: 'bob', request, reason: 'too slow' } },
    ]);
    expect(reasons[0]).toBeInstanceOf(RunStopped);
    expect(stage.run(run).status).toMatchObject({ state: 'cancelled', why: 'asked' });
    expect(stage.text(run)).toBe('kept last words');
    expect(stage.view.requests.get(request)).toMatchObject({
      state: 'settled',
      ack: { by: 'agent:agent', place: { message: stage.run(run).reply } },
    });
  });

  test('[A21] is accepted at once, and cuts off a handler that does not stop', async () => {
    const stage = new AgentStage();
    let late: unknown;
    stage.start(
      async (run) => {
        const text = run.text();
        text.write('a');
        await new Promise<void>((resolve) => stage.clock.after(5_000, resolve));
        try {
          text.write('b');
        } catch (error) {
          late = error;
        }
      },
      { lastWordsMs: 1_000 },
    );
    const run = await stage.ask('hi');
    const request = stage.ann.cancel(run);
    await stage.settled();
    expect(stage.run(run).status.state).toBe('running');
    expect(stage.view.requests.get(request)).toMatchObject({
      state: 'accepted',
      ack: { place: { chars: 1 } },
    });
    await stage.pass(999, 999);
    expect(stage.run(run).status.state).toBe('running');
    await stage.pass(1);
    expect(stage.run(run).status.state).toBe('cancelled');
    await stage.pass(5_000, 1_000);
    expect(late).toMatchObject({ code: 'run-ended' });
    expect(stage.text(run)).toBe('a');
  });

  test('[A21] of a run that is not claimed yet never starts it', async () => {
    const stage = new AgentStage();
    const started: string[] = [];
    const run = await stage.ask('hi');
    stage.ann.cancel(run);
    stage.start((now) => void started.push(now.id));
    stage.books.settle();
    await stage.settled();
    expect(started).toEqual([]);
    expect(stage.run(run).status).toMatchObject({ state: 'cancelled', why: 'withdrawn' });
  });

  test('[A21] that comes while the handler returns ends the run once', async () => {
    const stage = new AgentStage('agent', { latencyMs: 20 });
    stage.start((run) => run.text().write('all'));
    const run = await stage.ask('hi');
    const request = stage.ann.cancel(run);
    await stage.pass(200);
    const { state } = stage.run(run).status;
    expect(stage.view.requests.get(request)?.state).toBe(state === 'complete' ? 'void' : 'settled');
    expect(stage.text(run)).toBe('all');
  });
});

describe('a steer', () => {
  test('[A24] is read once, acked with its place and step, and its words wait in no queue', async () => {
    const stage = new AgentStage();
    const heard: string[] = [];
    stage.start(async (run) => {
      const text = run.text({ id: 't' });
      text.write('one ');
      await run.step(async () => {
        for await (const steer of run.steers()) {
          heard.push(`${steer.by}: ${steer.text}`);
          if (heard.length === 2) break;
        }
      });
      text.write('two');
    });
    const run = await stage.ask('hi');
    const first = stage.ann.steer(run, 'louder');
    stage.books.settle();
    await stage.settled();
    const second = stage.as('bob').steer(run, 'and shorter');
    stage.books.settle();
    await stage.settled();
    expect(heard).toEqual(['ann: louder', 'bob: and shorter']);
    expect(stage.run(run).status.state).toBe('complete');
    for (const { request, run: queued } of [first, second]) {
      expect(stage.view.requests.get(request ?? '')).toMatchObject({
        state: 'settled',
        ack: { place: { message: stage.run(run).reply, part: 't', chars: 4, step: 's1-1' } },
      });
      expect(stage.run(queued ?? '').status).toMatchObject({ state: 'cancelled', why: 'steered' });
    }
  });

  test('[A24] that nobody reads becomes a prompt', async () => {
    const stage = new AgentStage();
    const prompts: string[] = [];
    stage.start(async (run) => {
      prompts.push(JSON.stringify(run.messages.at(-1)?.content));
      await new Promise<void>((resolve) => stage.clock.after(100, resolve));
    });
    const run = await stage.ask('hi');
    const { request, run: queued } = stage.ann.steer(run, 'you there?');
    await stage.pass(500);
    expect(stage.view.requests.get(request ?? '')?.state).toBe('void');
    expect(stage.run(queued ?? '').status.state).toBe('complete');
    expect(prompts.at(-1)).toContain('you there?');
  });

  test('[A24] that was withdrawn while it was read is not heard', async () => {
    const stage = new AgentStage('agent', { latencyMs: 50 });
    const heard: string[] = [];
    stage.start(async (run) => {
      await new Promise<void>((resolve) => stage.clock.after(100, resolve));
      for (const steer of await run.steers().take()) heard.push(steer.text);
    });
    const run = await stage.ask('hi');
    const { run: queued } = stage.ann.steer(run, 'never mind');
    stage.books.settle();
    await stage.pass(120);
    stage.ann.cancel(queued ?? '');
    stage.books.settle();
    await stage.pass(300);
    expect(heard).toEqual([]);
    expect(stage.run(run).status.state).toBe('complete');
  });
});

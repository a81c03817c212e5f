// Steps that are tried again, streams that are piped, and runs below a run.

import { describe, expect, test } from 'vitest';
import type { Chunk } from '../../../src/agent/chunk.ts';
import type { Handler } from '../../../src/agent/conduct.ts';
import { RunFailure } from '../../../src/agent/error.ts';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import type { PipeResult } from '../../../src/agent/pipe.ts';
import type { ToolCall } from '../../../src/agent/tool-call.ts';
import { HoldfastError } from '../../../src/base/error.ts';
import { checkHistory } from '../../../src/session/history.ts';
import { checkInvariants } from '../../../src/session/invariant.ts';

async function answered(handler: Handler): Promise<{ stage: AgentStage; run: string }> {
  const stage = new AgentStage();
  stage.start(handler);
  return { stage, run: await stage.ask('hi') };
}

const kinds = (stage: AgentStage, run: string): unknown[] =>
  (stage.reply(run)?.parts ?? []).map((part) => ('text' in part ? part.text : part.type));

describe('a step', () => {
  test('[A27] that fails is tried again, and replaces what the failed attempt wrote', async () => {
    const shown: unknown[][] = [];
    const stage = new AgentStage();
    let before = stage.view;
    const broken: unknown[] = [];
    stage.ann.subscribe(
      (view) => view,
      (view) => {
        broken.push(...checkHistory(before, view));
        before = view;
      },
    );
    stage.start(async (run) => {
      run.text().write('Before. ');
      const result = await run.step(
        ({ attempt }) => {
          const text = run.text();
          run.reasoning().write(`thought ${attempt}`);
          run.tool('look', { attempt }).output(attempt);
          text.write(`Attempt ${attempt}. `);
          shown.push(kinds(stage, run.id));
          if (attempt < 3) throw new Error('overloaded');
          return 'result';
        },
        { attempts: 3, pauseMs: 100 },
      );
      run.text().write(`After ${result}.`);
    });
    const run = await stage.ask('hi');
    await stage.pass(1_000);
    expect(shown).toEqual(
      [1, 2, 3].map((n) => ['Before. ', `Attempt ${n}. `, `thought ${n}`, 'tool']),
    );
    expect(kinds(stage, run)).toEqual([
      'Before. ',
      'Attempt 3. ',
      'thought 3',
      'tool',
      'After result.',
    ]);
    expect(stage.reply(run)?.parts.map(({ step }) => step)).toEqual([
      undefined,
      's1-1',
      's1-1',
      's1-1',
      undefined,
    ]);
    expect(stage.run(run).status.state).toBe('complete');
    expect(broken).toEqual([]);
    expect(checkInvariants(stage.ann.doc)).toEqual([]);
  });

  test('[A27] that fails for good fails with what its last attempt wrote', async () => {
    let attempts = 0;
    const { stage, run } = await answered((now) =>
      now.step(({ attempt }) => {
        attempts = attempt;
        now.text().write(`attempt ${attempt}`);
        throw new Error('no');
      }),
    );
    await stage.pass(10_000, 100);
    expect(attempts).toBe(3);
    expect(kinds(stage, run)).toEqual(['attempt 3']);
    expect(stage.run(run).status.state).toBe('failed');
  });

  test('[A27] waits longer before each attempt', async () => {
    const times: number[] = [];
    const stage = new AgentStage();
    stage.start((run) =>
      run.step(
        () => {
          times.push(stage.clock.now());
          throw new Error('no');
        },
        { attempts: 4, pauseMs: 100 },
      ),
    );
    await stage.ask('hi');
    await stage.pass(5_000, 1);
    const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(pauses).toHaveLength(3);
    pauses.forEach((pause, at) => {
      expect(pause).toBeGreaterThanOrEqual(100 * 2 ** at);
      expect(pause).toBeLessThanOrEqual(150 * 2 ** at + 1);
    });
  });

  test.each([
    ['words for people', new RunFailure('The disk is full.')],
    ['what will not be better', new HoldfastError('no', 'no', { retryable: false })],
  ])('[A27] is not tried again after %s', async (_what, error) => {
    let attempts = 0;
    const { stage, run } = await answered((now) =>
      now.step(() => {
        attempts++;
        throw error;
      }),
    );
    await stage.pass(2_000, 100);
    expect(attempts).toBe(1);
    expect(stage.run(run).status.state).toBe('failed');
  });

  test('[A27] a writer of a failed attempt takes no more words', async () => {
    const codes: unknown[] = [];
    const { stage, run } = await answered((now) => {
      let old: (() => void) | undefined;
      return now.step(
        ({ attempt }) => {
          const text = now.text();
          text.write(`${attempt}`);
          try {
            old?.();
          } catch (error) {
            codes.push(error);
          }
          old = () => text.write('late');
          if (attempt === 1) throw new Error('no');
        },
        { pauseMs: 0 },
      );
    });
    await stage.pass(10);
    expect(codes).toMatchObject([{ code: 'part-dropped' }]);
    expect(kinds(stage, run)).toEqual(['2']);
  });

  test('[A27] steps follow one another', async () => {
    const { stage, run } = await answered((now) =>
      now.step(() => expect(now.step(() => 1)).rejects.toMatchObject({ code: 'step-open' })),
    );
    expect(stage.run(run).status.state).toBe('complete');
  });
});

describe('a pipe', () => {
  const chunks: readonly Chunk[] = [
    { type: 'reasoning', delta: 'hm' },
    { type: 'text', delta: 'It ' },
    { type: 'text', delta: 'is' },
    { type: 'tool-input', call: 'c1', name: 'look', delta: '{"a"' },
    { type: 'tool-input', call: 'c1', name: 'look', delta: ':1}' },
    { type: 'tool-call', call: 'c1', name: 'look', input: { a: 1 } },
    { type: 'tool-call', call: 'c2', name: 'find', input: {} },
    { type: 'tool-output', call: 'c2', output: 1, preliminary: true },
    { type: 'tool-output', call: 'c2', output: 2 },
    { type: 'tool-call', call: 'c3', name: 'break', input: {} },
    { type: 'tool-error', call: 'c3', error: 'broken' },
    { type: 'source', title: 'Docs' },
    { type: 'data', name: 'chart', data: { n: 1 }, id: 'd' },
    { type: 'data', name: 'chart', data: { n: 2 }, id: 'd' },
    { type: 'file', mediaType: 'image/png', size: 1, hash: 'b'.repeat(64) },
    { type: 'text', delta: 'a', id: '1' },
    { type: 'text', delta: 'b', id: '2' },
    { type: 'text', delta: 'a', id: '1' },
    { type: 'text-end', id: '1' },
    { type: 'reasoning', delta: 'r', id: '1' },
    { type: 'reasoning-end', id: '1' },
    { type: 'text', delta: 'b', id: '2' },
    { type: 'usage', usage: { inputTokens: 3 } },
    { type: 'usage', usage: { outputTokens: 4 } },
    { type: 'finish', reason: 'tool-calls' },
  ];

  test('[A28] writes every kind of chunk, and hands back the calls that wait', async () => {
    let result: PipeResult | undefined;
    const { stage, run } = await answered(async (now) => {
      result = await now.pipe(chunks);
      result.calls.forEach((call: ToolCall) => call.output('looked'));
    });
    expect(stage.reply(run)?.parts).toMatchObject([
      { type: 'reasoning', text: 'hm', state: 'done' },
      { type: 'text', text: 'It is', state: 'done' },
      { type: 'tool', name: 'look', input: { a: 1 }, output: 'looked' },
      { type: 'tool', name: 'find', output: 2, preliminary: false },
      { type: 'tool', name: 'break', state: 'output-error', error: 'broken' },
      { type: 'source', title: 'Docs' },
      { type: 'data', id: 'd', data: { n: 2 } },
      { type: 'file', mediaType: 'image/png' },
      { type: 'text', text: 'aa', state: 'done' },
      { type: 'text', text: 'bb', state: 'done' },
      { type: 'reasoning', text: 'r', state: 'done' },
    ]);
    expect(result).toMatchObject({ text: 'It isabab', finish: 'tool-calls' });
    expect(result?.calls.map(({ name, arguments: input }) => [name, input])).toEqual([
      ['look', { a: 1 }],
    ]);
    expect(stage.run(run).usage).toEqual({ inputTokens: 3, outputTokens: 4 });
  });

  test('[A28] a stream that breaks fails the step, which is tried again', async () => {
    const { stage, run } = await answered((now) =>
      now.step(
        async ({ attempt }) => {
          await now.pipe([
            { type: 'text', delta: `try ${attempt}` },
            ...(attempt === 1 ? [{ type: 'error', error: 'reset' } as const] : []),
          ]);
        },
        { pauseMs: 0 },
      ),
    );
    await stage.pass(10);
    expect(kinds(stage, run)).toEqual(['try 2']);
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A28] pulls no faster than the words may leave', async () => {
    let pulled = 0;
    const stage = new AgentStage();
    async function* fast(): AsyncGenerator<Chunk> {
      for (; pulled < 1_000; pulled++) yield { type: 'text', delta: 'x'.repeat(1_000) };
    }
    stage.start(async (run) => void (await run.pipe(fast())), {
      pace: { charsPerSecond: 10_000, burstChars: 5_000 },
    });
    const run = await stage.ask('hi');
    await stage.pass(10_000, 50);
    // What was allowed, and at most what a backlog may hold.
    expect(pulled).toBeLessThan(105 + 5 + 33);
    expect(pulled).toBeGreaterThan(100);
    expect(stage.text(run).length).toBeGreaterThan(90_000);
  });

  test('[A28] tells a source that it is left, and does not wait for its answer', async () => {
    let left = false;
    const source: AsyncIterable<Chunk> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          left = true;
          return new Promise(() => undefined);
        },
      }),
    };
    const { stage, run } = await answered(async (now) => void (await now.pipe(source)));
    stage.ann.cancel(run);
    await stage.settled();
    expect(left).toBe(true);
    expect(stage.run(run).status.state).toBe('cancelled');
  });
});

describe('a child', () => {
  test('[A29] writes its own reply, which can be awaited, read as it comes, or left', async () => {
    const stage = new AgentStage();
    const heard: string[] = [];
    const ends: unknown[] = [];
    stage.start(
      async (run) => {
        const text = run.text();
        for (const word of ['one ', 'two ', 'three']) {
          text.write(word);
          await new Promise<void>((resolve) => stage.clock.after(10, resolve));
        }
      },
      { name: 'helper', concurrency: 3 },
    );
    stage.start(async (run) => {
      const awaited = run.child('helper', 'count');
      const read = run.child('helper', 'count aloud');
      run.child('helper', 'count alone');
      for await (const words of read.text()) heard.push(words);
      ends.push(await awaited.ended);
      run.text().write('They counted.');
    });
    const run = await stage.ask('hi');
    await stage.pass(200);
    expect(heard).toEqual(['one ', 'two ', 'three']);
    expect(ends).toMatchObject([{ status: { state: 'complete' }, text: 'one two three' }]);
    const children = [...stage.view.runs].filter(({ parentRun }) => parentRun === run);
    expect(children.map(({ status }) => status.state)).toEqual([
      'complete',
      'complete',
      'complete',
    ]);
    expect(stage.text(run)).toBe('They counted.');
    expect(stage.view.path.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  test('[A29] is reached by a cancel of the run above, to any depth', async () => {
    const stage = new AgentStage();
    const name = (depth: number): string => (depth === 0 ? 'agent' : `agent${depth}`);
    for (const depth of [0, 1, 2]) {
      stage.start(
        async (run) => {
          run.text().write(`depth ${depth}`);
          await run.child(name(depth + 1), 'go on').ended;
        },
        { name: name(depth) },
      );
    }
    const run = await stage.ask('hi');
    stage.ann.cancel(run);
    await stage.settled();
    const states = [...stage.view.runs].map(({ agent, status }) => `${agent} ${status.state}`);
    expect(states.toSorted()).toEqual([
      'agent cancelled',
      'agent1 cancelled',
      'agent2 cancelled',
      'agent3 cancelled',
    ]);
  });

  test('[A29] can be cancelled alone, and its end says so', async () => {
    const { stage, run } = await answered(async (now) => {
      const child = now.child('nobody', 'hello?');
      child.cancel('nobody is there');
      const { status, text } = await child.ended;
      now.text().write(`${status.state} "${text}"`);
    });
    expect(stage.text(run)).toBe('cancelled ""');
    expect(stage.run(run).status.state).toBe('complete');
  });
});

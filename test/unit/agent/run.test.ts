// What a handler can do with its run, what everybody sees of it, and what is refused.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { AgentStage, type StagedAgent } from '../../../src/agent/harness/agent-stage.ts';
import type { Handler } from '../../../src/agent/conduct.ts';
import { AgentError, RunFailure, RunStopped } from '../../../src/agent/error.ts';
import type { AgentRun } from '../../../src/agent/run.ts';
import type { WorkerOptions } from '../../../src/agent/worker.ts';
import { Bookkeeper } from '../../../src/session/bookkeeper.ts';
import { openSession } from '../../../src/session/session.ts';
import { copyOf } from '../../support/peers.ts';
import type { Json } from '../../../src/base/json.ts';

interface Told {
  readonly stage: AgentStage;
  readonly run: string;
  readonly agent: StagedAgent;
}

/** A prompt that is answered by the handler, as far as that comes without time. */
async function answered(handler: Handler, options: Partial<WorkerOptions> = {}): Promise<Told> {
  const stage = new AgentStage();
  const agent = stage.start(handler, options);
  return { stage, agent, run: await stage.ask('hi') };
}

describe('a handler', () => {
  test('[A20] ten lines answer a prompt', async () => {
    const { stage, run } = await answered(async (now) => {
      const text = now.text();
      for (const word of ['Hello, ', 'you said ', JSON.stringify(now.messages.at(-1)?.content)]) {
        text.write(word);
        await text.room();
      }
      text.end();
    });
    expect(stage.text(run)).toBe('Hello, you said [{"type":"text","text":"hi"}]');
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A20] knows what it answers, and who said what', async () => {
    const seen: AgentRun[] = [];
    const { stage, run } = await answered((now) => void seen.push(now));
    const [now] = seen;
    const { reply, message } = stage.run(run);
    expect(now).toMatchObject({ id: run, agent: 'agent', message: reply, prompt: message });
    expect(now).toMatchObject({ session: stage.ann.id, epoch: 1, partial: null });
    expect(now?.messages).toMatchObject([{ role: 'user', author: { id: 'ann' }, message }]);
  });

  test('[A20] what it throws fails the run, and nothing of it is shown but the words of a RunFailure', async () => {
    const errors: unknown[] = [];
    const secret = new Error('key sk-123 is wrong');
    const onError = (error: unknown): void => void errors.push(error);
    const broken = await answered(
      (now) => {
        now.text().write('So far ');
        throw secret;
      },
      { onError },
    );
    const { status } = broken.stage.run(broken.run);
    expect(status).toMatchObject({ state: 'failed', error: { code: 'failed' } });
    expect(JSON.stringify(broken.stage.ann.view.path)).not.toContain('sk-123');
    expect(JSON.stringify(status)).not.toContain('sk-123');
    expect(broken.stage.text(broken.run)).toBe('So far ');
    expect(errors).toEqual([secret]);

    const told = await answered(() => {
      throw new RunFailure('The model is busy; ask again in a minute.', 'busy');
    });
    expect(told.stage.run(told.run).status).toMatchObject({
      state: 'failed',
      error: { code: 'busy', message: 'The model is busy; ask again in a minute.' },
    });
  });

  test.each([
    ['what is no error', () => Promise.reject([undefined])],
    [
      'words that are endless',
      () => Promise.reject(new RunFailure('x'.repeat(100_000), 'y'.repeat(10_000))),
    ],
    ['no words at all', () => Promise.reject(new RunFailure('', ''))],
  ])('[A20] throwing %s fails the run as well', async (_what, throws) => {
    const { stage, run } = await answered(throws);
    expect(stage.run(run).status.state).toBe('failed');
    expect(stage.ann.faults).toEqual([]);
  });

  test('[A22] after its end nothing can be written, and every way says so', async () => {
    let late: AgentRun | undefined;
    const { stage, run } = await answered((now) => {
      late = now;
      now.text({ id: 't' }).write('done');
    });
    const before = stage.view;
    const now = late as AgentRun;
    const refused = [
      () => now.text(),
      () => now.reasoning(),
      () => now.tool('look', {}),
      () => now.data('x', 1),
      () => now.source({ title: 'x' }),
      () => now.child('other', 'hi'),
      () => now.restart(),
      () => now.usage({}),
      () => now.title('x'),
      () => now.step(() => undefined),
    ];
    for (const refuse of refused) {
      await expect(async () => refuse()).rejects.toMatchObject({ code: 'run-ended' });
    }
    await expect(now.pipe([{ type: 'text', delta: 'x' }])).rejects.toMatchObject({
      code: 'run-ended',
    });
    expect(await now.steers().take()).toEqual([]);
    expect(stage.view).toBe(before);
    expect(stage.text(run)).toBe('done');
  });

  test('[A22] a text of a run that ended takes no more words', async () => {
    let late: (() => void) | undefined;
    const { stage, run } = await answered((now) => {
      const text = now.text();
      text.write('a');
      late = () => text.write('b');
    });
    expect(late).toThrow(AgentError);
    expect(stage.text(run)).toBe('a');
  });
});

describe('what it writes', () => {
  test('[A20] parts of every kind, in the order in which they were begun', async () => {
    const hash = 'a'.repeat(64);
    const { stage, run } = await answered(async (now) => {
      await now.reasoning().feed(['let me ', 'think']);
      now.source({ title: 'Docs', url: 'https://example.org/' });
      now.file({ mediaType: 'image/png', size: 3, hash });
      now.data('chart', { n: 1 }, { id: 'c' });
      now.data('chart', { n: 2 }, { id: 'c' });
      const call = now.tool('look');
      call.stream('{"q":');
      call.stream('1}');
      call.input({ q: 1 });
      call.output({ found: 1 }, { preliminary: true });
      call.output({ found: 2 });
      now.tool('break', null).fail('It is broken.');
      await now.text().feed(words('It ', 'is ', '2'));
    });
    expect(stage.reply(run)?.parts).toMatchObject([
      { type: 'reasoning', text: 'let me think', state: 'done' },
      { type: 'source', title: 'Docs' },
      { type: 'file', hash },
      { type: 'data', id: 'c', data: { n: 2 } },
      {
        type: 'tool',
        name: 'look',
        state: 'output-available',
        input: { q: 1 },
        output: { found: 2 },
      },
      { type: 'tool', name: 'break', state: 'output-error', error: 'It is broken.' },
      { type: 'text', text: 'It is 2', state: 'done' },
    ]);
  });

  test('[A37] counts, and a title unless a person gave one', async () => {
    const titled: boolean[] = [];
    const { stage, run } = await answered(async (now) => {
      await now.usage({ inputTokens: 1 });
      await now.usage({ inputTokens: 2 });
      titled.push(await now.title('About greetings'));
    });
    expect(stage.run(run).usage).toEqual({ inputTokens: 2 });
    expect(stage.view.meta.title).toBe('About greetings');
    stage.ann.rename('Mine');
    stage.ann.setAgent('namer');
    stage.start(async (now) => void titled.push(await now.title('Yours')), { name: 'namer' });
    await stage.ask('again');
    expect(stage.view.meta.title).toBe('Mine');
    expect(titled).toEqual([true, false]);
  });

  test('[A36] what cannot be written is refused with a typed error, and the run goes on', async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const codes: unknown[] = [];
    const { stage, run } = await answered(async (now) => {
      const text = now.text({ id: 'given' });
      const attempts: readonly (() => unknown)[] = [
        () => text.write(3 as unknown as string),
        () => text.feed(null as unknown as string[]),
        () => now.text({ id: 'no id!' }),
        () => now.text({ id: 'given' }),
        () => now.data('x', loop as Json),
        () => now.data('x', BigInt(1) as unknown as Json),
        () => now.data('', 1),
        () => now.tool('', {}),
        () => now.tool('look', 'x'.repeat(200_000)),
        () => now.tool('look').output(1),
        () => now.tool('look', 1).input(2),
        () => now.tool('look', 1).stream('x'),
        () => now.tool('look').approval(),
        () => now.tool('look').stream(1 as unknown as string),
        () => now.source({ title: 'x', url: 'javascript:alert(1)' }),
        () => now.file({ mediaType: 'x', size: -1, hash: '' }),
        () => now.usage(loop as never),
        () => now.title(1 as unknown as string),
        () => now.title(''),
        () => now.child('', 'x'),
        () => now.child('other', ''.padEnd(300_000, 'x')),
        () => now.step(() => 1, { attempts: 0 }),
        () => now.pipe(1 as never),
        () => now.pipe([{ type: 'nonsense' } as never]),
        () => now.pipe([null as never]),
        () => now.pipe([{ type: 'tool-output', call: 'none', output: 1 }]),
      ];
      for (const attempt of attempts) {
        try {
          await attempt();
          codes.push('taken');
        } catch (error) {
          codes.push(error instanceof Error && 'code' in error ? error.code : String(error));
        }
      }
      text.write('still here');
    });
    expect(stage.text(run)).toBe('still here');
    expect(stage.run(run).status.state).toBe('complete');
    expect(stage.ann.faults).toEqual([]);
    const known = ['bad-input', 'too-large', 'part-state'];
    expect(codes.filter((code) => !known.includes(String(code)))).toEqual([]);
  });

  test('[A36] words may be cut anywhere, and come whole', async () => {
    const whole = `${'😀'.repeat(9_000)}e\u0301${'👨‍👩‍👧‍👦'.repeat(3_000)}`;
    const { stage, run } = await answered(async (now) => {
      const text = now.text();
      for (let at = 0; at < whole.length; at += 7) text.write(whole.slice(at, at + 7));
      now.text().write(whole);
    });
    expect(stage.text(run)).toBe(whole + whole);
    expect(stage.ann.faults).toEqual([]);
  });
});

describe('a claim that is lost', () => {
  test('[A23] fires the signal, and nothing more reaches the session', async () => {
    const told: unknown[] = [];
    const handler: Handler = async (now) => {
      const text = now.text();
      text.write('before');
      await forever(now).catch((error: unknown) => told.push(error));
      for (const late of [() => text.write('after'), () => now.text(), () => now.data('x', 1)]) {
        try {
          late();
        } catch (error) {
          told.push(error);
        }
      }
    };
    const { stage, run, agent } = await answered(handler, { attempts: 1 });
    agent.loseClaims();
    await stage.settled();
    expect(told).toHaveLength(4);
    for (const error of told) expect(error).toBeInstanceOf(RunStopped);
    expect(told[0]).toMatchObject({ code: 'lost', stop: { why: 'lost' } });
    expect(stage.text(run)).toBe('before');
    expect(stage.run(run).status).toMatchObject({ state: 'failed', error: { code: 'attempts' } });
  });

  test('[A23] is noticed from the document where somebody else holds the run', async () => {
    const endings: string[] = [];
    const onEnd = (_run: string, { end }: { end: string }): void => void endings.push(end);
    const { stage, run } = await answered((now) => forever(now), { onEnd });
    // Both come in one update, as after a network was away.
    const elsewhere = openSession(copyOf(stage.ann.doc), { principal: 'server' });
    const books = new Bookkeeper(elsewhere);
    expect([books.lose(run, 1).ok, books.claim(run, 'somebody').ok]).toEqual([true, true]);
    Y.applyUpdate(stage.ann.doc, Y.encodeStateAsUpdate(elsewhere.doc));
    await stage.settled();
    expect(endings).toEqual(['taken-over']);
    expect(stage.run(run).claim).toMatchObject({ holder: 'somebody', epoch: 2 });
  });
});

async function* words(...all: string[]): AsyncGenerator<string, void> {
  yield* all;
}

/** Until the run is stopped. */
const forever = (run: AgentRun): Promise<void> =>
  new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason)));

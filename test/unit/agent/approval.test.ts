// What people and their devices say about tool calls: whether they may be made, and what they gave.

import { describe, expect, test } from 'vitest';
import type { Handler } from '../../../src/agent/conduct.ts';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import type { Decision } from '../../../src/session/tool.ts';

describe('a tool that a device carries out', () => {
  const asking =
    (given: unknown[], deadline?: number): Handler =>
    async (run) => {
      const call = run.tool('where', { exact: true }, { id: 'call' });
      given.push(await call.answer(deadline === undefined ? {} : { deadline }));
    };

  test('[A41] has one winner: the first answer that is read, written as the output', async () => {
    const stage = new AgentStage();
    const given: unknown[] = [];
    stage.start(asking(given));
    const run = await stage.ask('where am I?');
    expect(stage.run(run).status).toMatchObject({ state: 'waiting', for: 'answer' });
    const [phone, desk] = [stage.as('ann'), stage.as('bob')];
    const first = phone.answer(run, 'call', { output: { city: 'Lisbon' } });
    const second = desk.answer(run, 'call', { output: { city: 'Porto' } });
    await stage.settled();
    expect(given).toEqual([{ city: 'Lisbon' }]);
    expect(stage.reply(run)?.parts).toMatchObject([
      { state: 'output-available', output: { city: 'Lisbon' } },
    ]);
    expect(stage.view.requests.get(first)?.state).toBe('settled');
    expect(stage.view.requests.get(second)?.state).toBe('void');
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A41] an answer that a former holder took is obeyed, an error is one, silence too', async () => {
    const stage = new AgentStage('agent', { latencyMs: 50, leaseMs: 10 });
    const given: unknown[] = [];
    const options = { onResume: 'continue' as const };
    const first = stage.start(asking(given), options);
    const run = await stage.ask('where am I?');
    await stage.pass(200);
    const request = stage.ann.answer(run, 'call', { error: 'No permission.' });
    stage.when(
      (view) => view.requests.get(request)?.state === 'accepted',
      () => first.crash(),
    );
    await stage.pass(60, 1);
    stage.ann.answer(run, 'call', { output: 'too late' });
    await stage.pass(100);
    stage.start(asking(given, stage.clock.now() + 100), options);
    await stage.pass(500);
    expect(given).toEqual([null]);
    expect(stage.reply(run)?.parts).toMatchObject([
      { state: 'output-error', error: 'No permission.' },
    ]);
    const silent = await stage.ask('and now?');
    await stage.pass(1_000);
    expect(stage.reply(silent)?.parts).toMatchObject([{ state: 'output-error' }]);
    expect(stage.run(silent).status.state).toBe('complete');
  });
});

describe('an approval', () => {
  /** Asks about one call, and does it where allowed. */
  const daring =
    (decisions: Decision[], deadline?: number): Handler =>
    async (run) => {
      const call = run.tool('dare', { height: 3 }, { id: 'call' });
      const decision = await call.approval({
        reason: 'It is high.',
        ...(deadline !== undefined && { deadline }),
      });
      decisions.push(decision);
      if (decision.approved && call.result === undefined) call.output('jumped');
    };

  test('[A25] shows the run as waiting, and acts on the first decision', async () => {
    const stage = new AgentStage();
    const decisions: Decision[] = [];
    stage.start(daring(decisions));
    const run = await stage.ask('hi');
    expect(stage.run(run).status).toMatchObject({ state: 'waiting', for: 'approval' });
    const no = stage.as('bob').deny(run, 'call', 'too high');
    const yes = stage.ann.approve(run, 'call');
    await stage.settled();
    expect(decisions).toEqual([{ approved: false, request: no, by: 'bob', reason: 'too high' }]);
    expect(stage.view.requests.get(yes)?.state).toBe('void');
    expect(stage.reply(run)?.parts).toMatchObject([
      { state: 'output-denied', decision: { approved: false, by: 'bob' } },
    ]);
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A25] acts only once the ack is durable, and a successor obeys it', async () => {
    const stage = new AgentStage('agent', { latencyMs: 50, leaseMs: 10 });
    const decisions: Decision[] = [];
    const options = { onResume: 'continue' as const };
    const first = stage.start(daring(decisions), options);
    const run = await stage.ask('hi');
    await stage.pass(200);
    const yes = stage.ann.approve(run, 'call');
    await stage.pass(40);
    expect(decisions).toEqual([]);
    // The ack arrives; what the holder does about it does not.
    stage.when(
      (view) => view.requests.get(yes)?.state === 'accepted',
      () => first.crash(),
    );
    await stage.pass(10, 1);
    stage.as('bob').deny(run, 'call');
    await stage.pass(100);
    stage.start(daring(decisions), options);
    await stage.pass(500);
    expect(decisions.at(-1)).toMatchObject({ approved: true, request: yes, by: 'ann' });
    expect(stage.reply(run)?.parts).toMatchObject([
      { state: 'output-available', output: 'jumped', decision: { approved: true } },
    ]);
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A26] takes silence for a denial after the deadline, also in a successor', async () => {
    const stage = new AgentStage('agent', { leaseMs: 10 });
    const decisions: Decision[] = [];
    const deadline = stage.clock.now() + 1_000;
    const options = { onResume: 'continue' as const };
    const first = stage.start(daring(decisions, deadline), options);
    const run = await stage.ask('hi');
    await stage.pass(900, 100);
    first.crash();
    await stage.pass(200);
    const late = stage.ann.approve(run, 'call');
    stage.start(daring(decisions, deadline), options);
    await stage.pass(100);
    expect(decisions).toEqual([{ approved: false, reason: 'deadline' }]);
    expect(stage.view.requests.get(late)).toMatchObject({
      state: 'refused',
      ack: { reason: 'deadline' },
    });
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A26] a deadline that is days away is waited for', async () => {
    const stage = new AgentStage();
    const decisions: Decision[] = [];
    const days = 24 * 60 * 60 * 1_000;
    stage.start(daring(decisions, stage.clock.now() + 40 * days));
    await stage.ask('hi');
    await stage.pass(39 * days, days);
    expect(decisions).toEqual([]);
    await stage.pass(2 * days, days);
    expect(decisions).toEqual([{ approved: false, reason: 'deadline' }]);
  });

  test('[A25] refuses a decision about other arguments', async () => {
    const stage = new AgentStage();
    const decisions: Decision[] = [];
    stage.start(daring(decisions));
    const run = await stage.ask('hi');
    const id = stage.ann.pen.createId();
    const stored = { id, kind: 'approve', run, call: 'call', hash: 'of another', by: 'eve', at: 1 };
    stage.ann.pen.roots.control.set(id, stored);
    await stage.settled();
    expect(decisions).toEqual([]);
    expect(stage.view.requests.get(id)).toMatchObject({
      state: 'refused',
      ack: { reason: 'other-arguments' },
    });
    stage.ann.approve(run, 'call');
    await stage.settled();
    expect(decisions).toMatchObject([{ approved: true, by: 'ann' }]);
  });

  test('[A25] shows the run as going on once it is decided', async () => {
    const stage = new AgentStage();
    stage.start(async (run) => {
      await run.tool('dare', {}, { id: 'call' }).approval();
      await new Promise<void>((resolve) => stage.clock.after(100, resolve));
    });
    const run = await stage.ask('hi');
    stage.ann.approve(run, 'call');
    await stage.settled();
    expect(stage.run(run).status.state).toBe('running');
  });

  test('[A25] two at a time are asked and answered each for itself', async () => {
    const stage = new AgentStage();
    const answers: string[] = [];
    stage.start(async (run) => {
      const calls = ['a', 'b'].map((id) => run.tool('dare', { id }, { id }));
      await Promise.all(
        calls.map(async (call) => {
          const { approved } = await call.approval();
          answers.push(`${call.id} ${approved}`);
        }),
      );
    });
    const run = await stage.ask('hi');
    stage.ann.deny(run, 'b');
    await stage.settled();
    expect(stage.run(run).status.state).toBe('waiting');
    stage.ann.approve(run, 'a');
    await stage.settled();
    expect(answers).toEqual(['b false', 'a true']);
    expect(stage.run(run).status.state).toBe('complete');
  });

  test('[A25] a call that was decided is not asked about again with other arguments', async () => {
    const stage = new AgentStage();
    const codes: unknown[] = [];
    stage.start((run) =>
      run.step(
        async ({ attempt }) => {
          const call = run.tool('dare', { attempt }, { id: 'call' });
          await call.approval().catch((error: { code: string }) => codes.push(error.code));
          if (attempt === 1) throw new Error('again');
        },
        { pauseMs: 0 },
      ),
    );
    const run = await stage.ask('hi');
    stage.ann.approve(run, 'call');
    await stage.pass(10);
    expect(codes).toEqual(['call-decided']);
  });
});

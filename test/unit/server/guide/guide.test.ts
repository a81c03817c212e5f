// What the guide shows, on a stage in memory where time is turned by hand.

import { expect, test } from 'vitest';
import { readDocs } from '../../../../server/guide/docs-folder.ts';
import { guideHandler, teamHandler } from '../../../../server/guide/guide.ts';
import { DocSearch } from '../../../../server/guide/search.ts';
import { teamNames } from '../../../../server/guide/team.ts';
import { AgentStage, type StagedAgent } from '../../../../src/agent/harness/agent-stage.ts';
import type { Part } from '../../../../src/session/part.ts';

const search = new DocSearch(await readDocs());

class GuideStage extends AgentStage {
  processes: StagedAgent[] = [];

  constructor() {
    super('guide', { policy: 'concurrent' });
  }

  /** One process of the guide, without its team. */
  join(): this {
    const { clock } = this;
    const guide: StagedAgent = this.start(
      guideHandler({ search, clock, kill: () => guide.crash() }),
      { name: 'guide', onResume: 'continue', concurrency: 4 },
    );
    this.processes.push(guide);
    return this;
  }

  joinTeam(): this {
    for (const name of teamNames) {
      const handler = teamHandler(name, { search, clock: this.clock });
      this.processes.push(this.start(handler, { name, onResume: 'continue', concurrency: 4 }));
    }
    return this;
  }

  async ends(run: string): Promise<string> {
    for (let turn = 0; turn < 400 && !this.isOver(run); turn++) await this.pass(500, 50);
    return this.text(run);
  }

  part(run: string, type: Part['type']): Part | undefined {
    return this.reply(run)?.parts.find((part) => part.type === type);
  }
}

test('[A70] it quotes the documents, names where, and gives the source beside it', async () => {
  const stage = new GuideStage().join();
  const run = await stage.ask('What happens when an agent crashes?');
  const text = await stage.ends(run);
  expect(text).toMatch(/^From docs\/AGENTS\.md, "Going on after a crash":\n\n> By default/);
  expect(stage.part(run, 'source')).toMatchObject({
    title: 'docs/AGENTS.md: Going on after a crash',
    snippet: expect.stringMatching(/^By default/),
  });
  expect(stage.run(run).status.state).toBe('complete');
});

test('[A70] it says that it is no model, what it knows of, and what it can show', async () => {
  const stage = new GuideStage().join();
  const text = await stage.ends(await stage.ask('Who won the football match in Paris?'));
  expect(text).toMatch(/^I found nothing about "Who won/);
  expect(text).toContain('I am no model');
  expect(text).toContain('- Agents (docs/AGENTS.md)');
  expect(text).toContain('`/slow`');
  const help = await stage.ends(await stage.ask('hello'));
  expect(help).toContain('I am no model');
  const unknown = await stage.ends(await stage.ask('/dance'));
  expect(unknown).toMatch(/^There is no `\/dance`/);
});

test('[A70] words come at the pace of reading', async () => {
  const stage = new GuideStage().join();
  const run = await stage.ask('/help');
  await stage.pass(1_000);
  const words = stage.text(run).split(/\s+/).length;
  expect(words).toBeGreaterThan(20);
  expect(words).toBeLessThan(60);
});

test('[A72] a long reply obeys who steers it, and a cancel leaves its last words', async () => {
  const stage = new GuideStage().join();
  const run = await stage.ask('/slow tea');
  await stage.pass(3_000);
  expect(stage.text(run)).toContain('**1 of 24**, about tea.');
  stage.as('bob').steer(run, 'coffee please');
  await stage.pass(5_000);
  expect(stage.text(run)).toContain('about coffee please, as bob asked.');
  stage.as('bob').cancel(run);
  await stage.pass(500);
  expect(stage.run(run).status.state).toBe('cancelled');
  expect(stage.text(run)).toMatch(/ \.\.\. and here bob stopped me\.$/);
});

test('[A72] a long reply is continued where its process died, in the topic it was steered to', async () => {
  const stage = new GuideStage().join();
  const run = await stage.ask('/slow tea');
  await stage.pass(2_000);
  stage.as('bob').steer(run, 'coffee');
  await stage.pass(9_000);
  const before = stage.text(run);
  stage.processes[0]?.crash();
  stage.join();
  const text = await stage.ends(run);
  expect(text.startsWith(before)).toBe(true);
  const numbers = [...text.matchAll(/\*\*(\d+) of 24\*\*/g)].map(([, number]) => Number(number));
  expect(numbers).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
  expect(text).toMatch(/\*\*24 of 24\*\*, about coffee, as bob asked/);
  expect(stage.run(run).claim?.epoch).toBe(2);
});

test('[A73] a tool call waits for somebody, and is made only when it was approved', async () => {
  for (const [verb, says] of [
    ['approve', /Approved by bob, and sent/],
    ['deny', /Denied by bob/],
  ] as const) {
    const stage = new GuideStage().join();
    const run = await stage.ask('/tool');
    await stage.pass(3_000);
    expect(stage.run(run).status).toMatchObject({ state: 'waiting', for: 'approval' });
    stage.as('bob')[verb](run, stage.part(run, 'tool')?.id ?? '');
    expect(await stage.ends(run)).toMatch(says);
    expect(stage.part(run, 'tool')).toMatchObject({
      state: verb === 'approve' ? 'output-available' : 'output-denied',
    });
  }
});

test('[A73] without an answer in five minutes it counts as denied', async () => {
  const stage = new GuideStage().join();
  const run = await stage.ask('/tool');
  await stage.pass(5_000);
  await stage.pass(285_000, 10_000);
  expect(stage.run(run).status.state).toBe('waiting');
  await stage.pass(20_000, 1_000);
  expect(await stage.ends(run)).toContain('Nobody answered in time');
});

test('[A74] a team writes at once, each stopped by itself, and its head tells how each ended', async () => {
  const stage = new GuideStage().join().joinTeam();
  const run = await stage.ask('/team tea');
  await stage.pass(2_500);
  const below = [...stage.view.runs].filter(({ parentRun }) => parentRun === run);
  expect(below.map(({ agent }) => agent).sort()).toEqual(
    ['planner', 'reporter', 'researcher', 'worker', 'worker'].sort(),
  );
  expect(below.filter(({ id }) => stage.text(id) !== '').length).toBe(5);
  const worker = below.find(({ agent }) => agent === 'worker')?.id ?? '';
  stage.ann.cancel(worker);
  const text = await stage.ends(run);
  expect(text).toContain('- planner: complete');
  expect(text).toContain('- worker: cancelled');
  expect(text).toContain('- worker: complete');
  const reporter = below.find(({ agent }) => agent === 'reporter')?.id ?? '';
  expect(stage.text(reporter)).toContain('The worker is cancelled.');
});

test('[A74] a team is stopped with its head, and asked only once when its head dies', async () => {
  const stage = new GuideStage().join().joinTeam();
  const run = await stage.ask('/team tea');
  await stage.pass(2_500);
  stage.processes[0]?.crash();
  stage.join();
  await stage.ends(run);
  const below = [...stage.view.runs].filter(({ parentRun }) => parentRun === run);
  expect(below).toHaveLength(5);
  const other = await stage.ask('/team coffee');
  await stage.pass(2_500);
  stage.ann.cancel(other);
  await stage.pass(1_000);
  const stopped = [...stage.view.runs].filter(({ parentRun }) => parentRun === other);
  expect(stopped.map(({ status }) => status.state)).toEqual(Array(5).fill('cancelled'));
});

test('[A75] it kills its own process in mid-reply, and another goes on at the same word', async () => {
  const stage = new GuideStage().join().join();
  const run = await stage.ask('/crash');
  await stage.pass(6_000);
  expect(stage.text(run)).toMatch(/ 19, 20,/);
  expect(stage.text(run)).not.toContain('21');
  const text = await stage.ends(run);
  const numbers = [...(text.split('Watch:')[1] ?? '').matchAll(/\d+/g)].map(Number);
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  expect(stage.run(run)).toMatchObject({ status: { state: 'complete' }, claim: { epoch: 2 } });
});

test('[A75] a process that nobody would start again does not kill itself', async () => {
  const stage = new AgentStage('guide');
  stage.start(guideHandler({ search, clock: stage.clock }), { name: 'guide' });
  const run = await stage.ask('/crash');
  await stage.pass(5_000);
  expect(stage.text(run)).toMatch(/^I do that only where somebody starts another process/);
});

test('[A76] it thinks aloud before it answers, and what it says is what it does', async () => {
  const stage = new GuideStage().join();
  const run = await stage.ask('/think how do I back up a server');
  await stage.ends(run);
  const [thinking, quote] = stage.reply(run)?.parts ?? [];
  expect(thinking).toMatchObject({ type: 'reasoning', state: 'done' });
  expect(thinking && 'text' in thinking ? thinking.text : '').toMatch(
    /words that count: back, up, server|words that count: back, server/,
  );
  expect(quote).toMatchObject({ type: 'text' });
});

test('[A77] a new session gets a title of its first prompt, and keeps the one that a person gave', async () => {
  const stage = new GuideStage().join();
  await stage.ends(await stage.ask('How do I back up a server, and how often should one do that?'));
  expect(stage.view.meta.title).toBe(
    'How do I back up a server, and how often should one do that?',
  );
  await stage.ends(await stage.ask('/help'));
  expect(stage.view.meta.title).toMatch(/^How do I/);
  const named = new GuideStage().join();
  named.ann.rename('Mine');
  await named.ends(await named.ask('/help'));
  expect(named.view.meta.title).toBe('Mine');
});

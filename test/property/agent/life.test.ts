// Runs whose handlers do a bit of everything, with people, crashes and lost claims at any moment.
// Whatever happens, each run ends once, every request has an answer, and the reply is what was
// written, up to some point: nothing lost before it, nothing doubled.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgentStage, type StagedAgent } from '../../../src/agent/harness/agent-stage.ts';
import type { AgentRun } from '../../../src/agent/run.ts';
import { checkHistory } from '../../../src/session/history.ts';
import { checkInvariants } from '../../../src/session/invariant.ts';
import type { View } from '../../../src/session/view.ts';
import { wordsIn } from '../../../src/agent/requests.ts';

type Deed =
  | { readonly do: 'words'; readonly text: string }
  | { readonly do: 'sleep'; readonly ms: number }
  | { readonly do: 'tool' | 'approval' | 'steers' | 'step' | 'usage' };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('words' as const),
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: fc.nat(80) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'tool' as const,
        'approval' as const,
        'steers' as const,
        'step' as const,
        'usage' as const,
      ),
    }),
  },
);

const event = fc.record({
  at: fc.nat(400),
  what: fc.constantFrom('cancel', 'steer', 'approve', 'deny', 'crash', 'lose', 'start', 'drain'),
});

/** A handler that can be continued: its text has a name, and it knows how much of it is there. */
function handlerOf(stage: AgentStage, deeds: readonly Deed[]): (run: AgentRun) => Promise<void> {
  return async (run) => {
    const text = run.text({ id: 'text' });
    let there = text.chars;
    for (const [at, one] of deeds.entries()) {
      switch (one.do) {
        case 'words': {
          const known = Math.min(there, one.text.length);
          there -= known;
          text.write(one.text.slice(known));
          await text.room();
          break;
        }
        case 'sleep':
          await new Promise<void>((resolve) => stage.clock.after(one.ms, resolve));
          break;
        case 'tool': {
          const call = run.tool('look', { at }, { id: `tool-${at}` });
          if (call.result === undefined) call.output({ found: at });
          break;
        }
        case 'approval': {
          const call = run.tool('dare', { at }, { id: `dare-${at}` });
          const { approved } = await call.approval({ deadline: stage.clock.now() + 300 });
          if (approved && call.result === undefined) call.output(null);
          break;
        }
        case 'steers':
          await run.steers().take();
          break;
        case 'step': {
          let tries = 0;
          await run.step(
            (step) => {
              run.data('try', step.attempt);
              if (++tries < 2) throw new Error('not yet');
            },
            { pauseMs: 20 },
          );
          break;
        }
        case 'usage':
          await run.usage({ at });
      }
    }
    text.end();
  };
}

const whole = (deeds: readonly Deed[]): string =>
  deeds.map((one) => (one.do === 'words' ? one.text : '')).join('');

test('[A31] whatever people, crashes and lost claims do, a run ends once and its reply is a prefix', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { minLength: 3, maxLength: 14 }),
      fc.array(event, { maxLength: 6 }),
      fc.constantFrom(0, 7, 40),
      async (deeds, events, latencyMs) => {
        const stage = new AgentStage('agent', { latencyMs, leaseMs: 100 });
        const handler = handlerOf(stage, deeds);
        const options = {
          onResume: 'continue' as const,
          attempts: 50,
          lastWordsMs: 30,
          drainMs: 30,
        };
        let before: View = stage.view;
        const broken: unknown[] = [];
        stage.ann.subscribe(
          (view) => view,
          (view) => {
            broken.push(...checkHistory(before, view));
            before = view;
          },
        );
        const alive = new Set<StagedAgent>([stage.start(handler, options)]);
        const run = await stage.ask('go');
        await play(stage, run, events, alive, () => stage.start(handler, options));
        const { status } = stage.run(run);
        expect(['complete', 'cancelled']).toContain(status.state);
        const text = wordsIn(
          (stage.reply(run)?.parts ?? []).filter((part) => part.type === 'text'),
        );
        const all = whole(deeds);
        expect(text).toBe(status.state === 'complete' ? all : all.slice(0, text.length));
        expect(broken).toEqual([]);
        expect(checkInvariants(stage.ann.doc)).toEqual([]);
        for (const request of stage.view.requests) {
          expect(['settled', 'refused', 'void']).toContain(request.state);
        }
      },
    ),
    { numRuns: 150 },
  );
});

/** Lets the events happen at their times, then everything that is left come to its end. */
async function play(
  stage: AgentStage,
  run: string,
  events: readonly { readonly at: number; readonly what: string }[],
  alive: Set<StagedAgent>,
  start: () => StagedAgent,
): Promise<void> {
  let now = 0;
  for (const { at, what } of events.toSorted((a, b) => a.at - b.at)) {
    await stage.pass(at - now);
    now = at;
    happen(stage, run, what, alive, start);
    stage.books.settle();
  }
  if (stage.isOver(run)) return;
  for (const agent of alive) agent.crash();
  await stage.pass(200, 20);
  start();
  for (let turns = 0; turns < 100 && !stage.isOver(run); turns++) await stage.pass(100, 20);
}

function happen(
  stage: AgentStage,
  run: string,
  what: string,
  alive: Set<StagedAgent>,
  start: () => StagedAgent,
): void {
  const [agent] = alive;
  const asking = stage
    .reply(run)
    ?.parts.find((part) => 'state' in part && part.state === 'approval-requested');
  if (what === 'cancel') stage.ann.cancel(run);
  else if (what === 'steer' && !stage.isOver(run)) stage.ann.steer(run, 'left');
  else if (what === 'approve' && asking !== undefined) stage.ann.approve(run, asking.id);
  else if (what === 'deny' && asking !== undefined) stage.ann.deny(run, asking.id);
  else if (what === 'start') alive.add(start());
  else if (agent === undefined) return;
  else if (what === 'lose') agent.loseClaims();
  else if (what === 'drain') void agent.drain();
  else if (what === 'crash') {
    alive.delete(agent);
    agent.crash();
  }
}

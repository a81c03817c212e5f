// Agents that are offered work by a server, in whatever session it is.

import WebSocket from 'ws';
import { afterEach, describe, expect, test } from 'vitest';
import { seededChance } from '../../../src/base/chance.ts';
import type { WebSocketClass } from '../../../src/client/connection/socket.ts';
import { type Agent, serveAgent, type ServeOptions } from '../../../src/agent/serve.ts';
import { within } from '../../support/hang.ts';
import { sharedSync } from '../../support/sync-stage.ts';
import { WireWorld } from '../../support/wire-agents.ts';

const stage = sharedSync();
const worlds: WireWorld[] = [];
const agents: Agent[] = [];
let sessions = 0;

async function world(agent: string): Promise<WireWorld> {
  const opened = await WireWorld.open(stage(), `session-of-served-${++sessions}`, agent);
  worlds.push(opened);
  return opened;
}

/** An agent process on the line of its name, with the clock of a world. */
async function serve(
  here: WireWorld,
  options: Pick<ServeOptions, 'name' | 'handler'> & Partial<ServeOptions>,
): Promise<Agent> {
  const agent = serveAgent({
    url: stage().url,
    token: () => stage().token(`agent:${options.name}`, { kind: 'agent' }),
    platform: {
      clock: here.clock,
      chance: seededChance(agents.length + 9),
      WebSocket: WebSocket as unknown as WebSocketClass,
    },
    ...options,
  });
  agents.push(agent);
  await until(agent, 'ready');
  return agent;
}

function until(agent: Agent, state: Agent['state']): Promise<void> {
  if (agent.state === state) return Promise.resolve();
  const became = new Promise<void>((resolve) => {
    agent.subscribe((now) => {
      if (now === state) resolve();
    });
  });
  return within(became, `an agent that is ${state}`);
}

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.drain()));
  for (const opened of worlds.splice(0)) opened.close();
});

describe('an agent that is served', () => {
  test('[A40] answers in every session where it is asked, also in one that is new', async () => {
    const [one, two] = [await world('clerk'), await world('clerk')];
    const early = one.ask('before it came');
    await serve(one, {
      name: 'clerk',
      concurrency: 2,
      handler: (run) => run.text().write(`to ${run.session}`),
    });
    await one.untilState(early, 'complete');
    const run = two.ask('hi');
    await two.untilState(run, 'complete');
    const three = await world('clerk');
    const last = three.ask('hello');
    await three.untilState(last, 'complete');
    expect([one.text(early), two.text(run), three.text(last)]).toEqual(
      [one, two, three].map(({ id }) => `to ${id}`),
    );
  });

  test('[A40] each of many runs is answered once, by one of several processes', async () => {
    const here = await world('crew');
    here.ann.setPolicy('concurrent');
    const answered: string[] = [];
    for (let n = 0; n < 3; n++) {
      await serve(here, {
        name: 'crew',
        concurrency: 2,
        handler: (run) => {
          answered.push(run.id);
          run.text().write(`by ${n}`);
        },
      });
    }
    const runs = Array.from({ length: 12 }, (_, n) => here.ask(`${n}`));
    for (const run of runs) await here.untilState(run, 'complete');
    expect(answered.toSorted()).toEqual(runs.toSorted());
    for (const run of runs) expect(here.ann.view.runs.get(run)?.claim?.epoch).toBe(1);
  });

  test('[A40] asks another agent, which answers in the same session', async () => {
    const here = await world('boss');
    await serve(here, { name: 'hand', handler: (run) => run.text().write('done') });
    await serve(here, {
      name: 'boss',
      handler: async (run) => {
        const { text } = await run.child('hand', 'do it').ended;
        run.text().write(`It is ${text}.`);
      },
    });
    const run = here.ask('have it done');
    await here.untilState(run, 'complete');
    expect(here.text(run)).toBe('It is done.');
  });

  test('[A40] drains: it takes nothing new, and what it has ends', async () => {
    const here = await world('leaver');
    here.ann.setPolicy('concurrent');
    let finish = (): void => undefined;
    const agent = await serve(here, {
      name: 'leaver',
      concurrency: 5,
      handler: async (run) => {
        run.text().write('begun');
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    const run = here.ask('hi');
    await here.untilText(run, 'begun');
    const drained = agent.drain();
    const later = here.ask('too late');
    await here.until((view) => view.runs.get(later)?.status.at !== undefined, 'a run in the queue');
    finish();
    await drained;
    await here.untilState(run, 'complete');
    expect(here.ann.view.runs.get(later)?.status.state).toBe('queued');
    expect(agent.state).toBe('closed');
    await serve(here, { name: 'leaver', handler: (now) => now.text().write('by another') });
    await here.untilState(later, 'complete');
    expect(here.text(later)).toBe('by another');
  });

  test('[A40] a token that does not allow it is told so, and tried no more', async () => {
    const troubles: string[] = [];
    const agent = serveAgent({
      url: stage().url,
      name: 'nobody',
      token: () => stage().token('eve', { rights: ['read'] }),
      platform: { WebSocket: WebSocket as unknown as WebSocketClass },
      handler: () => undefined,
      onTrouble: (sentence) => troubles.push(sentence),
    });
    await until(agent, 'refused');
    expect(troubles.join(' ')).toContain('does not let this agent in');
    await agent.drain();
  });
});

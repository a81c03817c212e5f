// Agents over real sockets: offers find them wherever the run is, and the whole way from a
// prompt to a reply that is complete.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../../src/base/assert.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import type { Command } from '../../../../src/protocol/command.ts';
import { createSession, openSession } from '../../../../src/session/session.ts';
import { withFolder } from '../../../support/folder.ts';
import { connectAgent } from '../../../support/agent-client.ts';
import { emptyAnswer } from '../../../support/room-stage.ts';
import { sharedSync, type SyncStage, withServer } from '../../../support/sync-stage.ts';
import type { WireClient } from '../../../support/wire-client.ts';
import { writeStateVector } from '../../../../src/protocol/state-vector.ts';

const shared = sharedSync();
let sessions = 0;
const newSession = (): string => `agents-0123456789-${sessions++}`;

const agentToken = (stage: SyncStage, sub = 'guide', sessionList = ['*']): Promise<string> =>
  stage.token(sub, { kind: 'agent', rights: ['read', 'write', 'agent'], sessions: sessionList });

/** Ann asks something in a session of her own, and goes. */
async function ask(stage: SyncStage, session: string, agent = 'guide'): Promise<string> {
  const ann = createSession({ principal: 'ann', agent, chance: seededChance(sessions) });
  const run = defined(ann.send('Where?').run, 'a run');
  const wire = await stage.wire('ann', session);
  wire.send({ type: 'update', update: Y.encodeStateAsUpdate(ann.doc) });
  wire.send(emptyAnswer);
  await wire.barrier();
  await wire.close();
  return run;
}

async function docOf(wire: WireClient): Promise<Y.Doc> {
  const doc = new Y.Doc();
  wire.send({ type: 'sync-step-1', stateVector: writeStateVector(new Map()) });
  const apply = (): void => {
    for (const frame of wire.received) {
      if (frame.type === 'update' || frame.type === 'sync-step-2') Y.applyUpdate(doc, frame.update);
    }
  };
  await wire.next('sync-step-2');
  apply();
  return doc;
}

test('[W183] [W176] a prompt finds an agent, which claims, answers and ends it, for all to see', async () => {
  const stage = shared();
  const session = newSession();
  const agent = await connectAgent(stage.url, 'guide', await agentToken(stage));
  agent.send({ type: 'hello', concurrency: 1 });
  expect(await agent.next('ready')).toMatchObject({ principal: 'guide' });
  const run = await ask(stage, session);
  expect(await agent.next('offer')).toMatchObject({ session, run, state: 'queued' });
  agent.send({ type: 'accept', session, run });
  const wire = await stage.wire('guide', session, { kind: 'agent' });
  const claimed = await wire.ask({ type: 'claim', run });
  const { epoch, lanes } = claimed as Extract<Command, { type: 'claimed' }>;
  const doc = await docOf(wire);
  const own = openSession(doc, { principal: 'guide' });
  doc.on('update', (update: Uint8Array) => wire.send({ type: 'update', update }));
  const reply = own.begin(run, lanes[0]);
  reply.text().append('At the harbour.');
  reply.end();
  expect(await wire.ask({ type: 'advance', run, epoch, to: 'complete' })).toMatchObject({
    type: 'done',
  });
  agent.send({ type: 'finished', session, run });
  const seen = openSession(await docOf(await stage.wire('bob', session)), { principal: 'bob' });
  expect(seen.view.runs.get(run)?.status.state).toBe('complete');
  expect(JSON.stringify(seen.view.path)).toContain('At the harbour.');
  await agent.leave();
});

test('[W185] a run waits for its agent, also in a session where nobody is, and over a restart', async () => {
  const stage = shared();
  const session = newSession();
  const run = await ask(stage, session, 'late');
  stage.clock.advance(20_000);
  const agent = await connectAgent(stage.url, 'late', await agentToken(stage, 'late'));
  agent.send({ type: 'hello', concurrency: 1 });
  expect(await agent.next('offer')).toMatchObject({ session, run });
  expect(stage.server.log.claims.marked()).toContain(session);
  await agent.leave();
});

test('[W183] an agent is offered what its token sees: what it belongs to, and what is named', async () => {
  const stage = shared();
  const [mine, named] = [newSession(), `named-${newSession()}`];
  const token = await agentToken(stage, 'shy', ['member', 'named-*']);
  const agent = await connectAgent(stage.url, 'shy', token);
  agent.send({ type: 'hello', concurrency: 5 });
  await agent.next('ready');
  const hidden = await ask(stage, mine, 'shy');
  const run = await ask(stage, named, 'shy');
  expect(await agent.next('offer')).toMatchObject({ session: named, run });
  const ann = defined(await stage.server.guard.enter(claimsOfAnn(stage), mine), 'a place');
  expect(ann.ok).toBe(true);
  await stage.server.guard.invite(claimsOfAnn(stage), mine, 'shy', 'editor');
  expect(await agent.next('offer')).toMatchObject({ session: mine, run: hidden });
  await agent.leave();
});

const claimsOfAnn = (stage: SyncStage) =>
  ({
    sub: 'ann',
    name: 'ann',
    kind: 'person',
    rights: ['read', 'write', 'control', 'admin'],
    sessions: ['*'],
    exp: Math.floor(stage.now() / 1_000) + 300,
  }) as const;

test('[W183] who has not the right to claim is sent away, and so is who has no token in time', async () => {
  const stage = shared();
  const person = await connectAgent(
    stage.url,
    'guide',
    await stage.token('ann', { rights: ['read', 'write'] }),
  );
  expect(await person.closed).toBe(4403);
  const nobody = await connectAgent(stage.url, 'guide', 'none');
  expect(await nobody.closed).toBe(4401);
});

test('[W186] people are told which agents wait for runs of their session, and when that changes', async () => {
  const stage = shared();
  const session = newSession();
  const wire = await stage.wire('ann', session, {}, { by: 'hello' });
  expect(await wire.command()).toMatchObject({ type: 'ready' });
  const elsewhere = await agentToken(stage, 'blind', [newSession()]);
  const blind = await connectAgent(stage.url, 'blind', elsewhere);
  blind.send({ type: 'hello', concurrency: 1 });
  await blind.next('ready');
  const agent = await connectAgent(stage.url, 'seen', await agentToken(stage, 'seen'));
  agent.send({ type: 'hello', concurrency: 1 });
  expect(await wire.command()).toEqual(
    expect.objectContaining({ type: 'agents', agents: [{ name: 'seen', connected: 1 }] }),
  );
  await agent.leave();
  expect(await wire.command()).toMatchObject({ type: 'agents', agents: [] });
  await blind.leave();
});

test('[W185] a claim outlives a restart by a full term, and the next server offers what is left', async () => {
  await withFolder(async (data) => {
    const session = newSession();
    const clock = manualClock(1_800_000_000_000);
    const run = await withServer({ data, clock, log: { clock } }, async (stage) => {
      const held = await ask(stage, session);
      const wire = await stage.wire('guide', session, { kind: 'agent' });
      expect(await wire.ask({ type: 'claim', run: held })).toMatchObject({ epoch: 1 });
      expect(stage.server.log.claims.marked()).toEqual([session]);
      return held;
    });
    await withServer({ data, clock, log: { clock } }, async (stage) => {
      const agent = await connectAgent(stage.url, 'guide', await agentToken(stage));
      agent.send({ type: 'hello', concurrency: 1 });
      await agent.next('ready');
      const wire = await stage.wire('guide', session, { kind: 'agent' });
      expect(await wire.ask({ type: 'renew', run, epoch: 1 })).toMatchObject({ type: 'done' });
      clock.advance(10_000);
      expect(await agent.next('offer')).toMatchObject({ session, run, state: 'stalled' });
      expect(await wire.ask({ type: 'renew', run, epoch: 1 })).toMatchObject({
        code: 'stale-epoch',
      });
      expect(await wire.ask({ type: 'claim', run })).toMatchObject({ epoch: 2 });
      await agent.leave();
    });
  });
});

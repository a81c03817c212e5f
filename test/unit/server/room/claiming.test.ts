// Claims over real rooms: who gets a run, what its holder may write and say, and what becomes
// of it when the holder is lost.

import { describe, expect, test } from 'vitest';
import { roomLimits } from '../../../../server/room/limits.ts';
import { loadSession } from '../../../../server/room/load.ts';
import { defined } from '../../../../src/base/assert.ts';
import { checkInvariants } from '../../../../src/session/invariant.ts';
import type { RunState } from '../../../../src/session/run.ts';
import {
  agentRights,
  asked,
  claimStage,
  type ClaimStage,
  personRights,
  type SessionPeer,
} from '../../../support/claim-stage.ts';
import { stageSession } from '../../../support/room-stage.ts';

const stateOf = ({ session }: SessionPeer, run: string): RunState | undefined =>
  session.view.runs.get(run)?.status.state;

interface Scene {
  readonly stage: ClaimStage;
  readonly ann: SessionPeer;
  readonly guide: SessionPeer;
  readonly other: SessionPeer;
}

async function scene(): Promise<Scene> {
  const stage = await claimStage();
  const ann = await stage.join('ann', personRights);
  const guide = await stage.join('guide', agentRights);
  const other = await stage.join('other', agentRights);
  return { stage, ann, guide, other };
}

const textOf = ({ session }: SessionPeer, run: string): string => {
  const { reply } = defined(session.view.runs.get(run), 'a run');
  const parts = session.view.messages.get(reply)?.parts ?? [];
  return parts.map((part) => ('text' in part ? part.text : '')).join('');
};

test('[W175] a claim is granted with an epoch and lanes, and shown to everybody once it is durable', async () => {
  const { stage, ann, guide } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  expect(stateOf(ann, run)).toBe('queued');
  stage.room.hold();
  const id = guide.tell({ type: 'claim', run, lanes: 2 });
  await stage.settle();
  expect(guide.heard.filter(({ re }) => re === id)).toEqual([]);
  expect(stateOf(ann, run)).toBe('queued');
  await stage.room.release();
  await stage.settle();
  const claimed = guide.heard.find(({ re }) => re === id);
  expect(claimed).toMatchObject({ type: 'claimed', run, epoch: 1, leaseMs: 10_000 });
  expect(claimed?.type === 'claimed' && claimed.lanes.map(({ clock }) => clock)).toEqual([0, 0]);
  expect(ann.session.view.runs.get(run)).toMatchObject({
    status: { state: 'running' },
    claim: { holder: 'guide', epoch: 1 },
  });
});

test('[W175] of two who ask at once, one gets the run', async () => {
  const { stage, ann, guide, other } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  const ids = [guide.tell({ type: 'claim', run }), other.tell({ type: 'claim', run })];
  await stage.settle();
  const answers = [guide, other].map(
    (peer, at) => peer.heard.find(({ re }) => re === ids[at])?.type,
  );
  expect(new Set(answers)).toEqual(new Set(['claimed', 'error']));
  expect(stage.digests).toBe(1);
});

test('[W176] a reply is written under the lanes of the claim, and ends for all when its holder says so', async () => {
  const { stage, ann, guide } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  const claimed = await guide.claim(run);
  const reply = guide.begin(claimed);
  reply.text().append('At the harbour.');
  reply.end();
  const { epoch } = claimed;
  expect(await guide.ask({ type: 'usage', run, epoch, usage: { outputTokens: 4 } })).toMatchObject({
    type: 'done',
  });
  expect(await guide.ask({ type: 'title', run, epoch, title: 'Walks' })).toMatchObject({
    type: 'done',
  });
  expect(await guide.ask({ type: 'advance', run, epoch, to: 'complete' })).toMatchObject({
    type: 'done',
  });
  await stage.settle();
  expect(stateOf(ann, run)).toBe('complete');
  expect(textOf(ann, run)).toBe('At the harbour.');
  expect(ann.session.view.meta.title).toBe('Walks');
  expect(await guide.ask({ type: 'renew', run, epoch })).toMatchObject({ code: 'stale-epoch' });
  expect(checkInvariants(ann.session.doc)).toEqual([]);
  expect(stage.digests).toBe(1);
});

test('[W177] a lane of a run that ended well is granted again to the same principal, and to no other', async () => {
  const { stage, ann, guide, other } = await scene();
  const clients = new Set<number>();
  for (const agent of [guide, guide, other, guide, other]) {
    const run = asked(ann, 'Again?');
    await stage.settle();
    const claimed = await agent.claim(run);
    clients.add(claimed.lanes[0]?.client ?? 0);
    const reply = agent.begin(claimed);
    reply.text().append('Yes.');
    reply.end();
    await agent.ask({ type: 'advance', run, epoch: claimed.epoch, to: 'complete' });
    await stage.settle();
    expect(textOf(ann, run)).toBe('Yes.');
  }
  expect(clients.size).toBe(2);
  expect(checkInvariants(ann.session.doc)).toEqual([]);
});

describe('a holder that is lost', () => {
  test('[W178] [A1] is seen by everybody as stalled once its claim has not been renewed for a term', async () => {
    const { stage, ann, guide } = await scene();
    const run = asked(ann, 'Where?');
    await stage.settle();
    const { epoch } = await guide.claim(run);
    stage.room.clock.advance(9_000);
    expect(await guide.ask({ type: 'renew', run, epoch })).toMatchObject({ type: 'done' });
    stage.room.clock.advance(9_999);
    await stage.settle();
    expect(stateOf(ann, run)).toBe('running');
    stage.room.clock.advance(1);
    await stage.settle();
    expect(stateOf(ann, run)).toBe('stalled');
    expect(guide.heard.at(-1)).toMatchObject({ type: 'lease-lost', run, epoch, why: 'expired' });
  });

  test('[W178] [A2] writes nothing any more, and its successor goes on in the same reply', async () => {
    const { stage, ann, guide, other } = await scene();
    const run = asked(ann, 'Where?');
    await stage.settle();
    const first = await guide.claim(run);
    const reply = guide.begin(first);
    const text = reply.text();
    text.append('At the ');
    reply.flush();
    await stage.settle();
    stage.room.clock.advance(10_000);
    await stage.settle();
    const second = await other.claim(run);
    expect([second.epoch, second.lanes[0]?.client === first.lanes[0]?.client]).toEqual([2, false]);
    text.append('wrong place');
    reply.flush();
    await stage.settle();
    expect(guide.heard.filter(({ type }) => type === 'refused')).toMatchObject([
      { rule: 'lane-lost', client: first.lanes[0]?.client },
    ]);
    const next = other.begin(second);
    const part = defined(other.session.view.messages.get(next.message)?.parts[0], 'a part');
    next.continueText(part.id).append('harbour.');
    next.end();
    await other.ask({ type: 'advance', run, epoch: 2, to: 'complete' });
    await stage.settle();
    expect(textOf(ann, run)).toBe('At the harbour.');
    const zombie = await guide.ask({ type: 'advance', run, epoch: 1, to: 'failed' });
    expect(zombie).toMatchObject({ code: 'stale-epoch' });
  });

  test('[W178] is given up after so many attempts, with the reason', async () => {
    const { stage, ann, guide } = await scene();
    const run = asked(ann, 'Where?');
    await stage.settle();
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await guide.claim(run)).toMatchObject({ epoch: attempt });
      stage.room.clock.advance(10_000);
      await stage.settle();
    }
    expect(ann.session.view.runs.get(run)?.status).toMatchObject({
      state: 'failed',
      error: { code: 'crashed' },
    });
    const late = await guide.ask({ type: 'claim', run });
    expect(late).toMatchObject({ code: 'not-offered' });
  });

  test('[W178] is found out also when nobody was in the session meanwhile', async () => {
    const { stage, ann, guide } = await scene();
    const run = asked(ann, 'Where?');
    await stage.settle();
    await guide.claim(run);
    for (const peer of stage.peers) peer.leave();
    stage.room.clock.advance(10_000);
    await stage.settle();
    stage.room.clock.advance(10_000);
    await stage.settle();
    const late = await stage.join('ann', personRights);
    expect(stateOf(late, run)).toBe('stalled');
  });
});

test('[W179] a run that is given back is offered at once, and its lane is free', async () => {
  const { stage, ann, guide, other } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  const first = await guide.claim(run);
  expect(await guide.ask({ type: 'release', run, epoch: 1 })).toMatchObject({ type: 'done' });
  expect(await other.claim(run)).toMatchObject({ epoch: 2 });
  expect(await other.ask({ type: 'release', run, epoch: 2 })).toMatchObject({ type: 'done' });
  expect((await guide.claim(run)).lanes).toEqual(first.lanes);
});

test('[W179] a person with the right takes the seat, and the holder is told', async () => {
  const { stage, ann, guide } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  await guide.claim(run);
  expect(await ann.ask({ type: 'claim', run })).toMatchObject({ code: 'right' });
  expect(await ann.ask({ type: 'claim', run, take: true })).toMatchObject({
    type: 'claimed',
    epoch: 2,
  });
  await stage.settle();
  expect(guide.heard.at(-1)).toMatchObject({ type: 'lease-lost', epoch: 1, why: 'taken-over' });
  expect(ann.session.view.runs.get(run)?.claim).toMatchObject({ holder: 'ann', epoch: 2 });
});

test('[W180] a run is admitted by the policy, and requests are answered, in the commit that brings them', async () => {
  const { stage, ann, guide } = await scene();
  const first = asked(ann, 'One');
  stage.room.clock.advance(1);
  const second = asked(ann, 'Two');
  await stage.settle();
  await guide.claim(first);
  expect(await guide.ask({ type: 'claim', run: second })).toMatchObject({ code: 'not-offered' });
  ann.session.cancel(second);
  await stage.settle();
  expect(ann.session.view.runs.get(second)?.status).toMatchObject({ state: 'cancelled' });
  const cancel = ann.session.cancel(first);
  await stage.settle();
  const acked = { run: first, epoch: 1, request: cancel, state: 'accepted' } as const;
  expect(await guide.ask({ type: 'ack', ...acked })).toMatchObject({ type: 'done' });
  expect(await guide.ask({ type: 'advance', run: first, epoch: 1, to: 'cancelled' })).toMatchObject(
    { type: 'done' },
  );
  const late = ann.session.cancel(first);
  await stage.settle();
  expect(ann.session.view.requests.get(cancel)?.state).toBe('settled');
  expect(ann.session.view.requests.get(late)?.state).toBe('void');
  expect(stage.digests).toBe(1);
});

test('[W180] an interrupt of somebody without control waits in the queue', async () => {
  const stage = await claimStage();
  const ann = await stage.join('ann', personRights, { policy: 'interrupt' });
  const guide = await stage.join('guide', agentRights);
  const bob = await stage.join('bob', ['read', 'write']);
  const first = asked(ann, 'One');
  await stage.settle();
  await guide.claim(first);
  const waits = asked(bob, 'Two');
  await stage.settle();
  expect([...ann.session.view.requests]).toEqual([]);
  expect(stateOf(ann, waits)).toBe('queued');
  asked(ann, 'Three');
  await stage.settle();
  const kinds = [...ann.session.view.requests].map(({ kind, run }) => [kind, run]);
  expect(kinds).toContainEqual(['cancel', first]);
});

test('[W181] what is not stored was not decided: the asker is sent away, and asks again', async () => {
  const { stage, ann, guide } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  stage.room.outcomes.push({ ok: false, code: 'unavailable', reason: 'full', stored: 'no' });
  guide.tell({ type: 'claim', run });
  await stage.settle();
  expect(guide.heard.some(({ type }) => type === 'claimed')).toBe(false);
  expect(stateOf(ann, run)).toBe('queued');
  stage.room.clock.advance(10_000);
  await stage.settle();
  const again = await stage.join('guide', agentRights);
  expect((await again.claim(run)).epoch).toBeGreaterThan(1);
});

test('[W175] a run that is cancelled while its claim is on its way has no holder, in the log neither', async () => {
  const { stage, ann, guide } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  const id = guide.tell({ type: 'claim', run });
  ann.session.cancel(run);
  ann.take();
  await stage.settle();
  expect(guide.heard.find(({ re }) => re === id)).toMatchObject({ code: 'not-offered' });
  expect(stage.room.memory.claims.of(stageSession)).toMatchObject([{ run, living: false }]);
});

test('[W175] of two processes of one principal that ask at once, one has a claim that is good', async () => {
  const { stage, ann, guide } = await scene();
  const twin = await stage.join('guide', agentRights);
  const run = asked(ann, 'Where?');
  await stage.settle();
  guide.tell({ type: 'claim', run });
  twin.tell({ type: 'claim', run });
  await stage.settle();
  const types = [guide, twin].map(({ heard }) => heard.at(-1)?.type);
  expect(types).toEqual(['claimed', 'error']);
  expect(await guide.ask({ type: 'renew', run, epoch: 1 })).toMatchObject({ type: 'done' });
});

test('[W177] a lane of a claim that was lost is not granted again, to its principal neither', async () => {
  const { stage, ann, guide } = await scene();
  const run = asked(ann, 'Where?');
  await stage.settle();
  const first = await guide.claim(run);
  stage.room.clock.advance(10_000);
  await stage.settle();
  const second = await guide.claim(run);
  expect(second.lanes[0]?.client).not.toBe(first.lanes[0]?.client);
});

test('[W180] the server writes under one client, also when the room was forgotten meanwhile', async () => {
  const { stage, ann } = await scene();
  asked(ann, 'One');
  await stage.settle();
  for (const peer of stage.peers) peer.leave();
  stage.room.clock.advance(20_000);
  const again = await stage.join('ann', personRights);
  asked(again, 'Two');
  await stage.settle();
  const { memory } = stage.room;
  const loaded = await loadSession(memory, stageSession, roomLimits, () => Promise.resolve());
  const bindings = loaded.ok ? loaded.ledger.bindings() : [];
  expect(bindings.filter(({ owner }) => owner === '')).toHaveLength(1);
});

test('[W180] [W187] nobody asks in the name of another', async () => {
  const { stage, ann, guide } = await scene();
  asked(ann, 'One');
  stage.room.clock.advance(1);
  const second = asked(ann, 'Two');
  await stage.settle();
  const own = asked(guide, 'Mine instead');
  const request = { id: 'forged', kind: 'replace', run: second, with: own, by: 'ann', at: 1 };
  guide.session.doc.getMap('control').set('forged', request);
  await stage.settle();
  expect(ann.session.view.requests.get('forged')).toBeUndefined();
  expect(guide.heard).toContainEqual(
    expect.objectContaining({ type: 'refused', rule: 'identity' }),
  );
});

// A room as its peers meet it: what they are told when, what happens to them when a commit fails,
// when something of ours throws, and when nobody is left.

import { describe, expect, test } from 'vitest';
import { closeReasons } from '../../../../src/protocol/close.ts';
import { decodeCommand } from '../../../../src/protocol/command.ts';
import { encodeAwareness } from '../../../../src/protocol/awareness.ts';
import { writeStateVector } from '../../../../src/protocol/state-vector.ts';
import { A, B, values } from '../../../support/gate.ts';
import {
  barrier,
  emptyAnswer,
  joined,
  key,
  message,
  rest,
  stageWith,
  step1,
  type StagePeer,
} from '../../../support/room-stage.ts';
import { block, gc, update } from '../../../support/update-bytes.ts';

function refusalsIn(one: StagePeer): readonly unknown[] {
  return one.line.of('command').map(({ json }) => {
    const decoded = decodeCommand(json);
    return decoded.ok && 'command' in decoded ? decoded.command : undefined;
  });
}

describe('who comes', () => {
  test('[W163] is asked for what it has, and given what it lacks, then one SyncStep2', async () => {
    const stage = await stageWith();
    const ann = await stage.join('ann');
    expect(ann.line.took()).toEqual(['sync-step-1']);
    ann.send(message(A));
    ann.send(key(A, 7, 'title'));
    await rest();
    const bob = await stage.join('bob');
    bob.send(step1);
    expect(bob.line.took()).toEqual(['sync-step-1', 'update', 'update', 'sync-step-2']);
    bob.send({ type: 'sync-step-1', stateVector: writeStateVector(new Map([[A, 7]])) });
    expect(bob.line.took()).toEqual(['update', 'sync-step-2']);
    bob.send({ type: 'sync-step-1', stateVector: writeStateVector(new Map([[A, 8]])) });
    expect(bob.line.took()).toEqual(['sync-step-2']);
  });

  test('[W151] is not given what is not committed, and gets it when it is', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    stage.hold();
    ann.send(message(A));
    await rest();
    const bob = await stage.join('bob');
    bob.send(step1);
    await rest();
    expect(bob.line.took()).toEqual(['sync-step-1', 'sync-step-2']);
    await stage.release();
    expect(bob.line.took()).toEqual(['update']);
    expect(ann.line.took()).toEqual([]);
  });

  test('[W157] and may only read is not asked', async () => {
    const stage = await stageWith();
    const eve = await stage.join('eve', ['read']);
    eve.send(step1);
    expect(eve.line.took()).toEqual(['sync-step-2']);
    eve.send(key(B, 0, 'x'));
    expect(eve.line.closed).toBe(closeReasons.refused);
    expect(stage.reports.at(-1)).toMatch(/^refused stage-0123456789abcd eve read-only/);
  });

  test('[W166] may write later, and is asked then', async () => {
    const stage = await stageWith();
    const eve = await stage.join('eve', ['read']);
    eve.peer.entitlement = { ...eve.peer.entitlement, rights: new Set(['read', 'write']) };
    stage.room.restamp(eve.peer);
    expect(eve.line.took()).toEqual(['sync-step-1']);
    stage.room.restamp(eve.peer);
    expect(eve.line.took()).toEqual([]);
    eve.send(key(B, 0, 'x'));
    await rest();
    expect(stage.reports.at(-1)).toMatch(/^committed 1/);
  });

  test('[W161] is told who is here, and all are told who comes and goes', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    const bob = await joined(stage, 'bob');
    const entries = encodeAwareness([{ client: 1, clock: 1, state: {} }]);
    ann.send({ type: 'awareness', entries });
    ann.send({ type: 'awareness', entries });
    await rest();
    expect(bob.line.took()).toEqual(['awareness']);
    const cay = await stage.join('cay');
    expect(cay.line.took()).toEqual(['sync-step-1', 'awareness']);
    cay.send({ type: 'query-awareness' });
    expect(cay.line.took()).toEqual(['awareness']);
    ann.leave();
    await rest();
    expect(bob.line.took()).toEqual(['awareness']);
    bob.send({ type: 'awareness', entries: Uint8Array.of(9) });
    expect(bob.line.closed).toBe(closeReasons.refused);
  });
});

describe('an update', () => {
  test('[W151] [W152] [F8] is shown, and a barrier behind it echoed, when it is committed', async () => {
    const stage = await stageWith();
    const [ann, bob] = [await joined(stage, 'ann'), await joined(stage, 'bob')];
    stage.hold();
    ann.send(message(A));
    ann.send(barrier('1'));
    ann.send(key(A, 7, 'title'));
    await rest();
    ann.send(key(A, 8, 'other'));
    ann.send(barrier('2'));
    expect(ann.line.took()).toEqual([]);
    expect(bob.line.took()).toEqual([]);
    await stage.release();
    expect(ann.line.took()).toEqual(['barrier', 'barrier']);
    expect(bob.line.took()).toEqual(['update', 'update', 'update']);
  });

  test('[W152] that never comes holds no barrier back', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    ann.send(barrier('1'));
    expect(ann.line.took()).toEqual(['barrier']);
  });

  test('[W152] a barrier waits for the answer to what was asked', async () => {
    const stage = await stageWith();
    const ann = await stage.join('ann');
    ann.send(barrier('1'));
    await rest();
    expect(ann.line.took()).toEqual(['sync-step-1']);
    ann.send(emptyAnswer);
    expect(ann.line.took()).toEqual(['barrier']);
  });

  test('[W154] [F24] with a gap is asked for once, and the answer brings it', async () => {
    const stage = await stageWith();
    const [ann, bob] = [await joined(stage, 'ann'), await joined(stage, 'bob')];
    for (const clock of [3, 4, 5]) ann.send(key(A, clock, `key ${clock}`));
    ann.send(barrier('1'));
    await rest();
    expect(ann.line.took()).toEqual(['sync-step-1']);
    expect(bob.line.took()).toEqual([]);
    const all = [0, 1, 2, 3, 4, 5].map((at) => values({ in: 'meta', key: `key ${at}` }, 1));
    ann.send({ type: 'sync-step-2', update: update([block(A, 0, all)]) });
    await rest();
    expect(ann.line.took()).toEqual(['barrier']);
    expect(bob.line.took()).toEqual(['update']);
  });

  test('[W154] [F24] that hangs on what nobody has makes one question for each, and no loop', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    for (let at = 0; at < 20; at++) {
      ann.send(key(A, 3, 'x'));
      const questions = ann.line.of('sync-step-1').length;
      expect(questions).toBe(at + 1);
      ann.send({ type: 'sync-step-2', update: update([block(A, 3, [gc(1)])]) });
      await rest(1);
      expect(ann.line.of('sync-step-1').length).toBe(questions);
    }
    expect(stage.reports.filter((line) => line.startsWith('committed'))).toEqual([]);
  });

  test('[W155] [F23] that is refused sends a stock peer away, and hurts nobody else', async () => {
    const stage = await stageWith();
    const [ann, eve] = [await joined(stage, 'ann'), await joined(stage, 'eve')];
    ann.send(message(A));
    await rest();
    eve.send(key(A, 7, 'mine'));
    expect(eve.line.closed).toBe(closeReasons.refused);
    ann.send(key(A, 7, 'title'));
    ann.send(barrier('1'));
    await rest();
    expect(ann.line.took()).toEqual(['barrier']);
  });

  test('[F35] [W155] that is too large sends a stock peer away with the reason', async () => {
    const stage = await stageWith({ sessionStructsMax: 2 });
    const ann = await joined(stage, 'ann');
    ann.send(message(A));
    expect(ann.line.closed).toBe(closeReasons.tooLarge);
    expect(stage.reports.at(-1)).toMatch(/session-full/);
  });

  test('[W155] that is refused is told to a peer that knows how; later ones are passed over', async () => {
    const stage = await stageWith();
    const eve = await joined(stage, 'eve');
    eve.peer.isExtended = true;
    const bad = update([block(B, 0, [values({ in: 'elsewhere', key: 'x' }, 1)])]);
    eve.send({ type: 'update', update: bad });
    const refused = { type: 'refused', client: B, clock: 0, rule: 'root' };
    expect(refusalsIn(eve)).toEqual([expect.objectContaining(refused)]);
    eve.send(key(B, 0, 'x'));
    eve.send(key(B, 1, 'y'));
    eve.send(barrier('1'));
    await rest();
    // No word about those, and no word that they are durable; other clients are heard.
    expect(eve.line.took()).toEqual(['command']);
    eve.send(key(B + 1, 0, 'x'));
    await rest();
    expect(stage.reports.filter((line) => line.startsWith('committed'))).toHaveLength(1);
    expect(eve.line.closed).toBeUndefined();
  });

  test('[W155] whoever goes on after many refusals is sent away', async () => {
    const stage = await stageWith({ refusalsMax: 5 });
    const eve = await joined(stage, 'eve');
    eve.peer.isExtended = true;
    for (let at = 0; at < 10; at++) {
      const bad = update([block(B + at, 0, [values({ in: 'elsewhere', key: 'x' }, 1)])]);
      eve.send({ type: 'update', update: bad });
    }
    expect(refusalsIn(eve)).toHaveLength(5);
    expect(eve.line.closed).toBe(closeReasons.refused);
  });
});

describe('a flood', () => {
  test('[W168] of barriers that wait is told to come back later', async () => {
    const stage = await stageWith({ barriersMax: 3 });
    const eve = await stage.join('eve');
    for (let at = 0; at < 3; at++) eve.send(barrier(String(at)));
    expect(eve.line.closed).toBeUndefined();
    eve.send(barrier('4'));
    expect(eve.line.closed).toBe(closeReasons.busy);
  });

  test('[W168] of questions is answered as it is taken', async () => {
    const stage = await stageWith();
    const ann = await joined(stage, 'ann');
    ann.send(message(A));
    await rest();
    const eve = await stage.join('eve', ['read']);
    eve.send(step1);
    expect(eve.line.took()).toEqual(['update', 'sync-step-2']);
    eve.line.isBehind = true;
    for (let at = 0; at < 1_000; at++) eve.send(step1);
    await rest();
    expect(eve.line.took()).toEqual([]);
    eve.line.catchUp();
    expect(eve.line.took()).toEqual(['update', 'sync-step-2']);
    eve.send({ type: 'sync-step-1', stateVector: Uint8Array.of(5) });
    expect(eve.line.closed).toBe(closeReasons.refused);
  });

  test('[W168] of words is not read while the log is slow', async () => {
    const stage = await stageWith({ openBytesMax: 200 });
    const ann = await joined(stage, 'ann');
    ann.send(message(A));
    await rest();
    stage.hold();
    ann.send(key(A, 7, 'on its way'));
    await rest();
    // Appends go another way than updates.
    for (let at = 0; at < 10; at++) ann.send(key(A, 8 + at, `key ${at}`));
    expect(ann.line.isPaused).toBe(true);
    await stage.release();
    await rest();
    expect(ann.line.isPaused).toBe(false);
  });
});

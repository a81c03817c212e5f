// What sends somebody away from a room, and that it is counted; what has the log merged; and
// that a room which ends, or has many beside it, forgets nothing.

import { expect, test } from 'vitest';
import { mergeUpdates } from '../../../../server/room/merge.ts';
import { closeReasons } from '../../../../src/protocol/close.ts';
import { rights } from '../../../../src/protocol/token.ts';
import { A, B } from '../../../support/gate.ts';
import {
  barrier,
  emptyAnswer,
  joined,
  key,
  RoomStage,
  rest,
  stageWith,
  type StagePeer,
} from '../../../support/room-stage.ts';

test('[W158] who has too much judged at once is sent away to come back, and nobody else is', async () => {
  const stage = await stageWith({ creditBytesMax: 3_000, creditBytesPerSecond: 1 });
  const ann = await joined(stage, 'ann');
  const ben = await joined(stage, 'ben');
  for (let clock = 0; clock < 20; clock++) ann.send(key(A, clock, `k${clock}`));
  expect(ann.line.closed).toEqual(closeReasons.busy);
  expect(stage.reports.filter((line) => line === 'limitHit creditBytesMax')).toHaveLength(1);
  ben.send(key(B, 0, 'other'));
  await rest();
  expect(ben.line.closed).toBeUndefined();
  expect(stage.reports.at(-1)).toMatch(/^committed/);
});

test('[W158] who has too many barriers out is sent away to come back', async () => {
  const stage = await stageWith({ barriersMax: 2 });
  const ann = await joined(stage, 'ann');
  stage.hold();
  ann.send(key(A, 0, 'k'));
  for (const mark of ['one', 'two']) ann.send(barrier(mark));
  expect(ann.line.closed).toBeUndefined();
  ann.send(barrier('three'));
  expect(ann.line.closed).toEqual(closeReasons.busy);
  expect(stage.reports).toContain('limitHit barriersMax');
});

test('[W158] who goes on after so many refusals is sent away for good', async () => {
  const stage = await stageWith({ refusalsMax: 2 });
  const ann = await joined(stage, 'ann');
  ann.send(barrier('so that it is told'));
  for (const client of [A, A + 1, A + 2]) {
    expect(ann.line.closed).toBeUndefined();
    ann.send({ type: 'update', update: Uint8Array.of(9, client) });
  }
  expect(ann.line.closed).toEqual(closeReasons.refused);
  expect(stage.reports).toContain('limitHit refusalsMax');
});

test('[W160] a log of many updates is merged, however small they are', async () => {
  const merged: number[] = [];
  const stage = await stageWith({ compactEntries: 4 }, (unmerged) => {
    merged.push(unmerged.updates.length);
    return Promise.resolve(mergeUpdates(unmerged));
  });
  const ann = await joined(stage, 'ann');
  for (let at = 0; at < 3; at++) {
    ann.send(key(A + at, 0, `k${at}`));
    await rest();
  }
  expect(merged).toEqual([]);
  ann.send(key(A + 3, 0, 'k3'));
  await rest();
  expect(merged).toHaveLength(1);
  expect(stage.reports.at(-1)).toMatch(/^compacted/);
});

test('[W171] a room that ends takes nothing more', async () => {
  const stage = await stageWith();
  const ann = await joined(stage, 'ann');
  stage.hold();
  ann.send(key(A, 0, 'before'));
  await rest();
  const drained = stage.rooms.close();
  await rest();
  ann.send(key(A, 1, 'after'));
  await stage.release();
  await drained;
  expect(ann.line.closed).toEqual(closeReasons.unavailable);
  expect(stage.reports.filter((line) => line.startsWith('taken'))).toHaveLength(1);
});

test('[W151] of many rooms that write in one turn, each is committed', async () => {
  const stage = new RoomStage();
  const peers: StagePeer[] = [];
  for (let at = 0; at < 300; at++) {
    const session = `many-0123456789abcd-${at}`;
    await stage.create(session);
    peers.push(stage.enter('ann', rights, session));
  }
  await rest();
  for (const ann of peers) {
    ann.send(emptyAnswer);
    ann.send(key(A, 0, 'k'));
    ann.send(barrier('of mine'));
  }
  await rest(12);
  expect(peers.filter(({ line }) => line.of('barrier').length === 1)).toHaveLength(300);
});

// A room when a commit fails, and when something of ours throws.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { unavailable } from '../../../../server/log/refusal.ts';
import { closeReasons } from '../../../../src/protocol/close.ts';
import type { Frame } from '../../../../src/protocol/frame.ts';
import { A, B } from '../../../support/gate.ts';
import {
  barrier,
  emptyAnswer,
  joined,
  key,
  message,
  rest,
  stageWith,
  step1,
} from '../../../support/room-stage.ts';
import { block, gc, update } from '../../../support/update-bytes.ts';

describe('a commit that fails', () => {
  test.each([
    ['the disk is full', unavailable('full')],
    ['somebody else wrote', { ok: false, code: 'conflict', seq: 9 } as const],
    ['the log throws', new Error('broken log')],
  ])(
    '[W151] [W152] sends its writers away to come again, and readers stay: %s',
    async (_, outcome) => {
      const stage = await stageWith();
      const [ann, bob] = [await joined(stage, 'ann'), await joined(stage, 'bob')];
      stage.outcomes.push(outcome);
      ann.send(message(A));
      ann.send(barrier('1'));
      await rest();
      expect(ann.line.closed).toBe(closeReasons.unavailable);
      expect(ann.line.took()).toEqual([]);
      expect(bob.line.closed).toBeUndefined();
      expect(bob.line.took()).toEqual(['sync-step-1']);
      bob.send(emptyAnswer);
      // It comes again with all that it has, and is the same client.
      const again = await stage.join('ann');
      again.send(step1);
      again.send({ ...message(A), type: 'sync-step-2' } as Frame);
      again.send(barrier('2'));
      await rest();
      expect(again.line.took()).toEqual(['sync-step-1', 'sync-step-2', 'barrier']);
      expect(bob.line.took()).toEqual(['update']);
    },
  );

  test('[W102] [W169] because the session was deleted sends everybody away for good', async () => {
    const stage = await stageWith();
    const [ann, bob] = [await joined(stage, 'ann'), await joined(stage, 'bob')];
    await stage.memory.delete('stage-0123456789abcd');
    ann.send(message(A));
    await rest();
    expect(ann.line.closed).toBe(closeReasons.missing);
    expect(bob.line.closed).toBe(closeReasons.missing);
    expect(stage.rooms.size).toBe(0);
  });

  test('[W152] while a large update is judged: its sender comes again with it', async () => {
    const stage = await stageWith({ stepStructs: 2 });
    const ann = await joined(stage, 'ann');
    const bob = await joined(stage, 'bob');
    stage.hold();
    stage.outcomes.push(unavailable('full'));
    ann.send(key(A, 0, 'x'));
    await rest();
    bob.send(message(B));
    await stage.release();
    expect(stage.reports).toContain('notCommitted stage-0123456789abcd full');
    expect(bob.line.closed).toBe(closeReasons.unavailable);
    const cay = await joined(stage, 'cay');
    cay.send(barrier('1'));
    await rest();
    expect(cay.line.took()).toEqual(['barrier']);
  });
});

describe('a fault of ours', () => {
  test.each(['taken', 'gap', 'committed', 'refused', 'leftOut', 'notCommitted'] as const)(
    '[F25] [W151] costs a reload and loses nothing that was told: a throw at %s',
    async (at) => {
      const stage = await stageWith();
      const [ann, bob] = [await joined(stage, 'ann'), await joined(stage, 'bob')];
      ann.send(message(A));
      ann.send(barrier('1'));
      await rest();
      expect(ann.line.took()).toEqual(['barrier']);
      bob.line.took();
      stage.breakAt(at);
      if (at === 'notCommitted') stage.outcomes.push(unavailable('full'));
      if (at === 'refused') ann.send(key(A, 7, '__proto__'));
      else if (at === 'gap') ann.send(key(A, 9, 'x'));
      else ann.send(key(A, 7, 'x'));
      if (at === 'leftOut') {
        ann.send(key(A, 19, 'x'));
        ann.send({ type: 'sync-step-2', update: update([block(A, 29, [gc(1)])]) });
      }
      await rest();
      expect(stage.reports).toContain(`broken stage-0123456789abcd broken at ${at}`);
      expect(bob.line.closed).toBeUndefined();
      const cay = await stage.join('cay');
      cay.send(step1);
      cay.send(emptyAnswer);
      cay.send(key(B, 0, 'works'));
      cay.send(barrier('2'));
      await rest();
      const doc = new Y.Doc();
      for (const frame of cay.line.frames) {
        if ('update' in frame) Y.applyUpdate(doc, frame.update);
      }
      expect(JSON.stringify(doc.getArray('messages').toJSON())).toContain('hello');
      expect(cay.line.took()).toContain('barrier');
      expect(bob.line.took()).toContain('update');
    },
  );

  test('[F25] a line that throws loses its own peer only', async () => {
    const stage = await stageWith();
    const [ann, bob] = [await joined(stage, 'ann'), await joined(stage, 'bob')];
    const eve = await stage.join('eve', ['read']);
    eve.line.onSend = () => {
      throw new Error('a broken line');
    };
    eve.send(step1);
    expect(eve.line.closed).toBe(closeReasons.refused);
    await rest();
    ann.send(emptyAnswer);
    bob.send(emptyAnswer);
    ann.line.took();
    ann.send(message(A));
    ann.send(barrier('1'));
    await rest();
    expect(ann.line.took()).toEqual(['barrier']);
    expect(bob.line.took()).toContain('update');
  });
});

// A claim over the wire, question by question, on a session whose answers the test gives.

import { describe, expect, test } from 'vitest';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import { WireHold } from '../../../src/agent/wire-hold.ts';
import { createEmitter } from '../../../src/base/emitter.ts';
import type { Asked } from '../../../src/client/connection/link.ts';
import type { Answer, JoinedSession } from '../../../src/client/joined-session.ts';

const done: Answer = { id: 1, re: 1, type: 'done' };
const error = (code: string, retryable = false): Answer => ({
  id: 1,
  re: 1,
  type: 'error',
  code,
  message: '',
  retryable,
});

/** A claim, and a server that answers as `answer` says. */
function held(answer: (asked: Asked, count: number) => Answer) {
  const stage = new AgentStage();
  const { run } = stage.ann.send('hi');
  if (run === null) throw new Error('no agent');
  stage.books.claim(run, 'agent');
  const asked: Asked[] = [];
  const changed = createEmitter<void>();
  const joined = {
    session: stage.as('agent'),
    commands: createEmitter(),
    refused: createEmitter(),
    changed,
    state: { name: 'live' },
    isSettled: true,
    ask: (request: Asked) => {
      asked.push(request);
      return Promise.resolve(answer(request, asked.length));
    },
  };
  const grant = { id: 1, type: 'claimed', run, epoch: 1, leaseMs: 10_000, expiresAt: 0 } as const;
  const lanes = [{ client: 1, clock: 0 }];
  const lost: string[] = [];
  const hold = new WireHold(joined as unknown as JoinedSession, { ...grant, lanes }, stage.clock);
  hold.onLost((loss) => lost.push(loss));
  return { stage, run, hold, asked, lost };
}

describe('a claim over the wire', () => {
  test('[A39] is renewed every three seconds, and lives as long as that is answered', async () => {
    const { stage, asked, lost, hold } = held(() => done);
    await stage.pass(60_000, 500);
    expect(asked.map(({ type }) => type)).toEqual(Array.from({ length: 20 }, () => 'renew'));
    expect(lost).toEqual([]);
    await hold.release();
    expect(asked.at(-1)?.type).toBe('release');
    await stage.pass(10_000, 500);
    expect(asked).toHaveLength(21);
  });

  test.each([
    ['stale-epoch', 'lost'],
    ['not-holder', 'taken-over'],
  ])('[A39] is over when its renewal is answered with %s', async (code, loss) => {
    const { stage, lost, hold } = held(() => error(code));
    await stage.pass(3_000, 500);
    expect(lost).toEqual([loss]);
    expect(await hold.tell({ do: 'complete' })).toEqual({ ok: false, code: 'lost' });
  });

  test('[A38] asks again what a connection took with it, and sees whether it was done', async () => {
    const { stage, run, hold, asked } = held((_asked, count) => {
      if (count > 1) return error('wrong-state');
      // It arrived; the answer did not.
      stage.books.obey('agent', { run, epoch: 1, do: 'complete' });
      return undefined;
    });
    expect(await hold.tell({ do: 'complete' })).toEqual({ ok: true });
    expect(asked).toHaveLength(2);
  });

  test('[A38] does not take another end for its own', async () => {
    const { stage, run, hold } = held((_asked, count) => {
      if (count > 1) return error('wrong-state');
      stage.books.obey('agent', { run, epoch: 1, do: 'cancelled' });
      return undefined;
    });
    expect(await hold.tell({ do: 'complete' })).toEqual({ ok: false, code: 'wrong-state' });
  });

  test('[A38] asks again a little later what the server could not store now', async () => {
    const { stage, hold, asked } = held((_asked, count) =>
      count < 3 ? error('unavailable', true) : done,
    );
    const told = hold.tell({ do: 'proceed' });
    await stage.pass(2_000, 100);
    expect(await told).toEqual({ ok: true });
    expect(asked.filter(({ type }) => type === 'advance')).toHaveLength(3);
  });
});

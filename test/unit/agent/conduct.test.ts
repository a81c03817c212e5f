// A run whose server knows more than the document that its holder has.

import { expect, test } from 'vitest';
import { Bucket } from '../../../src/agent/bucket.ts';
import { conduct, type Handler } from '../../../src/agent/conduct.ts';
import { AgentStage } from '../../../src/agent/harness/agent-stage.ts';
import type { Hold, Told } from '../../../src/agent/hold.ts';
import { seededChance } from '../../../src/base/chance.ts';
import type { Ending } from '../../../src/agent/conduct.ts';
import { openSession } from '../../../src/session/session.ts';

/** Carries out a run whose server answers every question so. */
async function answeredWith(
  told: Told,
  handler: Handler,
  budget?: { bytesMax: number; structsMax: number },
): Promise<Ending> {
  const stage = new AgentStage();
  const session = openSession(stage.ann.doc, {
    principal: 'agent:agent',
    clock: stage.clock,
    ...(budget && { budget }),
  });
  const { run } = stage.ann.send('hi');
  stage.books.claim(run ?? '', session.principal);
  const hold: Hold = {
    run: run ?? '',
    epoch: 1,
    lanes: [session.freshLane()],
    isQuiet: true,
    onQuiet: () => () => undefined,
    onLost: () => () => undefined,
    write: ({ apply }) => apply(),
    tell: () => Promise.resolve(told),
    release: () => Promise.resolve(),
  };
  const { clock } = stage;
  const parts = { session, hold, clock, chance: seededChance(1), bucket: new Bucket(clock) };
  return conduct(parts, { handler });
}

test.each([
  ['stale-epoch', 'taken-over'],
  ['not-holder', 'taken-over'],
  ['lost', 'lost'],
] as const)('[A23] a claim that the server answers with %s is %s', async (code, end) => {
  const reasons: unknown[] = [];
  const ending = await answeredWith({ ok: false, code }, async (run) => {
    await run.usage({}).catch(() => undefined);
    reasons.push(run.signal.reason);
    expect(() => run.text()).toThrow(/lost|taken/);
  });
  expect(ending).toEqual({ end });
  expect(reasons).toMatchObject([{ code: end }]);
});

test('[A20] an end that the server does not take is somebody else’s', async () => {
  const ending = await answeredWith({ ok: false, code: 'wrong-state' }, () => undefined);
  expect(ending).toEqual({ end: 'taken-over' });
});

test('[A20] a reply that cannot be begun because the session is full fails with that', async () => {
  const ending = await answeredWith({ ok: true }, () => expect.fail('not called'), {
    bytesMax: 1,
    structsMax: 1,
  });
  expect(ending).toMatchObject({ end: 'failed', error: { code: 'session-full' } });
});

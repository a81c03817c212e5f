// Claims: one living claim a run, epochs that only rise, and no word of an old one.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { bytesOf, codeOf, created, readAll, session, type LogCase } from './contract-case.ts';
import type { Claim } from './claims.ts';
import type { Log } from './log.ts';

const run = 'run';

async function granted(log: Log, holder: string): Promise<Claim> {
  const answer = await log.claims.grant(session, run, holder);
  if (!answer.ok) throw new Error(`grant: ${answer.code}`);
  return answer.claim;
}

const append = (log: Log, seq: number, epoch: number): ReturnType<Log['append']> =>
  log.append(session, seq, [{ run, epoch }], bytesOf(`epoch ${epoch}`));

export const claimCases: readonly LogCase[] = [
  {
    id: 'claims/one-of-many',
    async run({ log }) {
      await created(log);
      const holders = ['a', 'b', 'c', 'd', 'e'];
      const answers = await Promise.all(holders.map((who) => log.claims.grant(session, run, who)));
      const [winner, ...more] = answers.flatMap((answer) => (answer.ok ? [answer.claim] : []));
      ok(winner !== undefined && more.length === 0, 'exactly one has it');
      for (const answer of answers) {
        if (!answer.ok) deepStrictEqual(answer, { ok: false, code: 'held', claim: winner });
      }
    },
  },
  {
    id: 'claims/epochs-rise',
    async run({ log }) {
      await created(log);
      strictEqual((await granted(log, 'a')).epoch, 1);
      // The same holder may begin anew: its earlier self is fenced off.
      strictEqual((await granted(log, 'a')).epoch, 2);
      deepStrictEqual(await log.claims.release(session, run, 2), { ok: true });
      strictEqual((await granted(log, 'b')).epoch, 3);
      const other = await log.claims.grant(session, 'another', 'a');
      ok(other.ok && other.claim.epoch === 1, 'each run counts for itself');
    },
  },
  {
    id: 'claims/fence',
    async run({ log }) {
      await created(log);
      deepStrictEqual(await append(log, 0, 0), { ok: false, code: 'stale-epoch', run, epoch: 0 });
      await granted(log, 'a');
      strictEqual(codeOf(await append(log, 0, 1)), 'ok');
      await granted(log, 'a');
      deepStrictEqual(await append(log, 1, 1), { ok: false, code: 'stale-epoch', run, epoch: 2 });
      strictEqual(codeOf(await append(log, 1, 3)), 'stale-epoch');
      strictEqual(codeOf(await append(log, 1, 2)), 'ok');
      await log.claims.release(session, run, 2);
      strictEqual(codeOf(await append(log, 2, 2)), 'stale-epoch');
      deepStrictEqual((await readAll(log)).texts, ['epoch 1', 'epoch 2']);
    },
  },
  {
    id: 'claims/nothing-of-the-old-after-the-new',
    async run({ log }) {
      await created(log);
      await granted(log, 'a');
      const old = [append(log, 0, 1), append(log, 1, 1)];
      const grant = granted(log, 'a');
      const late = [append(log, 2, 1)];
      await grant;
      const head = await log.open(session);
      ok(head.ok);
      const codes = (await Promise.all([...old, ...late])).map(codeOf);
      // What had been taken before the grant stands before its answer; the rest is refused.
      strictEqual(codes.filter((code) => code === 'ok').length, head.head.seq);
      strictEqual(codeOf(await append(log, head.head.seq, 1)), 'stale-epoch');
    },
  },
  {
    id: 'claims/lapse',
    async run({ log, clock }) {
      const lapsed: Claim[] = [];
      log.claims.onLapse((claim) => lapsed.push(claim));
      await created(log);
      const { epoch } = await granted(log, 'a');
      for (let term = 0; term < 5; term++) {
        clock.advance(log.claims.leaseMs - 1);
        deepStrictEqual(log.claims.renew(session, run, epoch), { ok: true });
      }
      strictEqual(codeOf(await log.claims.grant(session, run, 'b')), 'held');
      strictEqual(lapsed.length, 0);
      clock.advance(log.claims.leaseMs);
      deepStrictEqual(
        lapsed.map(({ holder, living }) => [holder, living]),
        [['a', false]],
      );
      strictEqual(codeOf(log.claims.renew(session, run, epoch)), 'stale-epoch');
      strictEqual(codeOf(await log.claims.release(session, run, epoch)), 'stale-epoch');
      strictEqual(codeOf(await append(log, 0, epoch)), 'stale-epoch');
      strictEqual((await granted(log, 'b')).epoch, epoch + 1);
    },
  },
  {
    id: 'claims/grace-after-a-start',
    async run({ log, clock, reopen }) {
      if (reopen === undefined) return;
      await created(log);
      const { epoch } = await granted(log, 'a');
      clock.advance(log.claims.leaseMs - 1);
      const again = await reopen();
      // Down for an hour, and nobody could have renewed: a full term is left.
      clock.advance(again.claims.leaseMs - 1);
      strictEqual(codeOf(await again.claims.grant(session, run, 'b')), 'held');
      deepStrictEqual(again.claims.renew(session, run, epoch), { ok: true });
      clock.advance(again.claims.leaseMs);
      strictEqual(codeOf(again.claims.renew(session, run, epoch)), 'stale-epoch');
      strictEqual((await granted(again, 'b')).epoch, epoch + 1);
    },
  },
  {
    id: 'claims/of-nothing',
    async run({ log }) {
      strictEqual(codeOf(await log.claims.grant(session, run, 'a')), 'missing');
      strictEqual(codeOf(log.claims.renew(session, run, 1)), 'stale-epoch');
      strictEqual(codeOf(await log.claims.release(session, run, 1)), 'missing');
    },
  },
];

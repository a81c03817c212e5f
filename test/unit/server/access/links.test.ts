import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Guard } from '../../../../server/access/guard.ts';
import { accessLimits } from '../../../../server/access/limits.ts';
import { readLinkRole, type LinkRole } from '../../../../server/access/role.ts';
import { createLinkSecret, linkDigest } from '../../../../server/access/secret.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { withFolder } from '../../../support/folder.ts';
import { claimsOf, codeOf, other, session, shared } from '../../../support/guarded.ts';
import { inlineStore } from '../../../support/inline-store.ts';

const ada = claimsOf('ada');
const bob = claimsOf('bob');

async function linkTo(guard: Guard, role: LinkRole): Promise<{ secret: string; digest: string }> {
  const made = await guard.makeLink(ada, session, role);
  if (!made.ok) throw new Error(`makeLink: ${made.code}`);
  return made;
}

describe('[W115] a link', () => {
  test('[W115] makes a member of whoever has it, any number of times', async () => {
    const { guard, told } = await shared();
    const { secret } = await linkTo(guard, 'commenter');
    for (const who of ['bob', 'cyd', 'bob']) {
      const joined = await guard.redeem(claimsOf(who), secret);
      expect(joined).toEqual({ ok: true, session, role: 'commenter' });
    }
    const entered = await guard.enter(bob, session);
    expect(entered.ok && [...entered.access.rights]).toEqual(['read', 'annotate']);
    expect(told).toEqual([`${session} bob`, `${session} cyd`]);
  });

  test.each([
    ['viewer', 'editor', 'editor'],
    ['editor', 'viewer', 'editor'],
    ['commenter', 'commenter', 'commenter'],
  ] as const)(
    '[W115] takes nothing away: a %s, by a link for an %s, is %s',
    async (had, by, has) => {
      const { guard, log } = await shared({ bob: had });
      const { secret } = await linkTo(guard, by);
      expect(await guard.redeem(bob, secret)).toEqual({ ok: true, session, role: has });
      expect(await guard.redeem(ada, secret)).toEqual({ ok: true, session, role: 'owner' });
      expect(await log.members.role(session, 'bob')).toEqual({ ok: true, role: has });
    },
  );

  test('[W115] gives no more than the token of who uses it', async () => {
    const { guard } = await shared();
    const { secret } = await linkTo(guard, 'editor');
    const reader = claimsOf('bob', { rights: ['read'] });
    await guard.redeem(reader, secret);
    const entered = await guard.enter(reader, session);
    expect(entered.ok && [...entered.access.rights]).toEqual(['read']);
  });

  test('[W115] is not for a token that is for named sessions only', async () => {
    const { guard } = await shared();
    const { secret } = await linkTo(guard, 'editor');
    const scoped = claimsOf('bob', { sessions: [other, 'Ab*'] });
    expect(codeOf(await guard.redeem(scoped, secret))).toBe('forbidden');
    expect(codeOf(await guard.redeem(scoped, 'a'.repeat(22)))).toBe('forbidden');
  });

  test('[W115] leads nowhere once it is revoked, or its session deleted', async () => {
    const { guard, log } = await shared();
    const first = await linkTo(guard, 'viewer');
    const second = await linkTo(guard, 'viewer');
    await guard.redeem(bob, first.secret);
    expect(codeOf(await guard.revokeLink(ada, session, first.digest))).toBe('ok');
    expect(codeOf(await guard.revokeLink(ada, session, first.digest))).toBe('ok');
    expect(codeOf(await guard.redeem(claimsOf('cyd'), first.secret))).toBe('missing');
    expect(codeOf(await guard.enter(bob, session))).toBe('ok');
    await log.delete(session);
    expect(codeOf(await guard.redeem(bob, second.secret))).toBe('missing');
  });

  test('[W115] that is revoked while somebody comes by it lets in before or not at all', async () => {
    const { guard, log } = await shared();
    const { secret, digest } = await linkTo(guard, 'viewer');
    const both = await Promise.all([
      guard.revokeLink(ada, session, digest),
      guard.redeem(bob, secret),
    ]);
    expect(both.map(codeOf)).toEqual(['ok', 'missing']);
    expect(await log.members.role(session, 'bob')).toEqual({ ok: true, role: undefined });
  });

  test('[W115] of one session is not revoked from another', async () => {
    const { guard, log } = await shared();
    const { secret, digest } = await linkTo(guard, 'viewer');
    await log.create(other, { principal: 'bob', role: 'owner' });
    await guard.revokeLink(bob, other, digest);
    expect(codeOf(await guard.redeem(claimsOf('cyd'), secret))).toBe('ok');
  });

  test('[W115] makes nobody an owner', () => {
    expect(readLinkRole('owner')).toBeUndefined();
    expect(readLinkRole('editor')).toBe('editor');
    expect(readLinkRole({ toString: () => 'editor' })).toBeUndefined();
  });

  test.each(['', 'short', 'a'.repeat(22), `${'a'.repeat(21)}=`, 'a'.repeat(1_000_000)])(
    '[W115] that nobody made leads nowhere (%#)',
    async (secret) => {
      const { guard } = await shared();
      expect(codeOf(await guard.redeem(bob, secret))).toBe('missing');
    },
  );
});

describe('[W115] the links of a session', () => {
  test('[W115] are listed by digest and role, and bounded', async () => {
    const { guard } = await shared();
    const { digest } = await linkTo(guard, 'editor');
    expect(await guard.links(ada, session)).toEqual({
      ok: true,
      links: [{ digest, session, role: 'editor' }],
    });
    for (let i = 1; i < accessLimits.linksMax; i++) await linkTo(guard, 'viewer');
    expect(codeOf(await guard.makeLink(ada, session, 'viewer'))).toBe('too-many');
    await guard.revokeLink(ada, session, digest);
    expect(codeOf(await guard.makeLink(ada, session, 'viewer'))).toBe('ok');
  });

  test('[W115] have secrets of which every byte is random', () => {
    const chance = seededChance(1);
    const secrets = Array.from({ length: 64 }, () => createLinkSecret(chance));
    const bytes = secrets.map((secret) => [...Buffer.from(secret, 'base64url')]);
    for (let at = 0; at < 16; at++) {
      expect(new Set(bytes.map((each) => each[at])).size).toBeGreaterThan(32);
    }
  });

  test('[W115] have secrets of 128 bits that stand in no file', () =>
    withFolder(async (folder) => {
      const log = await openEmbeddedLog({
        folder,
        clock: manualClock(1),
        store: inlineStore(folder),
      });
      await log.create(session, { principal: 'ada', role: 'owner' });
      // The system's chance: this is how it is in earnest.
      const guard = new Guard(log);
      const { secret, digest } = await linkTo(guard, 'viewer');
      const another = await linkTo(guard, 'viewer');
      expect(secret).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(Buffer.from(secret, 'base64url')).toHaveLength(16);
      expect(another.secret).not.toBe(secret);
      expect(digest).toBe(linkDigest(secret));
      await log.close();
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
      expect(files.some((bytes) => bytes.includes(digest))).toBe(true);
      expect(files.some((bytes) => bytes.includes(secret))).toBe(false);
    }));
});

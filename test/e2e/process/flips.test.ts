// Bytes of a data folder that change by themselves, under a real server: it does not start and says
// why, or what it serves is what was written, or it refuses that session and serves the others.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { createSession, documentDigest } from 'holdfast/session';
import { afterAll, expect, test } from 'vitest';
import { count, seed } from '../../support/count.ts';
import { flipIn } from '../../support/flip.ts';
import { withFolder } from '../../support/folder.ts';
import { proved, seedsFrom } from '../../support/proved.ts';
import { makeToken, ServerProcess, startServer, tryStart } from '../../support/server-process.ts';
import { Tally } from '../../support/tally.ts';
import { WirePeer } from '../../support/wire-peer.ts';

const FLIPS = count(9, 600);
const SESSIONS = ['flip-one-0123456789', 'flip-two-0123456789'];

const honest = ['right', 'refused', 'a part, read only', 'did not start'];

const tally = new Tally();
const from = seed() ?? 1;

/** Sessions whose first words are in the store and whose last are in the journal of a killed server. */
async function leftBehind(folder: string, token: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const round of ['first', 'last']) {
    const server = await startServer({ folder });
    for (const session of SESSIONS) {
      const peer = new WirePeer({ url: server.url, session, token });
      await peer.join();
      if (round === 'first') createSession({ doc: peer.doc, principal: 'ann', title: session });
      for (let at = 0; at < 30; at++) {
        peer.doc.getMap('annotations').set(`${round}/${at}/by`, noteOf(round, String(at)));
      }
      await peer.barrier();
      digests.set(session, documentDigest(peer.doc));
      await peer.leave();
    }
    if (round === 'first') await server.stop();
    else await server.kill();
  }
  return digests;
}

/**
 * What a peer of a session sees: `right`, `refused`, or where the damage was found behind some of
 * it, that part, to which nobody may write. Anything else is words that nobody wrote, or a loss in silence.
 */
async function seen(url: string, session: string, token: string, wanted: string): Promise<string> {
  const peer = new WirePeer({ url, session, token });
  try {
    await peer.join();
    if (documentDigest(peer.doc) === wanted) return 'right';
    const notes: Record<string, unknown> = peer.doc.getMap('annotations').toJSON();
    if (Object.entries(notes).some(([key, note]) => !wasWritten(key, note))) return 'other words';
    peer.doc.getMap('annotations').set('more', 1);
    const written = await peer.barrier().then(
      () => 'written on damage',
      () => 'a part, read only',
    );
    return written;
  } catch {
    return 'refused';
  } finally {
    await peer.leave().catch(() => undefined);
  }
}

/** What the sessions of a damaged folder are like, or how its server ended. */
async function foundIn(
  damaged: string,
  token: string,
  digests: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const server = await tryStart({ folder: damaged });
  if (!(server instanceof ServerProcess)) {
    const isTold = server.code === 1 && server.errors.includes(' ');
    return [isTold ? 'did not start' : `ended with ${server.code}: ${server.errors}`];
  }
  const found: string[] = [];
  for (const [session, wanted] of digests)
    found.push(await seen(server.url, session, token, wanted));
  await server.stop();
  return found;
}

const noteOf = (round: string, at: string): unknown => ({ words: `${round} ${at} `.repeat(9) });

function wasWritten(key: string, note: unknown): boolean {
  const [round = '', at = ''] = key.split('/');
  return JSON.stringify(note) === JSON.stringify(noteOf(round, at));
}

test(`[F12] HOLDFAST_SEED=${from}: a server whose files change by themselves serves what was written, or refuses`, () =>
  withFolder(async (folder) => {
    const whole = join(folder, 'whole');
    const token = await makeToken(whole, { sub: 'ann' });
    const digests = await leftBehind(whole, token);
    for (let flipped = 0; flipped < FLIPS; flipped++) {
      const damaged = join(folder, `damaged-${flipped}`);
      cpSync(whole, damaged, { recursive: true });
      const name = flipIn(damaged, from + flipped);
      tally.add(name.replace(/\d+/g, 'N'));
      for (const found of await foundIn(damaged, token, digests)) {
        tally.add(found);
        expect(honest, `flip ${from + flipped} in ${name}: ${found}`).toContain(found);
      }
    }
  }));

afterAll(() => {
  proved('flips of bytes under a server', FLIPS, seedsFrom(from, FLIPS));
  console.log(`flips: ${tally.toString()}`);
});

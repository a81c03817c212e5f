// Bad networks between stock peers and a real server: connections that are cut anywhere, that take
// and forget everything, that are slow, and all of them at once. What matters is counted: nothing
// that was told is lost, all end with the same session, and the server stays within its bounds.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { systemClock } from '../../../src/base/clock.ts';
import { below, pick, seededChance } from '../../../src/base/chance.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { documentDigest } from '../../../src/session/digest.ts';
import { count, seed } from '../../support/count.ts';
import { withFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { type SyncStage, withSync } from '../../support/sync-stage.ts';
import { connect, type WireClient } from '../../support/wire-client.ts';
import { untilDocument, WirePeer } from '../../support/wire-peer.ts';

const session = 'faults-0123456789abcdef';
const caps = { address: { burstMax: 100_000 }, principal: { burstMax: 100_000, openMax: 10_000 } };
const first = seed() ?? 1;

/** Writers behind a bad network, each with words of its own, and what each was told is durable. */
class Writers {
  readonly peers: WirePeer[] = [];
  readonly durable = new Set<string>();
  readonly #chance;
  #words = 0;

  constructor(of: number) {
    this.#chance = seededChance(of);
  }

  async add(stage: SyncStage, proxy: FaultProxy, sub: string): Promise<void> {
    const token = await stage.token(sub);
    this.peers.push(new WirePeer({ url: proxy.url, session, token }));
  }

  /** Writes, and asks whether it is durable; whatever happens to the connection meanwhile. */
  async work(): Promise<boolean> {
    const peer = pick(this.#chance, this.peers);
    if (peer === undefined) return false;
    try {
      if (!peer.isOpen) await peer.join();
      const words = Array.from({ length: 1 + below(this.#chance, 4) }, () => `w${++this.#words}`);
      for (const word of words) peer.doc.getMap('meta').set(word, word);
      await peer.barrier();
      for (const word of words) this.durable.add(word);
      return true;
    } catch {
      return false;
    }
  }

  /** All are whole and the same; returns the digest of all. */
  async meet(): Promise<void> {
    for (const peer of this.peers) {
      if (peer.isOpen) await peer.leave();
      await peer.join();
    }
    await Promise.all(this.peers.map((peer) => peer.barrier()));
    const late = this.peers[0]?.doc ?? new Y.Doc();
    for (const { doc } of this.peers) {
      await untilDocument(doc, () => documentDigest(doc) === documentDigest(late));
    }
  }
}

async function reader(stage: SyncStage): Promise<Y.Doc> {
  const one = new WirePeer({ url: stage.url, session, token: await stage.token('reader') });
  await one.join();
  await one.leave();
  return one.doc;
}

describe('a bad network', () => {
  test('[F1] [W152] [W153] cuts at any byte, and nothing that was told is lost', () =>
    withSync(
      (stage) =>
        withFaultProxy({ port: stage.port }, async (proxy) => {
          const writers = new Writers(first);
          for (const sub of ['ann', 'bob', 'cay']) await writers.add(stage, proxy, sub);
          const chance = seededChance(first);
          const rounds = count(150, 3_000);
          let told = 0;
          for (let round = 0; round < rounds; round++) {
            const direction = below(chance, 2) === 0 ? 'up' : 'down';
            if (below(chance, 2) === 0) proxy.after(below(chance, 400), direction, 'cut');
            told += (await writers.work()) ? 1 : 0;
          }
          proxy.heal();
          const there = await reader(stage);
          const lost = [...writers.durable].filter((word) => !there.getMap('meta').has(word));
          expect(lost).toEqual([]);
          await writers.meet();
          console.log(`cuts: ${proxy.counts.cut} of ${rounds} rounds, ${told} told durable`);
          expect(proxy.counts.cut).toBeGreaterThan(rounds / 10);
          expect(told).toBeGreaterThan(rounds / 10);
        }),
      { clock: systemClock, caps },
    ));

  test('[F3] [W164] that takes and forgets everything is noticed by both sides', () =>
    withSync((stage) =>
      withFaultProxy({ port: stage.port }, async (proxy) => {
        const ann = new WirePeer({ url: proxy.url, session, token: await stage.token('ann') });
        const bob = new WirePeer({ url: stage.url, session, token: await stage.token('bob') });
        await ann.join();
        await bob.join();
        ann.doc.getMap('meta').set('before', 1);
        await ann.barrier();
        proxy.swallow();
        ann.doc.getMap('meta').set('swallowed', 1);
        for (let beat = 0; beat < 4; beat++) {
          stage.clock.advance(limits.heartbeatMs);
          await bob.wire.ask({ type: 'hello' });
        }
        expect(stage.server.connections).toBe(1);
        // It dials anew before its old socket is known to be dead to itself, and nothing is lost.
        await ann.join({ url: stage.url });
        await ann.barrier();
        await untilDocument(bob.doc, (doc) => doc.getMap('meta').has('swallowed'));
        await ann.leave();
        await bob.leave();
      }),
    ));

  test('[F1] that is slow delays words, and neither loses nor reorders them', () =>
    withSync(
      (stage) =>
        withFaultProxy({ port: stage.port }, async (proxy) => {
          const ann = new WirePeer({ url: stage.url, session, token: await stage.token('ann') });
          const bob = new WirePeer({ url: proxy.url, session, token: await stage.token('bob') });
          await ann.join();
          await bob.join();
          proxy.pace({ delayMs: 20, bytesPerSecond: 60_000 });
          const text = new Y.Text();
          ann.doc.getArray('messages').push([text]);
          for (let at = 0; at < 300; at++) text.insert(text.length, `token ${at} `);
          await ann.barrier();
          const wanted = documentDigest(ann.doc);
          await untilDocument(bob.doc, (doc) => documentDigest(doc) === wanted);
          expect(bob.refused).toEqual([]);
          await ann.leave();
          await bob.leave();
        }),
      { clock: systemClock, caps },
    ));

  test('[F37] a storm: five hundred come back at once, and all are in', () =>
    withSync(
      (stage) =>
        withFaultProxy({ port: stage.port }, async (proxy) => {
          const storm = count(500, 2_000);
          const token = await stage.token('crowd');
          const ann = new WirePeer({ url: stage.url, session, token: await stage.token('ann') });
          await ann.join();
          ann.doc.getMap('meta').set('title', 'x'.repeat(5_000));
          await ann.barrier();
          const come = (): Promise<WireClient[]> =>
            Promise.all(
              Array.from({ length: storm }, async () => {
                const one = await connect({ url: proxy.url, session, token });
                one.send({ type: 'sync-step-1', stateVector: Uint8Array.of(0) });
                await one.next('sync-step-2');
                return one;
              }),
            );
          const before = await come();
          proxy.cut();
          await Promise.all(before.map(({ closed }) => closed));
          ann.doc.getMap('meta').set('meanwhile', 1);
          await ann.barrier();
          const after = await come();
          // One commit, five hundred screens, one framing.
          ann.doc.getMap('meta').set('now', 1);
          await Promise.all(
            after.map((one) => one.next('update', ({ update }) => update.length < 100)),
          );
          await ann.barrier();
          expect(stage.server.connections).toBe(storm + 1);
          await Promise.all(after.map((one) => one.terminate()));
          await ann.leave();
        }),
      { clock: systemClock, caps },
    ));

  test('[F36] [W168] two hundred viewers at a trickle: what waits for them is one and the same', () =>
    withSync(
      (stage) =>
        withFaultProxy({ port: stage.port }, async (proxy) => {
          const viewers = 200;
          const token = await stage.token('crowd', { rights: ['read'] });
          const ann = new WirePeer({ url: stage.url, session, token: await stage.token('ann') });
          await ann.join();
          const crowd = await Promise.all(
            Array.from({ length: viewers }, async () => {
              const one = await connect({ url: proxy.url, session, token, forgetful: true });
              const synced = one.next('sync-step-2');
              one.send({ type: 'sync-step-1', stateVector: Uint8Array.of(0) });
              await synced;
              return one;
            }),
          );
          proxy.pace({ bytesPerSecond: 1_000 });
          const before = process.memoryUsage().arrayBuffers;
          const text = new Y.Text('begun');
          ann.doc.getArray('messages').push([text]);
          const bytes = 8 * 1024 * 1024;
          const piece = 'x'.repeat(128 * 1024);
          let most = 0;
          for (let written = 0; written < bytes; written += piece.length) {
            text.insert(text.length, piece);
            await ann.barrier();
            most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          }
          // Each alone would wait for 8 MiB of its own: 1.6 GiB. Sockets hold what is shared.
          console.log(
            `200 slow viewers: ${(most / 1024 / 1024).toFixed(0)} MiB for 8 MiB of words`,
          );
          expect(most).toBeLessThan((viewers * bytes) / 8);
          expect(crowd.length).toBe(viewers);
          proxy.cut();
          await Promise.all(crowd.map(({ closed }) => closed));
          await ann.leave();
        }),
      { clock: systemClock, caps },
    ));
});

// Hostile frames against a live server, in the same session as stock peers who know nothing of it:
// they stay connected, go on writing, hear that it is durable, and end with the same session.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../src/base/assert.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { below, pick, seededChance } from '../../../src/base/chance.ts';
import { encodeFrame } from '../../../src/protocol/frame.ts';
import { documentDigest } from '../../../src/session/digest.ts';
import { runs } from '../../support/count.ts';
import { proved } from '../../support/proved.ts';
import { damage } from '../../support/mutants.ts';
import { hostileFrame } from '../../support/hostile-frames.ts';
import { StockPeer } from '../../support/stock-peer.ts';
import { type SyncStage, withSync } from '../../support/sync-stage.ts';
import { Tally } from '../../support/tally.ts';
import type { WireClient } from '../../support/wire-client.ts';
import { untilDocument, WirePeer } from '../../support/wire-peer.ts';

const session = 'hostile-0123456789abcdef';
const { numRuns, seed = 1 } = runs(30_000, 300_000);
const BURST = 100;
const INNOCENT_EVERY = 10;
const CLIENTS = [901, 902, 903];

class Attack {
  readonly tally = new Tally();
  readonly #stage: SyncStage;
  readonly #chance = seededChance(seed);
  readonly #victims: readonly number[];
  readonly #heard: Uint8Array[] = [];
  #clients: (WireClient | undefined)[] = [];

  constructor(stage: SyncStage, victims: readonly number[]) {
    this.#stage = stage;
    this.#victims = victims;
  }

  async burst(): Promise<void> {
    const at = below(this.#chance, CLIENTS.length);
    const eve = await this.#eve(at);
    for (let frame = 0; frame < BURST; frame++) eve.send(this.#frame(at));
    // What was sent before is judged when this is answered, or the connection has ended.
    const answered = eve.ask({ type: 'hello' }).then(
      () => 'stayed',
      () => 'sent away',
    );
    this.tally.add(await answered);
  }

  async #eve(at: number): Promise<WireClient> {
    const present = this.#clients[at];
    if (present?.isOpen === true) return present;
    const eve = await this.#stage.wire(`eve${at}`, session);
    eve.send({ type: 'sync-step-1', stateVector: Uint8Array.of(0) });
    const first = eve.next('update').catch(() => undefined);
    await eve.ask({ type: 'hello' });
    void first.then((frame) => frame && this.#heard.push(frame.update));
    this.#clients[at] = eve;
    return eve;
  }

  #frame(at: number): Uint8Array {
    const index = this.#stage.server.rooms.find(session)?.shown?.ledger.index;
    const clients = [CLIENTS[at] ?? 1, ...this.#victims];
    const update = hostileFrame(this.#chance, defined(index, 'an index'), clients, this.#heard);
    const kinds = ['update', 'update', 'sync-step-2'] as const;
    const type = defined(pick(this.#chance, kinds), 'a type');
    const bytes = encodeFrame({ type, update });
    return below(this.#chance, 400) === 0 ? damage(this.#chance, bytes, bytes) : bytes;
  }
}

test(`[W155] [F23] HOLDFAST_SEED=${seed}: whoever shares a session with an attacker does not notice`, () =>
  withSync(
    async (stage) => {
      const token = await stage.token('ann');
      const { url } = stage;
      const stock = ['ann', 'bob'].map(() => new StockPeer({ url, session, token }));
      const barrier = new WirePeer({ url, session, token: await stage.token('cay') });
      try {
        await barrier.join();
        await Promise.all(stock.map((peer) => peer.untilSynced()));
        const victims = [barrier.doc, ...stock.map(({ doc }) => doc)];
        barrier.doc.getArray('messages').push([new Y.Map([['body', new Y.Text('hello')]])]);
        await barrier.barrier();
        const attack = new Attack(
          stage,
          victims.map(({ clientID }) => clientID),
        );
        for (let burst = 0; burst < Math.ceil(numRuns / BURST); burst++) {
          await attack.burst();
          if (burst % INNOCENT_EVERY > 0) continue;
          for (const doc of victims) doc.getMap('meta').set(`of ${doc.clientID}`, burst);
          await barrier.barrier();
        }
        const last = `${numRuns}`;
        for (const doc of victims) doc.getMap('meta').set(`last ${doc.clientID}`, last);
        await barrier.barrier();
        const isWhole = (doc: Y.Doc): boolean =>
          victims.every(({ clientID }) => doc.getMap('meta').get(`last ${clientID}`) === last);
        await Promise.all(victims.map((doc) => untilDocument(doc, isWhole)));
        proved(
          'hostile frames to a live server, beside peers who notice nothing',
          numRuns,
          `seed ${seed}`,
        );
        console.log(`${numRuns} hostile frames to a live server: ${attack.tally.toString()}`);
        await barrier.barrier();
        const late = new WirePeer({ url, session, token });
        await late.join();
        const wanted = documentDigest(late.doc);
        for (const doc of victims) {
          await untilDocument(doc, (of) => documentDigest(of) === wanted);
          expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
        }
        for (const peer of stock) expect(peer.statuses).toEqual(['connecting', 'connected']);
        expect(barrier.refused).toEqual([]);
        const broken = stage.logged.filter(({ message }) => message.endsWith('failed'));
        expect(broken).toEqual([]);
        await late.leave();
      } finally {
        for (const peer of stock) peer.destroy();
        await barrier.leave();
      }
    },
    {
      clock: systemClock,
      caps: { address: { burstMax: 100_000 }, principal: { burstMax: 100_000 } },
    },
  ));

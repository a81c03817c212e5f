// Peers of another make in worlds of a seed: what yrs sends in good faith is taken, live or as the
// answer to a question, late and twice, and both makes end with the same session.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DocumentIndex } from '../../../server/room/document-index.ts';
import { judge } from '../../../server/room/gate.ts';
import { roomLimits } from '../../../server/room/limits.ts';
import { below, pick, seededChance } from '../../../src/base/chance.ts';
import { syncAnswerBudget, updateBudget } from '../../../src/protocol/limits.ts';
import { writeStateVector } from '../../../src/protocol/state-vector.ts';
import { count, seed as wantedSeed } from '../../support/count.ts';
import { RoomOracle } from '../../support/room-oracle.ts';
import { Tally } from '../../support/tally.ts';
import { YrsPeer } from '../../support/yrs-peer.ts';

const WORLDS = count(200, 10_000);
const STEPS = 60;
const tally = new Tally();

/** A Yjs peer beside them. It cuts no surrogate pair in two, at which yrs breaks off. */
class YjsPeer {
  readonly doc = new Y.Doc();
  outbox: Uint8Array[] = [];
  readonly #texts: Y.Text[] = [];

  constructor(client: number) {
    this.doc.clientID = client;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'room') this.outbox.push(update);
    });
  }

  write(act: number, at: number): void {
    const messages = this.doc.getArray('messages');
    const text = this.#texts[at % Math.max(1, this.#texts.length)];
    if (act === 0) this.#removeOwn(messages);
    else if (act === 1) this.doc.getMap('meta').set('title', { at });
    else if (act < 4 && text?._item?.deleted === false) text.insert(text.length, 'on 😀');
    else {
      const begun = new Y.Text('begin ');
      this.#texts.push(begun);
      messages.push([
        new Y.Map<unknown>([
          ['head', { at }],
          ['body', Y.Array.from([begun])],
        ]),
      ]);
    }
  }

  /** People write in their own messages. */
  #removeOwn(messages: Y.Array<unknown>): void {
    const own = messages
      .toArray()
      .findIndex((one) => one instanceof Y.Map && one._item?.id.client === this.doc.clientID);
    if (own >= 0) messages.delete(own, 1);
  }
}

class YrsWorld {
  readonly problems: string[] = [];
  readonly #chance;
  readonly #index = new DocumentIndex();
  readonly #oracle: RoomOracle;
  readonly #peers: readonly YrsPeer[];
  readonly #yjs: YjsPeer;
  readonly #log: Uint8Array[] = [];
  readonly #seen = new Map<YrsPeer, number>();

  constructor(seed: number) {
    this.#chance = seededChance(seed);
    this.#oracle = new RoomOracle(seed % 2 === 0);
    this.#peers = ['r0', 'r1'].map((name) => new YrsPeer(name, this.#chance));
    this.#yjs = new YjsPeer(1 + below(this.#chance, 2 ** 31));
  }

  run(): void {
    for (let step = 0; step < STEPS && this.problems.length === 0; step++) this.#step();
    for (const peer of this.#peers) this.#answer(peer);
    this.#judge('ada', Y.encodeStateAsUpdate(this.#yjs.doc), true);
    for (const peer of this.#peers) {
      this.#receive(peer);
      if (text(peer.clocks()) !== text(this.#index.clocks())) this.problems.push('clocks');
      peer.free();
    }
    // Whoever comes now is given what the server serves, which is collected. Who was there all the
    // time may have deleted less: of a range whose beginning is collected, yrs leaves the rest alone.
    const served = new Y.Doc();
    Y.applyUpdate(served, Y.encodeStateAsUpdate(this.#oracle.doc));
    const late = new YrsPeer('late', this.#chance);
    late.take(Y.encodeStateAsUpdate(served));
    this.#compare(late);
    late.free();
  }

  #step(): void {
    const peer = pick(this.#chance, this.#peers) ?? this.#peers[0];
    if (peer === undefined) return;
    switch (below(this.#chance, 8)) {
      case 0:
        return this.#receive(peer);
      case 1:
        return this.#answer(peer);
      case 2:
        this.#yjs.write(below(this.#chance, 6), below(this.#chance, 1_000));
        for (const update of this.#yjs.outbox.splice(0)) this.#judge('ada', update, false);
        return undefined;
      case 3:
      case 4:
        for (const update of peer.outbox.splice(0)) {
          if (below(this.#chance, 10) === 0) tally.add('lost');
          else this.#judge(peer.principal, update, false);
        }
        return undefined;
      default:
        return tally.add(peer.write());
    }
  }

  #answer(peer: YrsPeer): void {
    peer.outbox = [];
    const isExact = below(this.#chance, 2) === 0;
    const known = isExact ? writeStateVector(this.#index.clocks()) : undefined;
    tally.add(isExact ? 'asked' : 'asked for all');
    this.#judge(peer.principal, peer.state(known), true);
  }

  #receive(peer: YrsPeer): void {
    Y.applyUpdate(this.#yjs.doc, Y.encodeStateAsUpdate(this.#oracle.doc), 'room');
    for (const update of this.#log.slice(this.#seen.get(peer) ?? 0)) peer.take(update);
    this.#seen.set(peer, this.#log.length);
  }

  #judge(principal: string, bytes: Uint8Array, isAnswer: boolean): void {
    const sender = { principal, mayWriteIn: () => true, isRefused: () => false };
    const budget = isAnswer ? syncAnswerBudget : updateBudget;
    const verdict = judge(this.#index, bytes, { sender, budget, isAnswer }, roomLimits);
    if (!verdict.ok) {
      tally.add(verdict.code);
      if (verdict.code === 'refused') this.problems.push(`${principal} refused by ${verdict.rule}`);
      return;
    }
    this.#log.push(...verdict.updates);
    this.#oracle.apply(verdict.updates);
    this.problems.push(...this.#oracle.differences(this.#index));
  }

  #compare(peer: YrsPeer): void {
    const theirs = peer.content();
    for (const [name, root] of Object.entries(theirs)) {
      const ours: unknown = this.#oracle.doc.share.get(name)?.toJSON();
      if (JSON.stringify(sorted(ours)) === JSON.stringify(sorted(root))) tally.add('same root');
      else this.problems.push(`${name}: ${JSON.stringify(root)} but ${JSON.stringify(ours)}`);
    }
  }
}

const text = (clocks: ReadonlyMap<number, number>): string =>
  JSON.stringify([...clocks].toSorted(([a], [b]) => a - b));

/** Keys in one order: a map has none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}

test('[W150] what yrs sends in good faith is taken, and both makes end with the same session', () => {
  const first = wantedSeed() ?? 1;
  const worlds = wantedSeed() === undefined ? WORLDS : 1;
  for (let seed = first; seed < first + worlds; seed++) {
    const world = new YrsWorld(seed);
    world.run();
    expect(world.problems, `HOLDFAST_SEED=${seed}`).toEqual([]);
  }
  console.log(`yrs: ${tally.toString()}`);
  const wanted = ['begun', 'appended', 'deleted', 'set', 'unset', 'asked', 'asked for all'].concat([
    'lost',
    'gap',
    'same root',
  ]);
  expect(worlds >= 20 ? tally.missing(wanted) : []).toEqual([]);
});

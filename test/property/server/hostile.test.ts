// Hostile updates against the gate and its index. What is let in, a document takes without an
// error, fires for, and holds as the index says; what is not let in has changed nothing.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { DocumentIndex } from '../../../server/room/document-index.ts';
import { below, type Chance, seededChance } from '../../../src/base/chance.ts';
import { documentDigest } from '../../../src/session/digest.ts';
import { runs } from '../../support/count.ts';
import { proved } from '../../support/proved.ts';
import { ask, everythingIn } from '../../support/gate.ts';
import { hostileFrame } from '../../support/hostile-frames.ts';
import { RoomOracle } from '../../support/room-oracle.ts';
import { createTabs, write } from '../../support/room-peers.ts';
import { Tally } from '../../support/tally.ts';

const { numRuns, seed = 1 } = runs(100_000, 1_000_000);
const FRAMES_PER_WORLD = 250;
const WORLDS = Math.ceil(numRuns / FRAMES_PER_WORLD);
const WORLDS_PER_TEST = 50;

const tally = new Tally();

class HostileWorld {
  readonly #chance: Chance;
  readonly #index = new DocumentIndex();
  readonly #oracle: RoomOracle;
  readonly #honest: Uint8Array[] = [];
  #clients: readonly number[];
  #fired = 0;

  constructor(of: number) {
    this.#chance = seededChance(of);
    this.#oracle = new RoomOracle(of % 2 === 0);
    this.#oracle.doc.on('update', () => this.#fired++);
    const tabs = createTabs(this.#chance, 2);
    for (let at = 0; at < 12; at++) {
      for (const tab of tabs) {
        write(this.#chance, tab);
        for (const update of tab.outbox.splice(0)) {
          this.#honest.push(update);
          if (at < 8) this.#take(update, tab.principal, false);
        }
      }
    }
    this.#clients = [...tabs.map(({ doc }) => doc.clientID), 5, 2 ** 40];
  }

  frame(): string | undefined {
    const bytes = hostileFrame(this.#chance, this.#index, this.#clients, this.#honest);
    const isAnswer = below(this.#chance, 8) === 0;
    try {
      return this.#take(bytes, 'p0', isAnswer);
    } catch (error) {
      return `${String(error)} at ${Buffer.from(bytes).toString('hex')}`;
    }
  }

  #take(bytes: Uint8Array, principal: string, isAnswer: boolean): string | undefined {
    const before = everythingIn(this.#index);
    const limits = below(this.#chance, 2) === 0 ? { chunkStructsMax: 1 } : {};
    const verdict = ask(this.#index, bytes, { principal, isAnswer, limits });
    if (!verdict.ok || verdict.updates.length === 0) {
      tally.add(verdict.ok ? 'nothing new' : verdict.code === 'gap' ? 'gap' : verdict.rule);
      return everythingIn(this.#index) === before ? undefined : 'what was not taken left a trace';
    }
    tally.add(verdict.leftOut > 0 ? 'taken in part' : 'taken');
    const fired = this.#fired;
    this.#oracle.apply(verdict.updates);
    // A document that threw in the middle never fires again.
    if (this.#fired === fired) return 'a document took it and did not fire';
    const [difference] = this.#oracle.differences(this.#index);
    return difference && `${difference} after ${Buffer.from(bytes).toString('hex')}`;
  }

  end(): string | undefined {
    const again = new Y.Doc();
    Y.applyUpdate(again, Y.encodeStateAsUpdate(this.#oracle.doc));
    const isSame = documentDigest(again) === documentDigest(this.#oracle.doc);
    return isSame ? undefined : 'a reload differs';
  }
}

function problemOf(world: number): string | undefined {
  const one = new HostileWorld(seed * 1_000_000 + world);
  for (let frame = 0; frame < FRAMES_PER_WORLD; frame++) {
    const problem = one.frame();
    if (problem !== undefined) return `world ${world}, frame ${frame}: ${problem}`;
  }
  return one.end();
}

test.each(Array.from({ length: Math.ceil(WORLDS / WORLDS_PER_TEST) }, (_, at) => at))(
  `[W155] [W150] [F23] HOLDFAST_SEED=${seed}: what is let in a document takes, what is not has changed nothing: worlds %i`,
  (part) => {
    const from = part * WORLDS_PER_TEST;
    for (let world = from; world < Math.min(WORLDS, from + WORLDS_PER_TEST); world++) {
      expect(problemOf(world)).toBeUndefined();
    }
  },
);

test.runIf(numRuns >= 20_000)('[W155] every way to be judged was tried', () => {
  proved('hostile updates before the gate', WORLDS * FRAMES_PER_WORLD, `seed ${seed}`);
  console.log(`${WORLDS * FRAMES_PER_WORLD} hostile frames: ${tally.toString()}`);
  const wanted = ['taken', 'taken in part', 'nothing new', 'gap', 'root', 'shape', 'right-origin']
    .concat(['parent-type', 'key-length', 'client-bound', 'reference', 'length', 'truncated'])
    .concat(['varint', 'trailing-bytes', 'range-order', 'text', 'kind']);
  expect(tally.missing(wanted)).toEqual([]);
});

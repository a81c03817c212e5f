// The view is a function of the document: whoever followed it step by step sees what
// somebody sees who opens it now. Honest and hostile peers write; readers follow with
// updates one by one, and merged.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { Branches } from '../../src/session/branches.ts';
import { openSession } from '../../src/session/session.ts';
import { type View, ViewReader } from '../../src/session/view.ts';
import { attack, attackNames } from '../support/hostile.ts';
import { busyCrowd, deedNames, step } from '../support/deeds.ts';
import { Crowd } from '../support/crowd.ts';
import { runs } from '../support/count.ts';
import { Tally } from '../support/tally.ts';
import { expectSameView } from '../support/view-text.ts';

/** The view of somebody who opens the document as it is now. */
function anew(doc: Y.Doc, branches?: Branches): View {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return new ViewReader(copy, branches).view;
}

/** Reads along in a document, with branches of its own. */
class Follower {
  readonly doc: Y.Doc;
  readonly branches = new Branches();
  readonly reader: ViewReader;

  constructor(doc = new Y.Doc()) {
    this.doc = doc;
    this.reader = new ViewReader(doc, this.branches);
    doc.on('afterTransaction', (transaction) => this.reader.take(transaction));
  }

  /** Looks at another branch, as people do. */
  wander(chance: Chance): void {
    const { tree, messages } = this.reader.view;
    const message = pick(chance, [...messages]);
    if (message !== undefined) this.branches.choose(tree, message.id);
    this.branches.follow(below(chance, 2) === 0);
    this.reader.chose();
  }

  check(what: string): void {
    expectSameView(this.reader.view, anew(this.doc, this.branches), what);
  }
}

/** What every peer sees of a session, whatever branches it chose. */
const shared = (view: View): View => ({ ...view, path: [] });

const seeds = fc.noShrink(fc.integer({ min: 0, max: 0xfffffffe }));

describe('honest peers', () => {
  const tally = new Tally();

  test('[S33] every peer sees, after each step, what somebody sees who opens the session then', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const crowd = new Crowd(seed);
        const followers = crowd.peers.map((peer) => new Follower(peer.doc));
        for (let at = 0; at < 60; at++) {
          step(crowd);
          if (at % 6 !== 5) continue;
          const what = `step ${at}`;
          for (const peer of crowd.peers) {
            expectSameView(shared(peer.view), shared(anew(peer.doc)), what);
          }
          for (const follower of followers) {
            follower.check(what);
            follower.wander(crowd.chance);
          }
        }
        for (const [kind, times] of crowd.tally.counts) tally.add(kind, times);
      }),
      runs(60, 5_000),
    );
    console.log(`deeds: ${tally.toString()}`);
    expect(tally.missing(deedNames)).toEqual([]);
  });

  test('[S33] updates one by one, merged, and in two halves give one view', () => {
    let messages = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const { updates, room } = busyCrowd(seed, 60);
        const half = Math.floor(updates.length / 2);
        for (const groups of [
          updates,
          [Y.mergeUpdates(updates)],
          [Y.mergeUpdates(updates.slice(0, half)), Y.mergeUpdates(updates.slice(half))],
        ]) {
          const reader = openSession(new Y.Doc(), { principal: 'reader' });
          for (const update of groups) Y.applyUpdate(reader.doc, update);
          messages += reader.view.messages.size;
          expectSameView(reader.view, anew(room.doc), `${groups.length} groups`);
        }
      }),
      runs(20, 2_000),
    );
    expect(messages).toBeGreaterThan(20);
  });
});

describe('hostile peers', () => {
  const tally = new Tally();

  test('[S33] what a hostile peer does is read step by step as it is read anew', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const chance = seededChance(seed + 1);
        const { room } = busyCrowd(seed, 40);
        const enemy = new Y.Doc();
        enemy.clientID = chance.uint32();
        const follower = new Follower();
        Y.applyUpdate(enemy, Y.encodeStateAsUpdate(room.doc));
        Y.applyUpdate(follower.doc, Y.encodeStateAsUpdate(room.doc));
        const waiting: Uint8Array[] = [];
        enemy.on('update', (update) => waiting.push(update));
        const done: string[] = [];
        for (let at = 0; at < 40; at++) {
          const name = attack(enemy, chance);
          tally.add(name);
          done.push(name);
          if (below(chance, 3) === 0) continue;
          const merged = below(chance, 3) === 0 ? [Y.mergeUpdates(waiting)] : [...waiting];
          waiting.length = 0;
          for (const update of merged) Y.applyUpdate(follower.doc, update);
          if (below(chance, 3) === 0) void follower.reader.view.path;
          if (below(chance, 3) > 0) continue;
          follower.check(done.join(', '));
          follower.wander(chance);
        }
      }),
      runs(150, 20_000),
    );
    console.log(`attacks: ${tally.toString()}`);
    expect(tally.missing(attackNames)).toEqual([]);
  });
});

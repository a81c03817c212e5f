import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, pick } from '../../../src/base/chance.ts';
import { readAppend } from '../../../src/protocol/append.ts';
import { readUpdate } from '../../../src/protocol/update.ts';
import { count, seed } from '../../support/count.ts';
import { expectSame } from '../../support/same.ts';
import { actAsPerson } from '../../support/people.ts';
import { Tally } from '../../support/tally.ts';
import { Workers } from '../../support/workers.ts';
import { World } from '../../support/world.ts';
import { ourReading, yjsReading } from '../../support/yjs-reading.ts';

const worlds = count(40, 4_000);
const first = seed() ?? 1;

/** What all peers of a world have sent and nobody has taken yet, each update once. */
function* sentIn(world: World, seen: WeakSet<Uint8Array>): Iterable<Uint8Array> {
  for (const { link } of world.peers) {
    for (const frame of link.up) {
      if (!('update' in frame) || seen.has(frame.update)) continue;
      seen.add(frame.update);
      yield frame.update;
    }
  }
}

test('[W3] everything that a session writes is within the budget of an update', () => {
  let updates = 0;
  let appends = 0;
  for (let one = first; one < first + worlds; one++) {
    const world = new World(one, new Tally());
    const workers = new Workers(world);
    const seen = new WeakSet<Uint8Array>();
    for (let step = 0; step < 60; step++) {
      const person = pick(world.chance, world.people);
      if (person !== undefined && below(world.chance, 3) === 0) actAsPerson(world, person);
      else workers.act();
      for (const update of sentIn(world, seen)) {
        updates++;
        expect(readUpdate(update), `seed ${one}`).toMatchObject({ ok: true });
        expectSame(ourReading(update), yjsReading(update), () => `seed ${one}`);
        if (readAppend(update) !== undefined) appends++;
      }
      for (const peer of world.peers) {
        world.deliverUp(peer);
        world.deliverDown(peer);
      }
    }
    for (const { session } of world.peers) {
      const state = Y.encodeStateAsUpdate(session.doc);
      expect(ourReading(state), `seed ${one}`).toEqual(yjsReading(state));
    }
  }
  expect(updates).toBeGreaterThan(worlds * 10);
  expect(appends).toBeGreaterThan(worlds / 10);
});

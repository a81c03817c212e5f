import { expect, test } from 'vitest';
import { seededChance } from '../../../src/base/chance.ts';
import { count, seed } from '../../support/count.ts';
import { expectSame } from '../../support/same.ts';
import { stockUpdates } from '../../support/stock-peers.ts';
import { Tally } from '../../support/tally.ts';
import { ourReading, type Reading, yjsReading } from '../../support/yjs-reading.ts';

const worlds = count(250, 25_000);
const first = seed() ?? 1;

/** What a run must have met, or it has proved less than it says. */
const ways: readonly string[] = [
  'incremental',
  'relayed',
  'full',
  'answer',
  'answer to a part',
  'of a peer that waits',
].concat(['diffUpdate', 'diffUpdate of a part', 'merged', 'merged, with holes']);
const kinds: readonly string[] =
  'map array text string json binary deleted gc skip right key root nested range'.split(' ');

function* kindsIn({ structs, ranges }: Reading): Iterable<string> {
  if (ranges.length > 0) yield 'range';
  for (const { kind, right, key, parent } of structs) {
    yield kind;
    if (right !== null) yield 'right';
    if (key !== null) yield 'key';
    if (parent !== null) yield parent.startsWith('"') ? 'root' : 'nested';
  }
}

test('[W3] whatever a Yjs peer sends in good faith is read, and as Yjs reads it', () => {
  const met = new Tally();
  for (let world = first; world < first + worlds; world++) {
    for (const { how, bytes } of stockUpdates(seededChance(world), 40)) {
      const wanted = yjsReading(bytes);
      expectSame(ourReading(bytes), wanted, () => `seed ${world}, ${how}`);
      for (const what of [how, ...kindsIn(wanted)]) met.add(what);
    }
  }
  console.log(`${worlds} worlds of stock peers: ${met.toString()}`);
  expect(met.missing([...ways, ...kinds])).toEqual([]);
});

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../src/base/assert.ts';
import { below, type Chance, pick, seededChance } from '../../../src/base/chance.ts';
import { canonicalJson, type Json } from '../../../src/base/json.ts';
import { count, seed } from '../../support/count.ts';
import { proved } from '../../support/proved.ts';
import { isKeyed } from '../../support/keyed-chain.ts';
import { assemble, damage } from '../../support/mutants.ts';
import { expectSame } from '../../support/same.ts';
import { stockUpdates } from '../../support/stock-peers.ts';
import { Tally } from '../../support/tally.ts';
import { ourReading, type Reading, yjsReading } from '../../support/yjs-reading.ts';

const first = seed() ?? 1;
const tries = count(100_000, 1_000_000);

/** Real updates to damage, short ones, because wounds are few. */
const pool = Array.from({ length: 40 }, (_, index) => stockUpdates(seededChance(1_000 + index), 20))
  .flat()
  .map(({ bytes }) => bytes)
  .filter(({ length }) => length < 400);

function hostileUpdate(chance: Chance): Uint8Array {
  const one = (): Uint8Array => defined(pick(chance, pool), 'an update');
  const made = below(chance, 3) > 0 ? assemble(chance) : damage(chance, one(), one());
  return below(chance, 6) === 0 ? damage(chance, made, one()) : made;
}

/**
 * What the reader leaves to whoever knows the document: nothing is written before something else,
 * and a value under a key is one. Without both, Yjs itself sorts or collects differently, or throws.
 */
function isPlain({ structs }: Reading): boolean {
  const gone = new Set(['deleted', 'gc', 'skip']);
  return structs.every(
    (struct) =>
      struct.right === null &&
      (struct.length === 1 || gone.has(struct.kind) || !isKeyed(structs, struct)),
  );
}

/** All that the roots of an assembled or damaged update hold. */
function contents(doc: Y.Doc): string {
  const values: unknown = [
    doc.getMap('map').toJSON(),
    doc.getArray('list').toJSON(),
    doc.getText('text').toJSON(),
  ];
  return canonicalJson(values as Json);
}

/**
 * Applies the update. An edit after it must be heard, what is stored must be read as Yjs reads it,
 * and a reload must hold the same.
 */
function applyAndReload(bytes: Uint8Array, context: () => string): 'whole' | 'waiting' {
  const doc = new Y.Doc();
  doc.clientID = 99;
  Y.applyUpdate(doc, bytes);
  let fired = 0;
  doc.on('update', () => fired++);
  doc.getMap('canary').set('alive', true);
  expectSame(fired, 1, context);
  const state = Y.encodeStateAsUpdate(doc);
  expectSame(ourReading(state), yjsReading(state), context);
  const again = new Y.Doc();
  Y.applyUpdate(again, state);
  expectSame(contents(again), contents(doc), context);
  expectSame(Y.encodeStateVector(again), Y.encodeStateVector(doc), context);
  return doc.store.pendingStructs === null ? 'whole' : 'waiting';
}

test('[W4] [W6] nothing that is refused is missed and nothing that is read misleads', () => {
  const seen = new Tally();
  const chance = seededChance(first);
  for (let i = 0; i < tries; i++) {
    const bytes = hostileUpdate(chance);
    const context = (): string =>
      `seed ${first}, update ${i}, ${Buffer.from(bytes).toString('hex')}`;
    const ours = ourReading(bytes);
    if (typeof ours === 'string') {
      seen.add(ours);
      continue;
    }
    seen.add('read');
    expectSame(yjsReading(bytes), ours, context);
    if (!isPlain(ours)) continue;
    try {
      seen.add(applyAndReload(bytes, context));
    } catch (cause) {
      throw new Error(context(), { cause });
    }
  }
  proved('hostile updates to the reader', tries, `seed ${first}`);
  console.log(`${tries} hostile updates: ${seen.toString()}`);
  const wanted = ['read', 'whole', 'waiting', 'truncated', 'reference', 'length', 'text', 'varint'];
  expect(seed() === undefined ? seen.missing(wanted) : []).toEqual([]);
});

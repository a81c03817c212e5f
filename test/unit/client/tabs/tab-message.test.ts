// What tabs take from their channel, on which any script of the origin can write.

import { expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { MemoryDisk } from '../../../../src/client/store/memory-disk.ts';
import { createOfflineStore, scopeName } from '../../../../src/client/store/offline-store.ts';
import { memoryTabs } from '../../../../src/client/tabs/tab-channel.ts';
import { decodeTabMessage, encodeTabMessage } from '../../../../src/client/tabs/tab-message.ts';
import { StoreTab } from '../../../../src/conformance/store-stage.ts';

const ID = 'a-session-of-this-test';
const update = Uint8Array.of(0, 0);
const whole = encodeTabMessage({
  from: 'a',
  topic: ID,
  words: { kind: 'base', resets: 0, updates: [update] },
});

const hostile: readonly unknown[] = [
  undefined,
  null,
  'text',
  { v: 2, from: 'a', topic: ID, words: { kind: 'wiped' } },
  { v: 1, from: 'a', topic: ID },
  { v: 1, from: 'a', topic: ID, words: { kind: 'no such word' } },
  { v: 1, from: 'a', topic: ID, words: { kind: 'base', resets: -1, updates: [update] } },
  { v: 1, from: 'a', topic: ID, words: { kind: 'base', resets: 0, updates: ['x'] } },
  { v: 1, from: 'x'.repeat(300), topic: ID, words: { kind: 'wiped' } },
  { v: 1, from: 'a', topic: ID, words: { kind: 'own', entries: [{ id: 'x' }] } },
  { v: 1, from: 'a', topic: ID, words: { kind: 'settle', ids: [1] } },
  {
    v: 1,
    from: 'a',
    topic: ID,
    words: { kind: 'stored', resets: 0, ids: [], extent: { structs: [0.5], deletions: [] } },
  },
  { v: 1, from: 'a', topic: ID, words: { kind: 'reset', resets: Number.NaN, handled: [] } },
];

test('[C28] a message that is not whole is as if it had not been said', () => {
  expect(decodeTabMessage(structuredClone(whole))).toBeDefined();
  expect(hostile.map(decodeTabMessage)).toEqual(hostile.map(() => undefined));
});

test('[C28] whatever is said on the channel, a tab goes on', async () => {
  const tabs = memoryTabs((give) => give());
  const clock = manualClock(1);
  const store = createOfflineStore({
    server: 'ws://here',
    principal: 'ann',
    clock,
    chance: seededChance(1),
    disk: new MemoryDisk({ keeps: true }),
    tabs,
  });
  const tab = new StoreTab(store, ID);
  await tab.load();
  const channel = tabs(scopeName('ws://here', 'ann'));
  const say = (words: unknown): void => channel.post({ v: 1, from: 'eve', topic: ID, words });
  for (const message of hostile) channel.post(message);
  say({ kind: 'hello', clocks: Uint8Array.of(255, 255) });
  say({ kind: 'stored', resets: 0, ids: [], extent: { structs: [1, 2], deletions: [1, 0, 9] } });
  say({ kind: 'settled', ids: ['nobody'] });
  say({ kind: 'base', resets: 0, updates: [] });
  const id = tab.write('still here');
  await tab.session.flush();
  expect(tab.stored.has(id)).toBe(true);
  await store.close();
});

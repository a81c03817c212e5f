// What any offline store does, as a list of cases that need no test framework: run each, and what it
// throws says what is missing. Each uses sessions of its own; those that count or delete all that is
// held want a device of their own, so that a new principal for each case is best.

import * as Y from 'yjs';
import { systemChance } from '../base/chance.ts';
import { createId } from '../base/id.ts';
import type { ConformanceCase } from './server-cases.ts';
import { expectThat } from './stock.ts';
import { type StoreOptions, StoreStage } from './store-stage.ts';

type Act = (stage: StoreStage, id: string) => Promise<void>;

/** Updates of somebody else, one for each word. */
function streamed(words: readonly string[]): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const text = doc.getText('reply');
  for (const word of words) text.insert(text.length, word);
  return updates;
}

async function ownComesBack(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  const first = tab.write('one');
  const second = tab.write('two');
  await tab.session.flush();
  expectThat(tab.stored.has(first) && tab.stored.has(second), 'what is stored is said to be');
  await tab.store.close();
  const again = await stage.tab(id);
  expectThat(
    [...again.entries.keys()].join() === `${first},${second}`,
    'entries are there once, in order',
  );
  expectThat(
    again.entries.get(first)?.intent?.['content'] === 'one',
    'with what was meant by them',
  );
  expectThat(again.words.join() === 'one,two', 'and with their words');
}

async function baseComesBack(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  const words = Array.from({ length: 300 }, (_, at) => `word-${at}\u{1F600} `);
  for (const update of streamed(words)) tab.receive(update);
  await tab.store.close();
  const again = await stage.tab(id);
  expectThat(again.digest === tab.digest, 'words of a server are there after opening again');
  expectThat(again.entries.size === 0, 'and nothing of them is to be sent');
}

async function settling(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  const [first, second] = [tab.write('one'), tab.write('two')];
  await tab.session.flush();
  tab.session.settle([first]);
  tab.session.settle([first, 'nobody']);
  await tab.store.close();
  const again = await stage.tab(id);
  expectThat([...again.entries.keys()].join() === second, 'what is durable is to be sent no more');
  expectThat(again.words.join() === 'one,two', 'and its words are still there');
  const { base } = await again.session.load();
  const doc = new Y.Doc();
  for (const update of base) Y.applyUpdate(doc, update);
  expectThat(doc.getArray('words').toArray().join() === 'one', 'they went into the base');
}

async function settledBeforeStored(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  tab.session.settle([tab.write('one')]);
  await tab.store.close();
  const again = await stage.tab(id);
  expectThat(again.entries.size === 0, 'what was durable before it was stored is not to be sent');
  expectThat(again.words.join() === 'one', 'and is not lost');
}

async function facts(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  tab.session.setGeneration('g1');
  tab.session.keep({ id: 'a', draft: { reason: 'why' } });
  tab.session.keep({ id: 'b', draft: { reason: 'because' } });
  tab.session.unkeep('a');
  await tab.store.close();
  const { generation, kept, mixed } = await (await stage.tab(id)).session.load();
  expectThat(generation === 'g1', 'the generation is kept');
  expectThat(JSON.stringify(kept) === '[{"id":"b","draft":{"reason":"because"}}]', 'so are drafts');
  expectThat(!mixed, 'a base holds nothing but what a server said');
}

async function replacing(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  const lost = tab.write('refused');
  for (const update of streamed(['good'])) tab.receive(update);
  await tab.session.flush();
  const other = await stage.tab(id);
  const [update] = streamed(['again']);
  const entry = { id: 'again', at: 2, client: 7, update: update ?? new Uint8Array(), intent: null };
  const kept = [{ id: lost, draft: 'refused' }];
  const end = await tab.session.replace({ base: streamed(['good']), outbox: [entry], kept });
  expectThat(end === 'done', 'a session is replaced');
  await stage.until(() => other.resets === 1, 'a tab that hears of the replacement');
  expectThat(tab.resets === 0, 'whoever replaces is not told so');
  for (const { session } of [tab, other]) {
    const loaded = await session.load();
    expectThat(loaded.resets === 1, 'a replacement is counted');
    expectThat(loaded.outbox.map((one) => one.id).join() === 'again', 'the outbox is the new one');
    expectThat(loaded.stale.length === 0, 'what was dealt with is no more');
    expectThat(loaded.kept.map((one) => one.id).join() === lost, 'what was refused is kept');
  }
}

async function stale(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  const other = await stage.tab(id);
  // In one turn: neither knows of the other's.
  const replaced = tab.session.replace({ base: [], outbox: [], kept: [] });
  const late = other.write('late');
  await replaced;
  await stage.until(() => other.resets === 1, 'a tab that hears of the replacement');
  await other.session.flush();
  const loaded = await other.session.load();
  const found = [...loaded.stale, ...loaded.outbox].map((one) => one.id);
  expectThat(found.join() === late, 'an entry that a replacement did not know of is not lost');
  expectThat(loaded.stale.length === 1, 'and is told to be of before');
  other.session.drop([late]);
  await other.session.flush();
  const left = await (await stage.tab(id)).session.load();
  expectThat(left.stale.length + left.outbox.length === 0, 'until it is dropped');
}

async function staying(stage: StoreStage, id: string): Promise<void> {
  const [tab, other] = [await stage.tab(id), await stage.tab(id)];
  const entry = tab.write('stays');
  await stage.until(() => other.entries.has(entry), 'an entry in another tab');
  await tab.session.flush();
  const { outbox } = await tab.session.load();
  await tab.session.replace({ base: [], outbox, kept: [] });
  await stage.until(() => other.resets === 1, 'a tab that hears of the replacement');
  for (const { session } of [tab, other, await stage.tab(id)]) {
    const loaded = await session.load();
    expectThat(loaded.outbox.map((one) => one.id).join() === entry, 'what stays is not sent yet');
    expectThat(loaded.stale.length + loaded.base.length === 0, 'and is of what is there now');
  }
  other.session.settle([entry]);
  await other.session.flush();
  const { outbox: left, base } = await (await stage.tab(id)).session.load();
  expectThat(left.length === 0 && base.length === 1, 'until it is durable');
}

async function replacedByTwo(stage: StoreStage, id: string): Promise<void> {
  const [one, other] = [await stage.tab(id), await stage.tab(id)];
  const [first, second] = [streamed(['first']), streamed(['second'])];
  const ends = await Promise.all([
    one.session.replace({ base: first, outbox: [], kept: [] }),
    other.session.replace({ base: second, outbox: [], kept: [] }),
  ]);
  expectThat([...ends].sort().join() === 'done,overtaken', 'one of two replaces a session');
  const { base, resets } = await (await stage.tab(id)).session.load();
  expectThat(resets === 1 && base.length === 1, 'and it is replaced once');
  const doc = new Y.Doc();
  for (const update of base) Y.applyUpdate(doc, update);
  const winner = ends[0] === 'done' ? 'first' : 'second';
  expectThat(doc.getText('reply').toJSON() === winner, 'by the one who was told so');
}

async function storedByTwo(stage: StoreStage, id: string): Promise<void> {
  const [one, other] = [await stage.tab(id), await stage.tab(id)];
  const entry = one.write('one');
  await stage.until(() => other.entries.has(entry), 'an entry in another tab');
  await Promise.all([one.session.flush(), other.session.flush()]);
  const states = [one, other].map(({ session }) => session.state.state);
  expectThat(states.join() === 'persistent,persistent', 'two tabs that store the same do no harm');
  const { outbox } = await (await stage.tab(id)).session.load();
  expectThat(outbox.length === 1, 'and it is there once');
}

async function twoTabs(stage: StoreStage, id: string): Promise<void> {
  const [one, other] = [await stage.tab(id), await stage.tab(id)];
  const first = one.write('one');
  const second = other.write('two');
  for (const update of streamed(['a', 'b', 'c'])) one.receive(update);
  await stage.until(
    () => one.digest === other.digest && one.words.length === 2,
    'the same in both',
  );
  expectThat(other.entries.has(first) && one.entries.has(second), 'with their entries');
  await stage.until(() => one.stored.has(first), 'a receipt for what one tab wrote');
  await stage.until(() => other.stored.has(second), 'a receipt for what the other wrote');
  one.session.settle([second]);
  await stage.until(() => other.settled.has(second), 'what is durable, in every tab');
  const third = await stage.tab(id);
  await stage.until(() => third.digest === one.digest, 'the same in a tab that comes later');
}

async function outlives(stage: StoreStage, id: string): Promise<void> {
  const [one, other] = [await stage.tab(id), await stage.tab(id)];
  await one.store.close();
  const late = other.write('after the other was closed');
  await stage.until(() => other.stored.has(late), 'a receipt after the other tab was closed');
}

async function smallThings(stage: StoreStage): Promise<void> {
  const { records, blobs } = await stage.store();
  await records.set('list/b', { n: 1 });
  await records.set('list/a', [1, null]);
  await records.set('other', 'x');
  const entries = await records.entries('list/');
  expectThat(JSON.stringify(entries) === '[["list/a",[1,null]],["list/b",{"n":1}]]', 'by prefix');
  await records.delete('list/a');
  expectThat((await records.get('list/a')) === undefined, 'a record is deleted');
  const bytes = Uint8Array.from([1, 2, 3]);
  await blobs.put('h', bytes);
  await blobs.put('i', new Blob([bytes], { type: 'image/png' }));
  expectThat((await blobs.total()) === 6, 'the bytes of files are counted');
  const blob = await (await stage.store()).blobs.get('i');
  expectThat(blob?.type === 'image/png' && blob.size === 3, 'a file is there in another tab');
  await blobs.delete('i');
  expectThat((await blobs.total()) === 3 && (await blobs.get('i')) === undefined, 'and is deleted');
}

async function evicting(stage: StoreStage): Promise<void> {
  const ids = ['sent', 'unsent', 'pinned', 'open'].map((name) => name.padEnd(16, '-'));
  const [sent = '', unsent = '', pinned = '', open = ''] = ids;
  for (const id of ids) {
    const tab = await stage.tab(id);
    for (const update of streamed(['x'.repeat(1_000)])) tab.receive(update);
    if (id === unsent) tab.write('not durable');
    await tab.store.close();
  }
  const store = await stage.store();
  await store.pin(pinned, true);
  await stage.tab(open);
  const before = await store.sessions();
  expectThat(
    before.length === 4 && before.every(({ bytes }) => bytes >= 1_000),
    'what is held is known',
  );
  expectThat(before.find(({ id }) => id === unsent)?.unsent === 1, 'and what is not sent of it');
  expectThat((await store.evict(1_000_000)) >= 1_000, 'something is freed');
  const left = (await store.sessions()).map(({ id }) => id).sort();
  expectThat(left.join() === [open, pinned, unsent].sort().join(), 'and only what may be');
  const gone = await stage.tab(sent);
  expectThat(gone.doc.getText('reply').length === 0, 'what was freed is empty');
}

async function wiping(stage: StoreStage, id: string): Promise<void> {
  const tab = await stage.tab(id);
  const other = await stage.tab(id);
  tab.write('a secret');
  await tab.session.flush();
  await tab.store.records.set('a', 'secret');
  let isTold = false;
  other.store.onWiped(() => {
    isTold = true;
  });
  await tab.store.wipe();
  await stage.until(() => isTold, 'another tab that hears of it');
  expectThat(other.session.state.state === 'memory', 'which says that nothing is kept any more');
  other.write('after the end');
  await other.session.flush();
  const again = await stage.tab(id);
  expectThat(again.words.length === 0, 'nothing of it is left');
  expectThat((await again.store.records.get('a')) === undefined, 'nor of anything else');
  expectThat(
    (await again.store.sessions()).every(({ bytes }) => bytes === 0),
    'nor of the list',
  );
}

/** The cases of an offline store, in no particular order. */
export function storeCases(options: StoreOptions): readonly ConformanceCase[] {
  const always: readonly (readonly [string, Act])[] = [
    ['small records and files are kept and deleted', smallThings],
  ];
  const kept: readonly (readonly [string, Act])[] = [
    ['tabs have the same, and hear what is stored and durable', twoTabs],
    ['when one tab goes another one writes', outlives],
    ['what was written is there once after opening again', ownComesBack],
    ['what a server said is there after opening again', baseComesBack],
    ['what is durable is not to be sent any more', settling],
    ['what is durable before it was stored is not lost', settledBeforeStored],
    ['generation and drafts are kept', facts],
    ['a session is replaced as a whole, in every tab', replacing],
    ['what stays through a replacement is not sent yet, in any tab', staying],
    ['of two who replace a session at once one does', replacedByTwo],
    ['what two tabs store at once is there once', storedByTwo],
    ['what a replacement did not know of is not lost', stale],
    ['only what may go is evicted', evicting],
    ['a wipe leaves nothing, in any tab', wiping],
  ];
  return [...always, ...(options.keeps ? kept : [])].map(([name, act]) => ({
    name,
    run: async () => {
      const stage = new StoreStage(options);
      try {
        await act(stage, createId(systemChance()));
      } finally {
        await stage.end();
      }
    },
  }));
}

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { mergeUpdates, type Merged } from '../../../../server/room/merge.ts';
import { createMergeThread } from '../../../../server/room/merge-thread.ts';
import { RangeSet } from '../../../../server/room/range-set.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { documentDigest } from '../../../../src/session/digest.ts';

/** A document, every update that it made, and what is deleted in it. */
function written(act: (doc: Y.Doc) => void): {
  readonly doc: Y.Doc;
  readonly updates: Uint8Array[];
  readonly deletions: Uint8Array;
} {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  act(doc);
  const gone = new RangeSet();
  for (const [client, ranges] of Y.createDeleteSetFromStructStore(doc.store).clients) {
    for (const { clock, len } of ranges) gone.add(client, clock, len);
  }
  return { doc, updates, deletions: gone.encode() };
}

const prompts = (doc: Y.Doc, ...texts: readonly string[]): void => {
  for (const text of texts) {
    doc.getArray('messages').push([new Y.Map([['parts', [{ type: 'text', text }]]])]);
  }
};

const has = (merged: Merged, words: string): boolean =>
  merged.ok && merged.updates.some((update) => Buffer.from(update).includes(words));

function digestOf(merged: Merged): string {
  if (!merged.ok) return merged.fault;
  const doc = new Y.Doc();
  for (const update of merged.updates) Y.applyUpdate(doc, update);
  return documentDigest(doc);
}

test('[W160] a merge has every word but those that were deleted', () => {
  const { doc, ...unmerged } = written((of) => {
    prompts(of, 'keep this', 'forget this', 'and keep this');
    of.getArray('messages').delete(1, 1);
  });
  const merged = mergeUpdates(unmerged);
  expect(digestOf(merged)).toBe(documentDigest(doc));
  expect(has(merged, 'and keep this')).toBe(true);
  expect(has(merged, 'forget this')).toBe(false);
});

test('[W160] what does not come out equal is not believed', () => {
  const { updates, deletions } = written((doc) => {
    prompts(doc, 'one', 'two');
    doc.getArray('messages').delete(0, 1);
  });
  const nothingGone = new RangeSet().encode();
  expect(mergeUpdates({ updates: updates.slice(0, 2), deletions: nothingGone }).ok).toBe(true);
  expect(mergeUpdates({ updates, deletions: nothingGone })).toMatchObject({
    ok: false,
    fault: expect.stringContaining('deletions'),
  });
  expect(mergeUpdates({ updates: updates.slice(1), deletions })).toMatchObject({ ok: false });
});

test('[W159] a merge is small updates, also of one long text', () => {
  const { doc, ...unmerged } = written((of) => {
    const text = new Y.Text();
    of.getArray('messages').push([text]);
    for (let at = 0; at < 40; at++) text.insert(text.length, `${'x😀'.repeat(2_000)}é`);
  });
  const merged = mergeUpdates(unmerged);
  expect(digestOf(merged)).toBe(documentDigest(doc));
  const sizes = merged.ok ? merged.updates.map(({ length }) => length) : [];
  expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.updateBytesMax);
});

test('[W160] a thread merges the same, and one that dies is followed by another', async () => {
  const { doc, ...unmerged } = written((of) => prompts(of, 'one', 'two'));
  const thread = createMergeThread();
  const both = await Promise.all([thread.merge(unmerged), thread.merge(unmerged)]);
  expect(both.map(digestOf)).toEqual([documentDigest(doc), documentDigest(doc)]);
  const broken = await thread.merge({ ...unmerged, updates: [Uint8Array.of(1, 2)] });
  expect(broken).toMatchObject({ ok: false, fault: expect.stringContaining('merging failed') });
  const late = thread.merge(unmerged);
  await thread.close();
  // It may have been faster than its end; it never waits for ever.
  expect(await late).toHaveProperty('ok');
  expect(digestOf(await thread.merge(unmerged))).toBe(documentDigest(doc));
  await thread.close();
});

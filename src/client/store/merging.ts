// Many updates as few records. Y.mergeUpdates alone is a trap: it takes time with the square of their
// number, and keeps a header for every token of a stream. So appends of one client that follow one
// another become one append first, byte for byte what Yjs would have written at once, and the rest is
// merged in groups. What comes out is compared with what went in by extent; where they differ, or
// anything throws, the updates stay as they are.

import * as Y from 'yjs';
import { readAppend } from '../../protocol/append.ts';
import { encodeAppend } from '../../session/append.ts';
import { extentOf, joinExtents, Knowledge } from './extent.ts';
import { storeLimits } from './limits.ts';

const GROUP = 32;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** As few updates as may be, in which is what was in these; nobody needs their order. */
export function mergeRecords(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  if (updates.length < 2) return updates;
  let merged: readonly Uint8Array[];
  try {
    merged = inGroups(fuseAppends(updates));
  } catch {
    return updates;
  }
  return saysTheSame(merged, updates) ? merged : updates;
}

function inGroups(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  let level = updates;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < level.length;) {
      const start = at;
      let bytes = 0;
      while (at < level.length && at - start < GROUP) {
        bytes += level[at]?.length ?? 0;
        if (at > start && bytes > storeLimits.recordBytesMax) break;
        at += 1;
      }
      const group = level.slice(start, at);
      next.push(group.length === 1 ? (group[0] ?? new Uint8Array()) : Y.mergeUpdates(group));
    }
    if (next.length === level.length) break;
    level = next;
  }
  return level;
}

interface Words {
  client: number;
  clock: number;
  next: number;
  texts: string[];
}

/** Runs of appends as one append each; anything else is left as it is. */
function fuseAppends(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  const others: Uint8Array[] = [];
  const open = new Map<number, Words>();
  const seal = ({ client, clock, texts }: Words): void => {
    others.push(encodeAppend(client, clock, texts.join('')));
  };
  for (const update of updates) {
    const append = readAppend(update);
    if (append === undefined) {
      others.push(update);
      continue;
    }
    const text = decoder.decode(update.subarray(append.textStart, append.textEnd));
    const words = open.get(append.client);
    if (words !== undefined && words.next === append.clock) {
      words.texts.push(text);
      words.next += append.length;
      continue;
    }
    if (words !== undefined) seal(words);
    const { client, clock, length } = append;
    open.set(client, { client, clock, next: clock + length, texts: [text] });
  }
  for (const words of open.values()) seal(words);
  return others;
}

function saysTheSame(merged: readonly Uint8Array[], updates: readonly Uint8Array[]): boolean {
  const before = updates.map(extentOf);
  const after = merged.map(extentOf);
  if (before.includes(undefined) || after.includes(undefined)) return false;
  const known = new Knowledge();
  known.add(joinExtents(after));
  return known.covers(joinExtents(before));
}

/**
 * One update in which is all of these, as compact as a document has it. Undefined where a document
 * does not take them all, or still waits for something.
 */
export function compactRecords(records: readonly Uint8Array[]): Uint8Array | undefined {
  const doc = new Y.Doc();
  try {
    Y.transact(doc, () => {
      for (const record of records) Y.applyUpdate(doc, record);
    });
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return undefined;
    return Y.encodeStateAsUpdate(doc);
  } catch {
    return undefined;
  } finally {
    doc.destroy();
  }
}

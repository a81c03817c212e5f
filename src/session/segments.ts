// Reading the body of a part that grows, by deltas: sealed segments are read once
// and kept, only what changed is read again, so a token costs the same at the
// beginning of a reply and at its end. Whoever shows text as it comes subscribes to
// the deltas instead of comparing strings.

import * as Y from 'yjs';
import { clip } from '../base/text.ts';
import { limits } from './limits.ts';

/** What happened to a text: words at its end, or (after a merge in the middle) all of it anew. */
export type TextDelta = { readonly append: string } | { readonly replace: string };

/** Reads one body. Made for an Array of Text; whatever else it holds is skipped and counted. */
export class BodyReader {
  #array: Y.Array<unknown>;
  #segments: Y.Text[] = [];
  /** All segments but the last, joined. */
  #sealed = '';
  #tail = '';
  /** Entries that are no Text, and segments that are longer than anyone may write. */
  faults = 0;

  constructor(array: Y.Array<unknown>) {
    this.#array = array;
    this.readAll();
  }

  get text(): string {
    return this.#sealed + this.#tail;
  }

  get segments(): readonly Y.Text[] {
    return this.#segments;
  }

  /** Reads what changed in one segment. Undefined where the text stayed the same. */
  readSegment(segment: Y.Text): TextDelta | undefined {
    if (segment !== this.#segments.at(-1)) return this.readAll();
    const before = this.#tail;
    const now = readText(segment);
    if (now === before) return undefined;
    this.#tail = now;
    if (now.length > before.length && now.startsWith(before)) {
      return { append: now.slice(before.length) };
    }
    return { replace: this.text };
  }

  /** Reads the list of segments again, and every segment. */
  readAll(): TextDelta | undefined {
    const before = this.text;
    this.#segments = [];
    this.faults = 0;
    let text = '';
    let tail = '';
    for (const entry of listEntries(this.#array)) {
      if (!(entry instanceof Y.Text)) {
        this.faults++;
        continue;
      }
      this.#segments.push(entry);
      text += tail;
      tail = readText(entry);
      if (entry.length > limits.segmentReadCharsMax) this.faults++;
    }
    this.#sealed = text;
    this.#tail = tail;
    return deltaOf(before, this.text);
  }
}

/** How one text became the other; undefined where it is the same. */
export function deltaOf(before: string, now: string): TextDelta | undefined {
  if (now === before) return undefined;
  return now.startsWith(before) ? { append: now.slice(before.length) } : { replace: now };
}

/** The words of one text, without formats and embeds, at most as long as a reader takes. */
function readText(text: Y.Text): string {
  let words = '';
  for (let item = text._start; item !== null; item = item.right) {
    if (!item.deleted && item.content instanceof Y.ContentString) words += item.content.str;
    if (words.length > limits.segmentReadCharsMax) return clip(words, limits.segmentReadCharsMax);
  }
  return words;
}

/**
 * The entries of a list, nested types as they are and each JSON value on its own.
 * Unlike `toArray` it makes no copy and gives the entries of anything else as undefined,
 * each on its own as well: how many of them Yjs keeps in one struct is not the same on
 * every peer.
 */
export function* listEntries(list: Y.Array<unknown>): IterableIterator<unknown> {
  for (let item = list._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (item.content instanceof Y.ContentType) yield item.content.type;
    else if (item.content instanceof Y.ContentAny) yield* item.content.arr;
    else for (let at = 0; at < item.length; at++) yield undefined;
  }
}

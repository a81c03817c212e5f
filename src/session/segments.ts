// Reading the body of a part that grows, by deltas: sealed segments are read once
// and kept, only what changed or came is read, so a token costs the same at the
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
  /** The last segment, where the words grow. */
  #segment: Y.Text | undefined;
  /** All segments but the last, joined. */
  #sealed = '';
  #tail = '';
  /** The last entry that was read, how long it was, and how many entries there were. */
  #last: Y.Item | null = null;
  #lastLength = 0;
  #length = 0;
  /** Entries that are no Text, and segments that are longer than anyone may write. */
  faults = 0;

  constructor(array: Y.Array<unknown>) {
    this.#array = array;
    this.#readFrom(array._start);
  }

  get text(): string {
    return this.#sealed + this.#tail;
  }

  /** Reads what changed in one segment. Undefined where the text stayed the same. */
  readSegment(segment: Y.Text): TextDelta | undefined {
    if (segment !== this.#segment) return this.readAll();
    const before = this.#tail;
    this.#tail = readText(segment);
    const delta = deltaOf(before, this.#tail);
    return delta !== undefined && 'replace' in delta ? { replace: this.text } : delta;
  }

  /** Reads what came to the list of segments. `deletes` says whether anything was deleted, anywhere. */
  readList(deletes: boolean): TextDelta | undefined {
    const last = this.#last;
    const from = last === null ? this.#array._start : last.right;
    const appended =
      !deletes &&
      (last === null || last.length === this.#lastLength) &&
      this.#length + countFrom(from) === this.#array.length;
    if (!appended) return this.readAll();
    // The segment that was the last one may have grown at the same time.
    const grown = this.#segment && this.readSegment(this.#segment);
    const words = this.#readFrom(from);
    if (grown !== undefined && 'replace' in grown) return { replace: this.text };
    const append = (grown?.append ?? '') + words;
    return append === '' ? undefined : { append };
  }

  /** Reads the list of segments again, and every segment. */
  readAll(): TextDelta | undefined {
    const before = this.text;
    this.#segment = undefined;
    this.#sealed = '';
    this.#tail = '';
    this.#last = null;
    this.#length = 0;
    this.faults = 0;
    this.#readFrom(this.#array._start);
    return deltaOf(before, this.text);
  }

  /** Reads an entry and those after it. Returns their words. */
  #readFrom(first: Y.Item | null): string {
    let words = '';
    for (let item = first; item !== null; item = item.right) {
      this.#last = item;
      this.#lastLength = item.length;
      if (item.deleted || !item.countable) continue;
      this.#length += item.length;
      const entry = item.content instanceof Y.ContentType ? item.content.type : undefined;
      if (entry instanceof Y.Text) words += this.#readNext(entry);
      else this.faults++;
    }
    return words;
  }

  #readNext(segment: Y.Text): string {
    if (segment.length > limits.segmentReadCharsMax) this.faults++;
    this.#segment = segment;
    this.#sealed += this.#tail;
    this.#tail = readText(segment);
    return this.#tail;
  }
}

/** How many entries a list has from this one on. */
export function countFrom(first: Y.Item | null): number {
  let count = 0;
  for (let item = first; item !== null; item = item.right) {
    if (!item.deleted && item.countable) count += item.length;
  }
  return count;
}

/** How one text became the other; undefined where it is the same. */
export function deltaOf(before: string, now: string): TextDelta | undefined {
  if (now === before) return undefined;
  return now.slice(0, before.length) === before
    ? { append: now.slice(before.length) }
    : { replace: now };
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

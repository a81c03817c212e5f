// The body of a part that grows: an Array of Text segments. A segment is sealed at
// 2,000 to 4,000 characters and the next one begun, because every update event of
// a Y.Text copies the text that is already there: in one long text an append costs
// 20 times as much at 100,000 characters, in segments always the same.
//
// The writing side only encodes; what it writes reaches a document as an update.

import { codePointCut, endsInHighSurrogate } from '../base/text.ts';
import type { LaneWriter, Spot, StructId } from './lane.ts';
import { limits } from './limits.ts';
import { wellFormed } from './store.ts';

interface OpenSegment {
  readonly segment: StructId;
  /** Its last character; undefined while it is empty. */
  last: StructId | undefined;
}

/** Writes the words of one part, in order. Nothing else may write into its open segment. */
export class BodyWriter {
  #lane: LaneWriter;
  /** Where the next segment goes. */
  #next: Spot;
  #open: OpenSegment | undefined;
  /** UTF-16 units in the open segment. */
  #segmentChars = 0;
  /** The first half of a surrogate pair whose second half is still to come. */
  #held = '';
  #chars: number;

  /** `chars` are those that the body has already; the first words begin a segment at `next`. */
  constructor(lane: LaneWriter, next: Spot, chars = 0) {
    this.#lane = lane;
    this.#next = next;
    this.#chars = chars;
  }

  /** UTF-16 units of the whole body, a held half pair not counted. */
  get chars(): number {
    return this.#chars;
  }

  /** Takes words in any cut; a pair that is split over two calls is written whole. */
  append(text: string): void {
    let words = this.#held + text;
    this.#held = '';
    if (endsInHighSurrogate(words)) {
      this.#held = words.slice(-1);
      words = words.slice(0, -1);
    }
    this.#write(wellFormed(words));
  }

  /** Writes a half pair that was never completed, as a replacement character. */
  settle(): void {
    const rest = wellFormed(this.#held);
    this.#held = '';
    this.#write(rest);
  }

  #write(text: string): void {
    let rest = text;
    while (rest.length > 0) {
      if (this.#segmentChars >= limits.segmentSealChars) this.#open = undefined;
      const open = (this.#open ??= this.#beginSegment());
      // An open segment is short of sealing, so there is always room for a code point.
      const cut = codePointCut(rest, limits.segmentCharsMax - this.#segmentChars);
      const piece = rest.slice(0, cut);
      open.last =
        open.last === undefined
          ? this.#lane.begin(open.segment, piece)
          : this.#lane.append(open.last, piece);
      this.#segmentChars += cut;
      this.#chars += cut;
      rest = rest.slice(cut);
    }
  }

  #beginSegment(): OpenSegment {
    const segment = this.#lane.type('text', this.#next);
    this.#next = { after: segment, keyed: false };
    this.#segmentChars = 0;
    return { segment, last: undefined };
  }
}

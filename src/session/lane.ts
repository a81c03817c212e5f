// A lane is a clientID in which words are written beside a document. A Y.Doc never
// has a lane as its own clientID (applying the lane's structs would make Yjs change
// it, silently), so this file encodes structs of the v1 update format itself: the
// few kinds that a session needs, always appended, never with a right origin. The
// updates are applied to the document like anybody's.
//
//   struct  info [origin] [parent [key]] content
//   info    content kind | 80 origin present | 20 belongs to a map key
//   parent  1 root-name | 0 client clock      (only without origin)
//
// Format: yjs 13.6, src/structs/Item.js (`write`) and utils/UpdateEncoder.js.

import * as encoding from 'lib0/encoding';
import { assert } from '../base/assert.ts';
import type { Json } from '../base/json.ts';
import { encodeAppend } from './append.ts';

/** A clientID to write under and the clock of the next struct. */
export interface Lane {
  readonly client: number;
  readonly clock: number;
}

/** A struct's place in its client's history. */
export interface StructId {
  readonly client: number;
  readonly clock: number;
}

/** Where a struct goes: first in a type or under a key of it, or after the last one there. */
export type Spot =
  | { readonly first: StructId; readonly key?: string }
  | { readonly firstOfRoot: string; readonly key?: string }
  | { readonly after: StructId; readonly keyed: boolean };

const CONTENT_STRING = 4;
const CONTENT_TYPE = 7;
const CONTENT_ANY = 8;
const WITH_ORIGIN = 0x80;
const WITH_KEY = 0x20;

const typeRef = { array: 0, map: 1, text: 2 } as const;

/** Gathers the writes of one lane into updates. Its clock moves with every struct. */
export class LaneWriter {
  readonly client: number;
  #clock: number;
  /** Structs since the last flush, without their count. */
  #structs = encoding.createEncoder();
  #count = 0;
  /** Clock at the last flush: where the next update begins. */
  #begin: number;
  /** Words that continue this lane's own last character and are not encoded yet. */
  #tail = '';

  constructor(lane: Lane) {
    this.client = lane.client;
    this.#clock = lane.clock;
    this.#begin = lane.clock;
  }

  /** Where the lane stands, words that are not flushed included. */
  get lane(): Lane {
    return { client: this.client, clock: this.#clock };
  }

  get pending(): boolean {
    return this.#count > 0 || this.#tail.length > 0;
  }

  type(kind: keyof typeof typeRef, spot: Spot): StructId {
    const id = this.#struct(CONTENT_TYPE, spot, 1);
    encoding.writeVarUint(this.#structs, typeRef[kind]);
    return id;
  }

  json(value: Json, spot: Spot): StructId {
    const id = this.#struct(CONTENT_ANY, spot, 1);
    encoding.writeVarUint(this.#structs, 1);
    // lib0 types what it can write as its own union; Json is within it.
    encoding.writeAny(this.#structs, value as Parameters<typeof encoding.writeAny>[1]);
    return id;
  }

  /** The first words of a segment. Returns the id of the last character. */
  begin(segment: StructId, text: string): StructId {
    this.#struct(CONTENT_STRING, { first: segment }, text.length);
    encoding.writeVarString(this.#structs, text);
    return this.#last();
  }

  /** More words after the character `last`, of this or another lane. Returns the id of the new last one. */
  append(last: StructId, text: string): StructId {
    if (last.client === this.client && last.clock === this.#clock - 1) {
      this.#tail += text;
      this.#clock += text.length;
    } else {
      this.#struct(CONTENT_STRING, { after: last, keyed: false }, text.length);
      encoding.writeVarString(this.#structs, text);
    }
    return this.#last();
  }

  /** Everything since the last flush as one update; undefined if there is nothing. */
  flush(): Uint8Array | undefined {
    if (!this.pending) return undefined;
    if (this.#count === 0) {
      const update = encodeAppend(this.client, this.#begin, this.#tail);
      this.#tail = '';
      this.#begin = this.#clock;
      return update;
    }
    this.#settleTail();
    const update = encoding.createEncoder();
    encoding.writeVarUint(update, 1);
    encoding.writeVarUint(update, this.#count);
    encoding.writeVarUint(update, this.client);
    encoding.writeVarUint(update, this.#begin);
    encoding.writeUint8Array(update, encoding.toUint8Array(this.#structs));
    encoding.writeVarUint(update, 0);
    this.#structs = encoding.createEncoder();
    this.#count = 0;
    this.#begin = this.#clock;
    return encoding.toUint8Array(update);
  }

  /** Writes the head of a struct and takes its clocks. */
  #struct(content: number, spot: Spot, clocks: number): StructId {
    this.#settleTail();
    const id = { client: this.client, clock: this.#clock };
    const out = this.#structs;
    if ('after' in spot) {
      encoding.writeUint8(out, content | WITH_ORIGIN | (spot.keyed ? WITH_KEY : 0));
      writeId(out, spot.after);
    } else {
      encoding.writeUint8(out, content | (spot.key === undefined ? 0 : WITH_KEY));
      if ('first' in spot) {
        encoding.writeVarUint(out, 0);
        writeId(out, spot.first);
      } else {
        encoding.writeVarUint(out, 1);
        encoding.writeVarString(out, spot.firstOfRoot);
      }
      if (spot.key !== undefined) encoding.writeVarString(out, spot.key);
    }
    this.#count++;
    this.#clock += clocks;
    return id;
  }

  /** Turns gathered words into a struct, because another struct follows them. */
  #settleTail(): void {
    if (this.#tail === '') return;
    const text = this.#tail;
    this.#tail = '';
    this.#clock -= text.length;
    const last = this.#last();
    this.#struct(CONTENT_STRING, { after: last, keyed: false }, text.length);
    encoding.writeVarString(this.#structs, text);
  }

  #last(): StructId {
    assert(this.#clock > 0, 'a lane that wrote has a last struct');
    return { client: this.client, clock: this.#clock - 1 };
  }
}

function writeId(out: encoding.Encoder, id: StructId): void {
  encoding.writeVarUint(out, id.client);
  encoding.writeVarUint(out, id.clock);
}

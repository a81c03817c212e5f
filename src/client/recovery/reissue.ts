// Issues writes again: the bytes that a device wrote and that the server does not have are
// written anew under another client, because what was refused left a hole in the clocks of
// the old one that nothing will ever fill. A pure function of bytes; it knows no document.
//
// What was refused, or leans on what was, is left out; what stood behind it in a list or
// under a key then stands behind what it stood behind. What the server has already is not
// written again: it stands there under its old client, and is referred to there. So nothing
// is there twice, however much of it had landed.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import { syncAnswerBudget } from '../../protocol/limits.ts';
import { cutStruct } from '../../protocol/struct-cut.ts';
import type { DeleteRange, Struct } from '../../protocol/struct.ts';
import { readUpdate, type Update, writeUpdate } from '../../protocol/update.ts';
import { ClockRanges } from './clock-ranges.ts';
import { type NoPlace, type Piece, PlaceFinder, type StructId, writePiece } from './place.ts';

export interface OldWrite {
  readonly id: string;
  /** What its transaction changed, in the Yjs v1 format. */
  readonly update: Uint8Array;
}

export interface ReissueOptions {
  /** Of each client, the clock from which on the server does not have it. */
  readonly known: (client: number) => number;
  /** A client under which nobody has written. */
  readonly client: number;
}

export interface Reissued {
  /** To be applied and sent in this order. */
  readonly writes: readonly OldWrite[];
  /** Nothing of these is left to be written. */
  readonly landed: readonly string[];
  /** Left out because they stand on what is not there. Those that were to be left out are not among them. */
  readonly lost: readonly string[];
}

/** A write that was read. */
interface ReadWrite extends OldWrite {
  readonly read: Update;
}

export class Reissuing {
  #known: (client: number) => number;
  #client: number;
  #next = 0;
  /** The new clock of what was issued again. */
  #renamed = new ClockRanges<number>();
  /** The same for the write that is being written. */
  #own: ClockRanges<number> | undefined;
  #places: PlaceFinder;
  #waiting: ReadWrite[] = [];
  #done: OldWrite[] = [];
  #landed: string[] = [];
  #lost: string[] = [];

  constructor({ known, client }: ReissueOptions) {
    this.#known = known;
    this.#client = client;
    this.#places = new PlaceFinder({
      known,
      isKnown: ({ client: of, clock }) => clock < known(of),
      renamed: (id) => this.#newName(id),
    });
  }

  /**
   * Issues these again, in the order in which they were written. May be called again with what
   * was written since. `isOut`: whether a write is to be left out, whatever its bytes say.
   */
  run(writes: readonly OldWrite[], isOut: (id: string) => boolean): Reissued {
    this.#done = [];
    this.#landed = [];
    this.#lost = [];
    for (const write of writes) {
      const read = readUpdate(write.update, syncAnswerBudget);
      const isWanted = !isOut(write.id);
      if (read.ok && isWanted) this.#waiting.push({ ...write, read });
      else if (read.ok) this.#places.leaveOut(write.update, read.structs);
      else if (isWanted) this.#lost.push(write.id);
    }
    // What one tab wrote may come before what it leans on, of another tab: so in rounds.
    while (this.#waiting.length > 0) {
      const before = this.#waiting.length;
      this.#waiting = this.#waiting.filter((write) => this.#take(write) === 'waits');
      if (this.#waiting.length < before) continue;
      // Nothing that comes can help the first one.
      const [first] = this.#waiting.splice(0, 1);
      if (first !== undefined) this.#lose(first);
    }
    return { writes: this.#done, landed: this.#landed, lost: this.#lost };
  }

  #take(write: ReadWrite): 'waits' | undefined {
    const again = this.#rewrite(write);
    if (again === 'waits') return again;
    if (again === 'lost') this.#lose(write);
    else if (again === undefined) this.#landed.push(write.id);
    else this.#done.push({ id: write.id, update: again });
    return undefined;
  }

  #lose({ id, update, read }: ReadWrite): void {
    this.#places.leaveOut(update, read.structs);
    this.#lost.push(id);
  }

  /** The update under the new client; undefined where nothing is left of it. */
  #rewrite({ update, read }: ReadWrite): Uint8Array | undefined | NoPlace {
    const start = this.#next;
    const pieces = read.structs
      .map((struct) => this.#freshOf({ bytes: update, struct }))
      .filter((piece) => piece !== undefined);
    // Of one write all stands or nothing: names count only when every struct has its place.
    const own = new ClockRanges<number>();
    for (const { struct } of pieces) {
      own.add(struct.client, { clock: struct.clock, length: struct.length, value: this.#next });
      this.#next += struct.length;
    }
    this.#own = own;
    const slices = this.#write(pieces, start);
    this.#own = undefined;
    if (typeof slices === 'string') {
      this.#next = start;
      return slices;
    }
    for (const [client, range] of own.entries()) this.#renamed.add(client, range);
    const ranges = this.#deletions(read.ranges);
    if (slices.length === 0 && ranges.length === 0) return undefined;
    const run = { client: this.#client, clock: start, count: slices.length, slices };
    return writeUpdate(slices.length === 0 ? [] : [run], ranges);
  }

  #write(pieces: readonly Piece[], start: number): readonly Uint8Array[] | NoPlace {
    const slices: Uint8Array[] = [];
    let clock = start;
    for (const piece of pieces) {
      const { struct, bytes } = piece;
      if (struct.kind === 'gc') {
        slices.push(bytes.subarray(struct.start, struct.end));
      } else {
        const place = this.#places.placeOf(piece);
        if (typeof place === 'string') return place;
        // A struct may refer to earlier ones of its client only.
        const ids = [place.origin, place.right, place.beginning?.parent];
        if (ids.some((id) => id?.client === this.#client && id.clock >= clock)) return 'lost';
        const out = new ByteWriter(struct.end - struct.start + 32);
        writePiece(out, piece, place);
        slices.push(out.finish());
      }
      clock += struct.length;
    }
    return slices;
  }

  /** What of a struct is neither there nor issued again. */
  #freshOf(piece: Piece): Piece | undefined {
    const { bytes, struct } = piece;
    if (struct.kind === 'skip') return undefined;
    const { client, clock, length } = struct;
    let from = Math.max(clock, this.#known(client));
    for (let issued = this.#renamed.find(client, from); issued !== undefined;) {
      from = issued.clock + issued.length;
      issued = this.#renamed.find(client, from);
    }
    if (from >= clock + length) return undefined;
    return from === clock ? piece : cutPiece(bytes, struct, from - clock);
  }

  #newName({ client, clock }: StructId): StructId | undefined {
    const range = this.#own?.find(client, clock) ?? this.#renamed.find(client, clock);
    return range && { client: this.#client, clock: range.value + clock - range.clock };
  }

  /** Deletions of what is there or was issued again; of what was left out nothing is to be deleted. */
  #deletions(ranges: readonly DeleteRange[]): readonly DeleteRange[] {
    const found: DeleteRange[] = [];
    for (const { client, clock, length } of ranges) {
      for (let at = clock; at < clock + length;) {
        const known = this.#known(client);
        const renamed = this.#renamed.find(client, at);
        const end = Math.min(
          clock + length,
          at < known
            ? known
            : renamed !== undefined
              ? renamed.clock + renamed.length
              : (this.#places.outAt({ client, clock: at })?.end ?? clock + length),
        );
        const name = at < known ? { client, clock: at } : this.#newName({ client, clock: at });
        if (name !== undefined) found.push({ ...name, length: end - at });
        at = end;
      }
    }
    return inOrder(found);
  }
}

/** By clock within their client, without overlaps. */
function inOrder(ranges: readonly DeleteRange[]): readonly DeleteRange[] {
  const sorted = ranges.toSorted((a, b) => a.client - b.client || a.clock - b.clock);
  const merged: DeleteRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (
      last === undefined ||
      last.client !== range.client ||
      range.clock > last.clock + last.length
    ) {
      merged.push(range);
      continue;
    }
    const end = Math.max(last.clock + last.length, range.clock + range.length);
    merged[merged.length - 1] = { ...last, length: end - last.clock };
  }
  return merged;
}

/** The rest of a struct, read again as a struct of its own. */
function cutPiece(bytes: Uint8Array, struct: Struct, units: number): Piece | undefined {
  const { client, clock } = struct;
  const slices = [cutStruct(bytes, struct, units).bytes];
  const update = writeUpdate([{ client, clock: clock + units, count: 1, slices }]);
  const read = readUpdate(update, syncAnswerBudget);
  const [rest] = read.ok ? read.structs : [];
  return rest && { bytes: update, struct: rest };
}

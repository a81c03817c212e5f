// Finds the place of one struct and puts it into the table, or says by which rule it may
// not be there. What it hangs on must be in the table already; whose turn it is when is
// the business of the work list (frame-order.ts).

import { isJsonObject, type Json } from '../../src/base/json.ts';
import { limits } from '../../src/protocol/limits.ts';
import { jsonAt } from '../../src/protocol/json-bytes.ts';
import { type DeleteRange, keyOf, NONE, rootOf, type Struct } from '../../src/protocol/struct.ts';
import { defined } from '../../src/base/assert.ts';
import { Authorship } from './authorship.ts';
import { GONE, type DocumentIndex } from './document-index.ts';
import {
  isPictured,
  isRootPlace,
  pictured,
  placeBelow,
  type RootPlace,
  type TypeKind,
} from './place.ts';
import type { GateRule } from './rule.ts';
import { isSigned } from './signature.ts';
import { RangeSet } from './range-set.ts';
import { type Container, NO, type NewRow, type Writer } from './struct-table.ts';
import type { Question } from './verdict.ts';

type Spot = { -readonly [Name in keyof NewRow]: NewRow[Name] };

export class Placement {
  readonly index: DocumentIndex;
  /** The roots below which something was put or is to be deleted. */
  readonly roots = new Set<RootPlace>();
  /** Ids that came as deleted. */
  readonly gone = new RangeSet();
  /**
   * Values that stand together under one key. Only a peer that collects nothing sends such, of
   * what was overwritten; were one of them alive, Yjs would throw when it collects it.
   */
  readonly several: DeleteRange[] = [];
  /** Rows whose JSON was noted in `index.values`. */
  #valued: number[] = [];
  #spot: Spot = { container: GONE, key: NO, originRow: NO, originClock: NO, isType: false };

  #authorship: Authorship;
  /** Messages whose run became known. */
  #named: Container[] = [];

  constructor(index: DocumentIndex, question: Question) {
    this.index = index;
    this.#authorship = new Authorship(index, question);
  }

  /** The client that must come first, or undefined where everything is there. */
  waitsFor(struct: Struct): { readonly client: number; readonly clock: number } | undefined {
    const { table } = this.index;
    const { originClient, originClock, parentClient, parentClock } = struct;
    if (originClient !== NONE && originClock >= table.next(originClient))
      return { client: originClient, clock: originClock };
    if (parentClient !== NONE && parentClock >= table.next(parentClient))
      return { client: parentClient, clock: parentClock };
    return undefined;
  }

  /** Puts in what is left of a struct behind its first `known` clocks. */
  put(writer: Writer, bytes: Uint8Array, struct: Struct, known: number): GateRule | undefined {
    if (struct.rightClient !== NONE) return 'right-origin';
    // What a peer collected has no place any more, also where we know of one for its beginning.
    const isCut = known > 0 && struct.kind !== 'gc';
    const fault = isCut ? this.#behindItself(writer) : this.#locate(bytes, struct);
    if (fault !== undefined) return fault;
    const { table } = this.index;
    const spot = this.#spot;
    const clock = writer.next;
    const length = struct.length - known;
    if (spot.container === GONE) {
      this.#chainGarbage(writer);
      table.add(writer, length, spot);
      return undefined;
    }
    const misfit = this.#misfit(struct);
    if (misfit !== undefined) return misfit;
    const { kind } = struct;
    const value = this.#valueOf(bytes, struct);
    const run = value === undefined ? undefined : this.#runNamed(value);
    const stranger = this.#authorship.fault(writer, struct, spot, run, value);
    if (stranger !== undefined) return stranger;
    spot.isType = isType(kind);
    const row = table.add(writer, length, spot);
    this.#noteRoot(row);
    if (kind === 'deleted') this.gone.add(writer.client, clock, length);
    else if (isType(kind)) return this.#addType(row, kind);
    else if (value !== undefined) this.#noteValue(row, value);
    if (run !== undefined) this.#nameRun(table.container(row), run);
    return undefined;
  }

  /** Whether the struct that was put in last is several values under one key. */
  isSeveral({ client, clock }: Struct): boolean {
    const last = this.several.at(-1);
    return last?.client === client && last.clock === clock;
  }

  /** The JSON that is to stand under a key, where it is wanted. */
  #valueOf(bytes: Uint8Array, { kind, length, contentStart }: Struct): Json | undefined {
    const { container, key } = this.#spot;
    const place = this.index.table.containers[container]?.place ?? 'other';
    if (kind !== 'json' || key === NO || length !== 1 || !(isPictured(place) || isSigned(place)))
      return undefined;
    // One value, so its count takes one byte.
    return defined(jsonAt(bytes, contentStart + 1, 1)[0], 'a scanned value');
  }

  /** The run that the head of a reply names. */
  #runNamed(value: Json): string | undefined {
    const { container, key } = this.#spot;
    const { table } = this.index;
    if (table.containers[container]?.place !== 'message' || table.nameOf(key) !== 'head') {
      return undefined;
    }
    const run = isJsonObject(value) ? value['run'] : undefined;
    return typeof run === 'string' ? run : undefined;
  }

  #nameRun(message: Container, run: string): void {
    message.run = run;
    this.#named.push(message);
  }

  #noteValue(row: number, value: Json): void {
    const { table, values } = this.index;
    const { place } = table.container(row);
    if (!isPictured(place)) return;
    const kept = pictured(place, table.keyOf(row), value);
    if (kept === undefined) return;
    values.set(row, kept);
    this.#valued.push(row);
  }

  /** Notes below which roots a range of known ids is. Returns why the sender may not delete it, if so. */
  noteDeletion({ client, clock, length }: DeleteRange): GateRule | undefined {
    const { table } = this.index;
    for (let at = clock; at < clock + length;) {
      const row = table.find(client, at);
      this.#noteRoot(row);
      const fault = this.#authorship.faultOfDeletion(row);
      if (fault !== undefined) return fault;
      at = table.clock(row) + table.length(row);
    }
    return undefined;
  }

  #noteRoot(row: number): void {
    const { root } = this.index.table.container(row);
    if (root !== undefined) this.roots.add(root);
  }

  /** Forgets the JSON of rows that were taken back. */
  rollback(): void {
    for (const row of this.#valued) this.index.values.delete(row);
    for (const message of this.#named) message.run = undefined;
  }

  #addType(row: number, kind: TypeKind): GateRule | undefined {
    const { table } = this.index;
    const parent = table.container(row);
    if (parent.depth >= limits.typeDepthMax) return 'type-depth';
    table.addContainer(row, kind, placeBelow(parent.place, table.keyOf(row)));
    return undefined;
  }

  /** The rest of a struct stands behind what is known of it. */
  #behindItself(writer: Writer): undefined {
    const { table } = this.index;
    const row = defined(writer.rows.at(-1), 'a last row');
    this.#behind(row, writer.next - 1, table.containerNumber(row), table.keyNumberOf(row));
  }

  #behind(row: number, clock: number, container: number, key: number): void {
    const spot = this.#spot;
    spot.container = container;
    spot.key = key;
    spot.originRow = row;
    spot.originClock = clock;
    spot.isType = false;
  }

  #locate(bytes: Uint8Array, struct: Struct): GateRule | undefined {
    const { table } = this.index;
    this.#behind(NO, NO, GONE, NO);
    if (struct.kind === 'gc') return undefined;
    if (struct.originClient !== NONE) {
      const row = table.find(struct.originClient, struct.originClock);
      this.#behind(row, struct.originClock, table.containerNumber(row), table.keyNumberOf(row));
      return undefined;
    }
    const container = this.#parent(bytes, struct);
    if (typeof container === 'string') return container;
    const key = keyOf(bytes, struct);
    const isMap = table.containers[container]?.kind === 'map';
    if (container !== GONE && isMap !== (key !== undefined)) return 'shape';
    this.#behind(NO, NO, container, key === undefined ? NO : table.keyNumber(key));
    return undefined;
  }

  /** The container that a struct names. What was deleted before it came is no type any more. */
  #parent(bytes: Uint8Array, struct: Struct): number | GateRule {
    const { index } = this;
    if (struct.parentClient === NONE) {
      const root = rootOf(bytes, struct) ?? '';
      return isRootPlace(root) ? index.root(root) : 'root';
    }
    const row = index.table.find(struct.parentClient, struct.parentClock);
    const child = index.table.childNumber(row);
    if (child !== NO) return child;
    const isGone =
      index.table.containerNumber(row) === GONE ||
      this.gone.has(struct.parentClient, struct.parentClock) ||
      index.deleted.has(struct.parentClient, struct.parentClock);
    return isGone ? GONE : 'parent-type';
  }

  /** What may not stand where it stands, whoever wrote it. */
  #misfit({ kind, client, clock, length }: Struct): GateRule | undefined {
    const { container, key } = this.#spot;
    if (kind === 'deleted') return undefined;
    if (key !== NO && length !== 1) this.several.push({ client, clock, length });
    const isText = this.index.table.containers[container]?.kind === 'text';
    return isText === (kind === 'string') ? undefined : 'shape';
  }

  /** Garbage stands behind garbage, so that much of it takes one row. */
  #chainGarbage(writer: Writer): void {
    const last = writer.rows.at(-1) ?? NO;
    const isBehind = last !== NO && this.index.table.containerNumber(last) === GONE;
    this.#behind(isBehind ? last : NO, isBehind ? writer.next - 1 : NO, GONE, NO);
  }
}

function isType(kind: Struct['kind']): kind is TypeKind {
  return kind === 'map' || kind === 'array' || kind === 'text';
}

// The gate: what an update must be before anything else sees it. It judges one update of
// one sender against all that the room knows, the batches not yet committed included, and
// either takes the whole into the index or leaves no trace of it.
//
//     read (bounded) --> put in order, struct by struct --> deletions --> settle
//          | refused          | refused | gap                 | refused
//          '------------------+---------+---------------------'--> rolled back
//
// Legality depends on who writes, on the place, and on facts that never change; never on
// the state of a run. A gap is no fault: the sender is asked for all that is missing. An
// answer to such a question is judged leniently: what cannot stand is left out.
// A large one is judged in steps, between which other sessions have their turn.

import type { DeleteRange, Struct } from '../../src/protocol/struct.ts';
import { copyStruct } from '../../src/protocol/update.ts';
import { UpdateReader } from '../../src/protocol/update-reader.ts';
import type { DocumentIndex, Settled } from './document-index.ts';
import { FrameOrder } from './frame-order.ts';
import { FrameWriter } from './frame-writer.ts';
import type { RoomLimits } from './limits.ts';
import { Placement } from './placement.ts';
import { RangeSet } from './range-set.ts';
import { rootKinds, type RootPlace } from './place.ts';
import type { GateRule } from './rule.ts';
import type { Mark } from './struct-table.ts';
import type { Question, Verdict } from './verdict.ts';

const nothing: Settled = { deleted: [], words: false };

/** Judges one update. `step` is called until it returns a verdict. */
export class Judgement {
  #index: DocumentIndex;
  #bytes: Uint8Array;
  #question: Question;
  #limits: RoomLimits;
  #reader: UpdateReader;
  #mark: Mark;
  #placement: Placement;
  #blocks: Struct[][] = [];
  #ranges: DeleteRange[] = [];
  #order: FrameOrder | undefined;
  #isRead = false;

  constructor(index: DocumentIndex, bytes: Uint8Array, question: Question, limits: RoomLimits) {
    this.#index = index;
    this.#bytes = bytes;
    this.#question = question;
    this.#limits = limits;
    this.#reader = new UpdateReader(bytes, question.budget);
    this.#mark = index.table.mark();
    this.#placement = new Placement(index, question);
  }

  /** Goes on for about so many structs. */
  step(structs = Number.POSITIVE_INFINITY): Verdict | undefined {
    if (!this.#isRead) return this.#read(structs);
    if (this.#order === undefined) {
      const refused = this.#blocks.find(([first]) => this.#isRefused(first))?.[0];
      if (refused !== undefined)
        return this.#refuse('client-refused', refused.client, refused.clock);
    }
    this.#order ??= new FrameOrder(this.#placement, this.#bytes, this.#blocks, this.#question);
    const end = this.#order.step(structs);
    if (end === undefined) return undefined;
    if (end.code === 'refused') return this.#refuse(end.rule, end.client, end.clock);
    if (end.leftOut > 0 && !this.#question.isAnswer) return this.#gap();
    return this.#finish(this.#order, end.leftOut);
  }

  /** Before anything is asked for: what a refused client has is not asked for again. */
  #isRefused(struct: Struct | undefined): boolean {
    const { isTrusted, sender } = this.#question;
    return struct !== undefined && isTrusted !== true && sender.isRefused(struct.client);
  }

  #read(structs: number): Verdict | undefined {
    const reader = this.#reader;
    let left = structs;
    while (left-- > 0 && reader.nextStruct()) {
      const block = this.#blocks.at(-1);
      if (block?.[0]?.client === reader.client) block.push(copyStruct(reader));
      else this.#blocks.push([copyStruct(reader)]);
    }
    while (left-- > 0 && reader.nextRange()) {
      const { client, clock, length } = reader;
      this.#ranges.push({ client, clock, length });
    }
    if (reader.refusal !== undefined)
      return this.#refuse(reader.refusal.rule, reader.client, reader.clock);
    if (left < 0) return undefined;
    this.#isRead = true;
    return this.step(left);
  }

  #finish(order: FrameOrder, structsLeftOut: number): Verdict {
    const { table } = this.#index;
    const { isAnswer } = this.#question;
    const known: DeleteRange[] = [];
    let leftOut = structsLeftOut;
    for (const range of this.#ranges) {
      const length = Math.min(range.length, table.next(range.client) - range.clock);
      if (length < range.length) leftOut++;
      if (length > 0) known.push({ ...range, length });
    }
    if (leftOut > structsLeftOut && !isAnswer) return this.#gap();
    const fresh: DeleteRange[] = [];
    for (const range of known) {
      this.#index.deleted.missing(range, (client, clock, length) =>
        fresh.push({ client, clock, length }),
      );
    }
    const [first] = fresh;
    const writes = order.placed[0] ?? first;
    if (writes === undefined) return this.#nothing(leftOut);
    const rule = this.#overall(order, fresh);
    if (rule !== undefined) return this.#refuse(rule, writes.client, writes.clock);
    const alive = this.#severalAlive();
    if (alive !== undefined) return this.#refuse('key-length', alive.client, alive.clock);
    const bound = table.bound.map(({ client }) => client);
    const settled = this.#index.settle(this.#mark, this.#placement.gone, fresh);
    const isWhole = leftOut === 0 && !order.isCut && fresh.length === this.#ranges.length;
    const writer = new FrameWriter(this.#bytes, order.placed, fresh, this.#limits);
    const updates = this.#question.isTrusted === true ? [] : writer.write(isWhole);
    return { ok: true, updates, settled, bound, leftOut };
  }

  #overall(order: FrameOrder, deletions: readonly DeleteRange[]): GateRule | undefined {
    const { isTrusted, sender, bytesLeft = Number.POSITIVE_INFINITY } = this.#question;
    if (isTrusted === true || sender.principal === '') return undefined;
    const { roots } = this.#placement;
    let stranger: GateRule | undefined;
    for (const range of deletions) stranger ??= this.#placement.noteDeletion(range);
    for (const root of roots) if (!sender.mayWriteIn(root)) return this.#wrongRight();
    if (stranger !== undefined) return stranger;
    if (deletions.length > this.#limits.newDeletionsMax) return 'delete-count';
    const { rows, writers } = this.#index.table;
    const isFull =
      order.bytes > bytesLeft ||
      rows > this.#limits.sessionStructsMax ||
      writers.length > this.#limits.sessionClientsMax;
    return isFull && order.placed.length > 0 ? 'session-full' : undefined;
  }

  #wrongRight(): GateRule {
    return this.#mayWrite() ? 'right' : 'read-only';
  }

  #mayWrite(): boolean {
    return (Object.keys(rootKinds) as RootPlace[]).some((root) =>
      this.#question.sender.mayWriteIn(root),
    );
  }

  /** Values that stand together under one key and that the same update does not delete. */
  #severalAlive(): DeleteRange | undefined {
    const { several } = this.#placement;
    if (several.length === 0) return undefined;
    const gone = new RangeSet();
    for (const { client, clock, length } of this.#ranges) gone.add(client, clock, length);
    return several.find((range) => gone.missing(range) > 0);
  }

  #nothing(leftOut: number): Verdict {
    this.#rollback();
    return { ok: true, updates: [], settled: nothing, bound: [], leftOut };
  }

  #gap(): Verdict {
    // Who may only read is not asked for more.
    if (!this.#mayWrite()) return this.#refuse('read-only', this.#reader.client, 0);
    this.#rollback();
    return { ok: false, code: 'gap' };
  }

  #refuse(rule: GateRule, client: number, clock: number): Verdict {
    this.#rollback();
    return { ok: false, code: 'refused', rule, client, clock };
  }

  #rollback(): void {
    this.#placement.rollback();
    this.#index.table.rollback(this.#mark);
  }
}

/** Judges an update in one go. */
export function judge(
  index: DocumentIndex,
  bytes: Uint8Array,
  question: Question,
  limits: RoomLimits,
): Verdict {
  const judgement = new Judgement(index, bytes, question, limits);
  for (;;) {
    const verdict = judgement.step();
    if (verdict !== undefined) return verdict;
  }
}

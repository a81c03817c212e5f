// Puts the structs of one update in an order in which each comes after what it hangs on.
// Blocks may point forward into one another, as they do after two tabs wrote in turns:
// where a struct waits for another client of the update, that client has its turn first,
// as far as it is waited for. What waits for something that is nowhere is a gap, with all
// that its client wrote behind it.

import { cutStruct, deletedStruct, sliceOf } from '../../src/protocol/struct-cut.ts';
import { defined } from '../../src/base/assert.ts';
import type { Struct } from '../../src/protocol/struct.ts';
import type { Question } from './verdict.ts';
import type { Placement } from './placement.ts';
import type { GateRule } from './rule.ts';
import type { Writer } from './struct-table.ts';

/** A struct that was new, in the order in which it was put in. */
export interface PlacedStruct {
  readonly client: number;
  readonly clock: number;
  /** As it goes into an update; a view of the frame, unless it was cut. */
  readonly bytes: Uint8Array;
}

export type OrderEnd =
  | { readonly code: 'placed'; readonly leftOut: number }
  | {
      readonly code: 'refused';
      readonly rule: GateRule;
      readonly client: number;
      readonly clock: number;
    };

interface Block {
  readonly client: number;
  readonly structs: readonly Struct[];
  at: number;
  isWaiting: boolean;
  isStuck: boolean;
}

interface Turn {
  readonly block: Block;
  /** The clock up to which it is waited for. */
  readonly until: number;
}

export class FrameOrder {
  readonly placed: PlacedStruct[] = [];
  /** Whether something known was cut off. */
  isCut = false;
  /** Of all that was placed. */
  bytes = 0;
  #placement: Placement;
  #bytes: Uint8Array;
  #question: Question;
  #blocks = new Map<number, Block>();
  #todo: Block[];
  #turns: Turn[] = [];
  #leftOut = 0;

  constructor(
    placement: Placement,
    bytes: Uint8Array,
    blocks: readonly (readonly Struct[])[],
    question: Question,
  ) {
    this.#placement = placement;
    this.#bytes = bytes;
    this.#question = question;
    for (const structs of blocks) {
      const client = defined(structs[0], 'a struct of a block').client;
      this.#blocks.set(client, { client, structs, at: 0, isWaiting: false, isStuck: false });
    }
    this.#todo = [...this.#blocks.values()].toReversed();
  }

  /** Goes on for about so many structs. Undefined: there is more to do. */
  step(structs: number): OrderEnd | undefined {
    for (let left = structs; left > 0; left--) {
      const turn = this.#turns.at(-1) ?? this.#begin();
      if (turn === undefined) return { code: 'placed', leftOut: this.#leftOut };
      const fault = this.#go(turn);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #begin(): Turn | undefined {
    const block = this.#todo.pop();
    return block === undefined ? undefined : this.#push(block, Number.POSITIVE_INFINITY);
  }

  #push(block: Block, until: number): Turn {
    block.isWaiting = true;
    const turn = { block, until };
    this.#turns.push(turn);
    return turn;
  }

  #pop(): undefined {
    const turn = this.#turns.pop();
    if (turn !== undefined) turn.block.isWaiting = false;
  }

  /** One struct of a block, or the end of its turn. */
  #go({ block, until }: Turn): OrderEnd | undefined {
    const { table } = this.#placement.index;
    const struct = block.structs[block.at];
    const next = table.next(block.client);
    if (struct === undefined || block.isStuck || next > until) return this.#pop();
    const end = struct.clock + struct.length;
    // A hole that covers only what is known says nothing.
    if (end <= next) {
      this.isCut = true;
      block.at++;
      return undefined;
    }
    if (struct.kind === 'skip' || struct.clock > next) return this.#stick(block);
    const known = next - struct.clock;
    const needed = known > 0 ? undefined : this.#placement.waitsFor(struct);
    if (needed !== undefined) return this.#waitFor(block, struct, needed);
    return this.#put(block, struct, known);
  }

  #waitFor(
    block: Block,
    struct: Struct,
    needed: { readonly client: number; readonly clock: number },
  ): OrderEnd | undefined {
    const other = this.#blocks.get(needed.client);
    if (other === undefined || other.isStuck || other.at >= other.structs.length)
      return this.#stick(block);
    if (other.isWaiting) return refuse('circle', struct);
    this.#push(other, needed.clock);
    return undefined;
  }

  #put(block: Block, struct: Struct, known: number): OrderEnd | undefined {
    const writer = this.#writer(struct);
    if (typeof writer === 'string') return refuse(writer, struct);
    const clock = writer.next;
    const rule = this.#placement.put(writer, this.#bytes, struct, known);
    if (rule !== undefined) return refuse(rule, struct);
    const bytes = this.#written(struct, known);
    if (known > 0) this.isCut = true;
    this.placed.push({ client: struct.client, clock, bytes });
    this.bytes += bytes.length;
    block.at++;
    return undefined;
  }

  /**
   * As it goes into an update of its own. Values that stand together under one key are written as
   * the deleted ones that they are, because their deletion may come in a later update.
   */
  #written(struct: Struct, known: number): Uint8Array {
    if (this.#placement.isSeveral(struct)) return deletedStruct(this.#bytes, struct, known);
    return known > 0 ? cutStruct(this.#bytes, struct, known).bytes : sliceOf(this.#bytes, struct);
  }

  /** A client belongs for ever to the principal that first wrote under it. */
  #writer({ client }: Struct): Writer | GateRule {
    const { table } = this.#placement.index;
    if (this.#question.isTrusted === true) return table.enter(client, undefined);
    const { principal } = this.#question.sender;
    const { owner, lane } = table.writer(client) ?? { owner: undefined, lane: undefined };
    if (lane?.isHeld === false && owner === principal) return 'lane-lost';
    if (owner === undefined || owner === principal) return table.enter(client, principal);
    return owner === '' ? 'server-client' : 'client-bound';
  }

  #stick(block: Block): undefined {
    block.isStuck = true;
    this.#leftOut += block.structs.length - block.at;
    this.#pop();
  }
}

function refuse(rule: GateRule, { client, clock }: Struct): OrderEnd {
  return { code: 'refused', rule, client, clock };
}

// How much of its budget a session has used. Encoding the document to measure it
// costs as much as the document is large, so in between the bytes of its updates
// are added up: an upper bound, because updates carry more framing than what they
// become. Only when that bound nears a mark is the document measured again. A warning
// may come 2% of the budget early; the refusal is always about what was measured.

import * as Y from 'yjs';
import { fault, type Fault } from './fault.ts';
import { limits } from './limits.ts';

export type BudgetState = 'fine' | 'warn' | 'full';

export interface BudgetLimits {
  readonly bytesMax: number;
  readonly structsMax: number;
}

const defaults: BudgetLimits = {
  bytesMax: limits.sessionBytesMax,
  structsMax: limits.sessionStructsMax,
};

/** Measures again after the bound grew by this share of the budget, at the latest. */
const REMEASURE_RATIO = 0.02;

export class Budget {
  #doc: Y.Doc;
  #limits: BudgetLimits;
  /** Undefined until somebody asks: opening a session does not pay for it. */
  #measured: number | undefined;
  #since = 0;
  /** Whether something was deleted since: only then the document can have become smaller. */
  #shrunk = false;
  #onUpdate = (
    update: Uint8Array,
    _origin: unknown,
    _doc: Y.Doc,
    { deleteSet }: Y.Transaction,
  ): void => {
    this.#since += update.length;
    if (deleteSet.clients.size > 0) this.#shrunk = true;
  };

  constructor(doc: Y.Doc, budget: BudgetLimits = defaults) {
    this.#doc = doc;
    this.#limits = budget;
  }

  /** Where the session stands. Cheap, except for the first time, every 2% of growth above the warning, and close to the end. */
  get state(): BudgetState {
    const { bytesMax, structsMax } = this.#limits;
    let bytes = this.#bytes();
    const nearMark = bytes >= bytesMax * limits.budgetWarnRatio;
    const grown = nearMark && this.#since >= bytesMax * REMEASURE_RATIO;
    const doubtful = bytes >= bytesMax && (this.#shrunk || bytes - this.#since < bytesMax);
    if (this.#since > 0 && (grown || doubtful)) bytes = this.#measure();
    const used = Math.max(bytes / bytesMax, this.#structs() / structsMax);
    if (used >= 1) return 'full';
    return used >= limits.budgetWarnRatio ? 'warn' : 'fine';
  }

  get fault(): Fault | undefined {
    switch (this.state) {
      case 'fine':
        return undefined;
      case 'warn':
        return fault('budget', 'session', 'The session is nearly full; go on in a fork soon.');
      case 'full':
        return fault('budget', 'session', 'The session is full; go on in a fork.');
    }
  }

  close(): void {
    this.#doc.off('update', this.#onUpdate);
  }

  #bytes(): number {
    return this.#measured === undefined ? this.#measure() : this.#measured + this.#since;
  }

  #measure(): number {
    // Not before: Yjs encodes every update anew for a listener, and who only reads never asks.
    if (this.#measured === undefined) this.#doc.on('update', this.#onUpdate);
    this.#measured = Y.encodeStateAsUpdate(this.#doc).length;
    this.#since = 0;
    this.#shrunk = false;
    return this.#measured;
  }

  #structs(): number {
    let structs = 0;
    for (const list of this.#doc.store.clients.values()) structs += list.length;
    return structs;
  }
}

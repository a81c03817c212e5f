// The clients that were named so far. Nearly every update names one, so the set
// proper is made for the second.

import { NONE } from './struct.ts';

export class ClientSet {
  #first = NONE;
  #others: Set<number> | undefined = undefined;

  /** Adds a client. Returns false if it was there. */
  add(client: number): boolean {
    if (this.#first === NONE) {
      this.#first = client;
      return true;
    }
    if (client === this.#first) return false;
    this.#others ??= new Set();
    const size = this.#others.size;
    return this.#others.add(client).size > size;
  }

  clear(): void {
    this.#first = NONE;
    this.#others = undefined;
  }
}

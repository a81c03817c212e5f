// Which lane a part's words are written in. Two parts that grow under one lane store 2.9 times the
// bytes, so the first that grows takes the reply's own lane and each further one, while others are
// open, one that is free. Where none is left they share: dearer, never wrong.

import type { Lane } from '../session/lane.ts';

export class Lanes {
  /** Those beside the reply's own. */
  #spare: readonly Lane[];
  /** By part; null is the reply's own lane. */
  #taken = new Map<string, Lane | null>();

  constructor(lanes: readonly Lane[]) {
    this.#spare = lanes.slice(1);
  }

  /** The lane for a part that begins to grow; undefined is the reply's own. */
  take(part: string): Lane | undefined {
    const taken = new Set(this.#taken.values());
    const lane = taken.has(null) ? this.#spare.find((one) => !taken.has(one)) : undefined;
    this.#taken.set(part, lane ?? null);
    return lane;
  }

  /** Parts that do not grow any more. */
  free(parts: Iterable<string>): void {
    for (const part of parts) this.#taken.delete(part);
  }
}

// What became of ids, for as many of them as are remembered: the latest stay.

export type Fate = 'stored' | 'gone';

export class FateList {
  readonly #max: number;
  readonly #fates = new Map<string, Fate>();

  constructor(max: number) {
    this.#max = max;
  }

  of(id: string): Fate | undefined {
    return this.#fates.get(id);
  }

  set(id: string, fate: Fate): void {
    this.#fates.delete(id);
    this.#fates.set(id, fate);
    if (this.#fates.size <= this.#max) return;
    for (const oldest of this.#fates.keys()) {
      this.#fates.delete(oldest);
      return;
    }
  }

  /** Without what is only stored. */
  goneOnly(): FateList {
    const left = new FateList(this.#max);
    for (const [id, fate] of this.#fates) if (fate === 'gone') left.set(id, fate);
    return left;
  }
}

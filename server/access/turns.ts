// One after another, for each key: what reads and then writes must not meet its like.

export class Turns {
  #last = new Map<string, Promise<unknown>>();

  /** Acts after all that were asked for before under this key, whatever became of them. */
  async take<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = (async (): Promise<T> => {
      await before;
      return act();
    })();
    const over = mine.catch(() => undefined);
    this.#last.set(key, over);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }

  /** Keys under which something is waiting or under way. */
  get size(): number {
    return this.#last.size;
  }
}

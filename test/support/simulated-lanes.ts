// Everything that is on its way in a simulated world: what one party handed over and another did
// not get yet. In one lane it comes in order; which lane moves next is the world's to say.

export class Lane {
  #queue: (() => void)[] = [];
  #busy: Set<Lane>;
  #isHeld: () => boolean;

  constructor(busy: Set<Lane>, isHeld: () => boolean) {
    this.#busy = busy;
    this.#isHeld = isHeld;
  }

  get isReady(): boolean {
    return this.#queue.length > 0 && !this.#isHeld();
  }

  put(act: () => void): void {
    this.#queue.push(act);
    this.#busy.add(this);
  }

  /** The first of what waits happens. */
  move(): void {
    const act = this.#queue.shift();
    if (this.#queue.length === 0) this.#busy.delete(this);
    act?.();
  }

  /** Only so many of what waits happen, now; the rest never does. */
  end(first: number): void {
    const queue = this.#queue.slice(0, first);
    this.clear();
    for (const act of queue) act();
  }

  get length(): number {
    return this.#queue.length;
  }

  clear(): void {
    this.#queue = [];
    this.#busy.delete(this);
  }
}

export class Lanes {
  #busy = new Set<Lane>();

  /** `isHeld`: nothing moves on it now. */
  make(isHeld: () => boolean = () => false): Lane {
    return new Lane(this.#busy, isHeld);
  }

  get ready(): readonly Lane[] {
    return [...this.#busy].filter(({ isReady }) => isReady);
  }
}

// How many may do something costly at once: in all, and each principal, so that one cannot
// keep all others from it.

export interface SeatLimits {
  readonly max: number;
  readonly perPrincipalMax: number;
}

export class Seats {
  #limits: SeatLimits;
  #taken = 0;
  #byPrincipal = new Map<string, number>();

  constructor(limits: SeatLimits) {
    this.#limits = limits;
  }

  /** Call what it returns to give the seat back; again, it does nothing. Undefined where none is free. */
  take(principal: string): (() => void) | undefined {
    const own = this.#byPrincipal.get(principal) ?? 0;
    const { max, perPrincipalMax } = this.#limits;
    if (this.#taken >= max || own >= perPrincipalMax) return undefined;
    this.#count(principal, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#count(principal, -1);
      isTaken = false;
    };
  }

  #count(principal: string, change: number): void {
    this.#taken += change;
    const own = (this.#byPrincipal.get(principal) ?? 0) + change;
    if (own === 0) this.#byPrincipal.delete(principal);
    else this.#byPrincipal.set(principal, own);
  }
}

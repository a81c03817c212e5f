// Words of this device that stand on words which nobody brings: the tab that wrote them crashed, and
// what it wrote before went with it. They can never be let in, so after a while in step with the
// server they are given up, and what they say is kept for the person.

import type { Clock } from '../../base/clock.ts';
import type { OutboxEntry } from '../store/offline.ts';
import type { Life } from './life.ts';
import { standsOn } from './standing.ts';

/** How long another tab may take to bring what is missing. */
const WAIT_MS = 10_000;

export interface OrphanParts {
  readonly clock: Clock;
  /** The document that counts. */
  readonly life: () => Life | undefined;
  readonly entries: () => Iterable<OutboxEntry>;
  readonly found: (entries: readonly OutboxEntry[]) => void;
}

export class Orphans {
  #parts: OrphanParts;
  #stop: (() => void) | undefined;

  constructor(parts: OrphanParts) {
    this.#parts = parts;
  }

  /** Something came from another tab, or the server was reached. */
  look(): void {
    if (this.#stop !== undefined || !this.#isDue) return;
    this.#stop = this.#parts.clock.after(WAIT_MS, () => {
      this.#stop = undefined;
      const life = this.#parts.life();
      if (life === undefined || !this.#isDue) return;
      const { known } = life;
      this.#parts.found([...this.#parts.entries()].filter((one) => !standsOn(one.update, known)));
    });
  }

  end(): void {
    this.#stop?.();
  }

  /** Without the server nobody knows what is still to come. */
  get #isDue(): boolean {
    const life = this.#parts.life();
    return life?.hasEarly === true && life.connection?.state.name === 'live';
  }
}

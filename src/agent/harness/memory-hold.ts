// A claim without a wire: updates and commands of one holder go, in order and after a given time,
// to the bookkeeper of a session in memory. Whatever is on its way when the holder dies never
// arrives, which is what a crash is.

import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import type { Bookkeeper } from '../../session/bookkeeper.ts';
import type { Lane } from '../../session/lane.ts';
import type { ReplyRoute } from '../../session/reply.ts';
import type { Hold, HolderAction, Loss, Told } from '../hold.ts';

export interface MemoryHoldParts {
  readonly books: Bookkeeper;
  readonly clock: Clock;
  readonly holder: string;
  /** How long it takes to the server; at 0 everything arrives at once. */
  readonly latencyMs: number;
  readonly lanes: readonly Lane[];
  /** Gives the run back where it has not ended. */
  readonly onRelease: () => void;
}

export class MemoryHold implements Hold {
  readonly run: string;
  readonly epoch: number;
  readonly lanes: readonly Lane[];
  #parts: MemoryHoldParts;
  #onTheWay = 0;
  #isDead = false;
  #loss: Loss | undefined;
  #quiet = createEmitter<void>();
  #lost = createEmitter<Loss>();
  #waiting = new Set<(told: Told) => void>();

  constructor(run: string, epoch: number, parts: MemoryHoldParts) {
    this.run = run;
    this.epoch = epoch;
    this.lanes = parts.lanes;
    this.#parts = parts;
  }

  get isQuiet(): boolean {
    return this.#onTheWay === 0;
  }

  onQuiet(listener: () => void): Unsubscribe {
    return this.#quiet.subscribe(listener);
  }

  onLost(listener: (loss: Loss) => void): Unsubscribe {
    return this.#lost.subscribe(listener);
  }

  write: ReplyRoute = ({ apply }) => {
    if (this.#loss === undefined) this.#carry(apply);
  };

  tell(action: HolderAction): Promise<Told> {
    if (this.#loss !== undefined) return Promise.resolve({ ok: false, code: 'lost' });
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#carry(() => {
        const { books, holder } = this.#parts;
        const command = { ...action, run: this.run, epoch: this.epoch };
        const outcome = books.obey(holder, command);
        // The answer takes its way back; a promise is enough of it.
        this.#waiting.delete(resolve);
        resolve(outcome.ok ? { ok: true } : { ok: false, code: outcome.code });
      });
    });
  }

  async release(): Promise<void> {
    if (this.#loss === undefined && !this.#isDead) this.#carry(this.#parts.onRelease);
  }

  /** The claim is gone. */
  lose(loss: Loss): void {
    if (this.#loss !== undefined) return;
    this.#loss = loss;
    for (const resolve of this.#waiting) resolve({ ok: false, code: 'lost' });
    this.#waiting.clear();
    this.#lost.emit(loss);
  }

  /** The process is gone: what is on its way is lost, and nobody is told. */
  die(): void {
    this.#isDead = true;
  }

  #carry(arrive: () => void): void {
    const { latencyMs, clock } = this.#parts;
    if (this.#isDead) return;
    if (latencyMs === 0 && this.#onTheWay === 0) return arrive();
    this.#onTheWay++;
    clock.after(latencyMs, () => {
      if (this.#isDead) return;
      this.#onTheWay--;
      if (this.#loss === undefined) arrive();
      if (this.isQuiet) this.#quiet.emit();
    });
  }
}

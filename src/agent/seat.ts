// What everything in a run shares: the claim, the reply that is written under it, the signal, and
// whether anything may still be written. A seat is open, then sealed (the handler is done, or
// its time is up) or lost; it never opens again.
//
//     open --stop--> open, signal fired --seal--> sealed
//       '------------ lose ----------------------> lost

import type { Chance } from '../base/chance.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import type { Place } from '../session/control.ts';
import type { Part } from '../session/part.ts';
import type { ReplyWriter } from '../session/reply.ts';
import type { Run } from '../session/run.ts';
import type { Session } from '../session/session.ts';
import { knownRun } from '../session/pen.ts';
import type { Bucket } from './bucket.ts';
import { agentError, isEnd, RunStopped, type Stop } from './error.ts';
import type { Hold, HolderAction, Loss, Told } from './hold.ts';
import { Outlet } from './outlet.ts';

export interface SeatParts {
  readonly session: Session;
  readonly hold: Hold;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly bucket: Bucket;
}

export class Seat {
  readonly session: Session;
  readonly hold: Hold;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly reply: ReplyWriter;
  readonly outlet: Outlet;
  /** What a former holder wrote, by id, as it was when this one began. */
  readonly known: Map<string, Part>;
  /** Fires whenever requests or runs of the session changed, until the seat is not open any more. */
  readonly changed = createEmitter<void>();
  #controller = new AbortController();
  #state: 'open' | 'sealed' | 'lost' = 'open';
  #loss: Loss | undefined;
  #end = (): void => undefined;
  #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  #waits: string[] = [];
  #at: { readonly part: string; readonly chars: () => number } | undefined;
  #step: string | undefined;
  #stopHearing: readonly Unsubscribe[];

  constructor({ session, hold, clock, chance, bucket }: SeatParts) {
    this.session = session;
    this.hold = hold;
    this.clock = clock;
    this.chance = chance;
    const { reply } = knownRun(session.pen, hold.run);
    const parts = session.view.messages.get(reply)?.parts ?? [];
    this.known = new Map(parts.map((part) => [part.id, part]));
    this.reply = session.begin(hold.run, hold.lanes[0], hold.write);
    this.outlet = new Outlet(this.reply, hold, clock, bucket);
    this.#stopHearing = [
      hold.onLost((loss) => this.lose(loss)),
      session.subscribe(
        (view) => view,
        () => this.changed.emit(),
        (a, b) => a.requests === b.requests && a.runs === b.runs,
      ),
    ];
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** How the claim was lost; undefined while it holds, or where the run ended under it. */
  get loss(): Loss | undefined {
    return this.#loss;
  }

  /** Resolves when it is not open any more. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** The run as the document has it. */
  get run(): Run {
    return knownRun(this.session.pen, this.hold.run);
  }

  /** Throws where nothing more may be written. */
  admit(): void {
    if (this.#state === 'open') return;
    if (this.#state === 'lost' && this.signal.reason instanceof RunStopped) {
      throw this.signal.reason;
    }
    throw agentError('run-ended', 'The run has ended; nothing more can be written.', {
      run: this.hold.run,
    });
  }

  /** Tells the handler to stop; the first reason stays. */
  stop(stop: Stop): void {
    if (!this.signal.aborted) this.#controller.abort(new RunStopped(stop));
  }

  /** The claim is gone: nothing that is written from now on would be taken. */
  lose(why: Loss): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#loss = why;
    this.#close();
    this.stop({ why });
  }

  /** Ends all writing, and hands everything on. Texts are closed, unless somebody goes on with them. */
  seal(isOver: boolean): void {
    if (this.#state !== 'open') return;
    try {
      this.outlet.flush();
      if (isOver) this.reply.end();
    } finally {
      this.#state = 'sealed';
      this.#close();
    }
  }

  /** Asks the server, after all that was written before. A claim that it does not know any more is lost. */
  async tell(action: HolderAction): Promise<Told> {
    if (this.#state === 'lost') return { ok: false, code: 'lost' };
    try {
      this.outlet.flush();
    } catch {
      // The session was closed under it: nothing of this run can be written any more.
      this.lose('lost');
      return { ok: false, code: 'lost' };
    }
    const told = await this.hold.tell(action);
    if (told.ok) return told;
    if (told.code === 'stale-epoch' || told.code === 'not-holder') this.lose('taken-over');
    else if (told.code === 'lost') this.lose('lost');
    return told;
  }

  /** The same, or the reason why the run was stopped meanwhile. */
  orStopped<Value>(work: Promise<Value>): Promise<Value> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const stopped = (): void => reject(signal.reason);
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', stopped, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
    });
  }

  /**
   * A promise of ours that nobody may wait for: that the run was stopped or has ended is then no
   * unhandled rejection, which would end the process and every other run in it.
   */
  left<Value>(work: Promise<Value>): Promise<Value> {
    const given = new Promise<Value>((resolve, reject) => {
      work.then(resolve, (error: unknown) => {
        if (isEnd(error)) given.catch(() => undefined);
        reject(error);
      });
    });
    return given;
  }

  /**
   * Resolves when the condition gives a value; it is asked again whenever requests or runs changed,
   * and whenever `hear` says so.
   */
  until<Value>(
    condition: () => Value | undefined,
    hear: (wake: () => void) => Unsubscribe = () => () => undefined,
  ): Promise<Value> {
    let stop = (): void => undefined;
    const found = new Promise<Value>((resolve, reject) => {
      const look = (): void => {
        try {
          const value = condition();
          if (value !== undefined) resolve(value);
        } catch (error) {
          reject(error);
        }
      };
      const stops = [this.changed.subscribe(look), hear(look)];
      stop = () => stops.forEach((one) => one());
      look();
    });
    return this.orStopped(found).finally(() => stop());
  }

  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void> {
    let cancel = (): void => undefined;
    const passed = new Promise<void>((resolve) => {
      cancel = this.clock.after(ms, resolve);
    });
    return this.orStopped(passed).finally(() => cancel());
  }

  /** Shows the run as waiting for something until the returned function is called. */
  async waitFor(what: string): Promise<() => Promise<void>> {
    this.#waits.push(what);
    await this.tell({ do: 'wait', for: what });
    return async () => {
      this.#waits.splice(this.#waits.indexOf(what), 1);
      const left = this.#waits.at(-1);
      if (this.#state !== 'open') return;
      await this.tell(left === undefined ? { do: 'proceed' } : { do: 'wait', for: left });
    };
  }

  /** Notes where words are written now, for acks. */
  at(part: string, chars: () => number = () => 0): void {
    this.#at = { part, chars };
  }

  set step(step: string | undefined) {
    this.#step = step;
  }

  /** How far the reply is. */
  get place(): Place {
    return {
      message: this.reply.message,
      part: this.#at?.part,
      chars: this.#at?.chars(),
      step: this.#step,
    };
  }

  #close(): void {
    this.outlet.close();
    this.#end();
    for (const stop of this.#stopHearing) stop();
  }
}

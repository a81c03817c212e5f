// A run below a run: another agent is asked inside this one, and writes its own reply straight into
// the session. Nothing is relayed: whoever looks sees it as it comes. A cancel of the run above
// reaches it by itself.

import type { Unsubscribe } from '../base/emitter.ts';
import type { Message } from '../session/message.ts';
import type { PromptContent } from '../session/prompt.ts';
import { isFinal, type RunStatus } from '../session/run.ts';
import { wordsIn } from './requests.ts';
import type { Seat } from './seat.ts';

/** How a run ended, and what it wrote. */
export interface ChildEnd {
  readonly status: RunStatus;
  readonly message: Message | undefined;
  /** The text of its reply. */
  readonly text: string;
}

export class ChildRun {
  readonly run: string;
  readonly reply: string;
  #seat: Seat;
  #end: Promise<ChildEnd> | undefined;

  constructor(seat: Seat, sent: { readonly run: string; readonly reply: string }) {
    this.#seat = seat;
    this.run = sent.run;
    this.reply = sent.reply;
  }

  /** Resolves when it has ended, however. Rejects when the run that asked is stopped. */
  get ended(): Promise<ChildEnd> {
    this.#end ??= this.#seat.left(this.#seat.until(() => this.#now()));
    return this.#end;
  }

  /** Its words as they come, until it ends. */
  async *text(): AsyncGenerator<string, void> {
    let seen = '';
    const { session } = this.#seat;
    for (;;) {
      const words = await this.#seat.until(() => {
        const now = wordsIn(session.view.messages.get(this.reply)?.parts ?? []);
        if (now.length > seen.length) return now;
        return this.#now() === undefined ? undefined : '';
      }, this.#follow);
      if (words === '') return;
      // Where an attempt was taken back the words begin anew; what was told stays told.
      if (words.startsWith(seen)) yield words.slice(seen.length);
      seen = words;
    }
  }

  /** Asks to stop it, and all below it. */
  cancel(reason?: string): void {
    this.#seat.admit();
    this.#seat.session.cancel(this.run, reason === undefined ? {} : { reason });
  }

  #follow = (wake: () => void): Unsubscribe =>
    this.#seat.session.follow(({ message }) => {
      if (message === this.reply) wake();
    });

  #now(): ChildEnd | undefined {
    const { view } = this.#seat.session;
    const status = view.runs.get(this.run)?.status;
    if (status === undefined || !isFinal(status.state)) return undefined;
    const message = view.messages.get(this.reply);
    return { status, message, text: wordsIn(message?.parts ?? []) };
  }
}

/** Asks another agent inside the run. */
export function askWithin(seat: Seat, agent: string, prompt: PromptContent): ChildRun {
  seat.admit();
  const { run, reply } = seat.session.sendWithin(seat.hold.run, agent, prompt);
  if (run === null || reply === null) throw new Error('a prompt within a run asks an agent');
  return new ChildRun(seat, { run, reply });
}

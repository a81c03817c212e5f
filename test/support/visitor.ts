// A person in a session of a server that runs as a process: joins over the wire as an app does, on the
// system's clock, asks, and waits for what it sees.

import { wordsIn } from '../../src/agent/requests.ts';
import { systemChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { joinOverWire, type JoinedSession } from '../../src/client/joined-session.ts';
import type { Part } from '../../src/session/part.ts';
import { isFinal, type Run } from '../../src/session/run.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import type { View } from '../../src/session/view.ts';
import { within } from './hang.ts';

export interface VisitorOptions {
  readonly url: string;
  readonly token: string;
  readonly id: string;
  /** Whom prompts go to. */
  readonly agent?: string;
}

export class Visitor {
  readonly session: Session;
  #joined: JoinedSession;

  private constructor(joined: JoinedSession) {
    this.#joined = joined;
    this.session = joined.session;
  }

  /** Makes the session. */
  static async open({ url, token, id, agent = 'guide' }: VisitorOptions): Promise<Visitor> {
    const joined = await Visitor.#join({ url, token, id });
    const { doc, principal } = joined.session;
    createSession({ principal, id, agent, doc, clock: systemClock });
    return new Visitor(joined);
  }

  /** Comes into a session that is there. */
  static async visit(options: VisitorOptions): Promise<Visitor> {
    return new Visitor(await Visitor.#join(options));
  }

  static #join({ url, token, id }: VisitorOptions): Promise<JoinedSession> {
    const wake = { isOnline: true, subscribe: () => () => undefined };
    const { WebSocket } = globalThis;
    return joinOverWire({
      url,
      session: id,
      token: () => Promise.resolve(token),
      platform: { clock: systemClock, chance: systemChance(), WebSocket, wake },
    });
  }

  get view(): View {
    return this.session.view;
  }

  ask(prompt: string): string {
    const { run } = this.session.send(prompt);
    if (run === null) throw new Error('the session asks no agent');
    return run;
  }

  run(id: string): Run | undefined {
    return this.view.runs.get(id);
  }

  isOver(run: string): boolean {
    return isFinal(this.run(run)?.status.state ?? 'queued');
  }

  parts(run: string): readonly Part[] {
    return this.view.messages.get(this.run(run)?.reply ?? '')?.parts ?? [];
  }

  text(run: string): string {
    return wordsIn(this.parts(run));
  }

  async until(holds: () => boolean, what: string, ms?: number): Promise<void> {
    if (holds()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (holds()) resolve();
    };
    const stops = [this.session.subscribe((view) => view, look), this.session.follow(look)];
    try {
      await within(promise, what, ms);
    } finally {
      for (const stop of stops) stop();
    }
  }

  untilState(run: string, state: Run['status']['state'], ms?: number): Promise<void> {
    return this.until(() => this.run(run)?.status.state === state, `a run that is ${state}`, ms);
  }

  untilText(run: string, text: string, ms?: number): Promise<void> {
    return this.until(() => this.text(run).includes(text), `"${text}" in a reply`, ms);
  }

  close(): void {
    this.#joined.close();
  }
}

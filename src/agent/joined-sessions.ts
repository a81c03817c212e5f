// The sessions that an agent is in: each is joined once, however many runs it answers there, and left
// a little after the last one, because the next prompt of a conversation comes soon.

import type { Clock } from '../base/clock.ts';
import type { JoinedSession } from '../client/joined-session.ts';

interface Membership {
  readonly joining: Promise<JoinedSession>;
  users: number;
  stopLeaving: () => void;
}

export class JoinedSessions {
  #join: (session: string) => Promise<JoinedSession>;
  #clock: Clock;
  #lingerMs: number;
  #sessions = new Map<string, Membership>();
  #isClosed = false;

  constructor(join: (session: string) => Promise<JoinedSession>, clock: Clock, lingerMs: number) {
    this.#join = join;
    this.#clock = clock;
    this.#lingerMs = lingerMs;
  }

  /** Joined, and kept until it is given back by `leave`. Rejects where it cannot be joined. */
  async enter(session: string): Promise<JoinedSession> {
    const membership = this.#sessions.get(session) ?? this.#begin(session);
    membership.users++;
    membership.stopLeaving();
    try {
      const joined = await membership.joining;
      if (joined.state.name !== 'refused') return joined;
      throw new Error(`the session ${session} was refused meanwhile`);
    } catch (error) {
      this.#drop(session, membership);
      throw error;
    }
  }

  leave(session: string): void {
    const membership = this.#sessions.get(session);
    if (membership === undefined || --membership.users > 0) return;
    const drop = (): void => this.#drop(session, membership);
    if (this.#isClosed) return drop();
    membership.stopLeaving = this.#clock.after(this.#lingerMs, drop);
  }

  /** Leaves what nobody uses, now; the rest as its runs end. */
  close(): void {
    this.#isClosed = true;
    for (const [session, membership] of this.#sessions) {
      if (membership.users === 0) this.#drop(session, membership);
    }
  }

  #begin(session: string): Membership {
    const joining = this.#join(session);
    const membership: Membership = { joining, users: 0, stopLeaving: () => undefined };
    this.#sessions.set(session, membership);
    return membership;
  }

  #drop(session: string, membership: Membership): void {
    membership.stopLeaving();
    if (this.#sessions.get(session) === membership) this.#sessions.delete(session);
    membership.joining.then(
      (joined) => joined.close(),
      () => undefined,
    );
  }
}

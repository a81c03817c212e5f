// The sessions that this process has looked at. A bounded number is remembered; what is
// forgotten is read from the store again.

import { SessionState } from './session-state.ts';
import type { Store } from './store.ts';
import type { Tail } from './tail.ts';

export const statesMax = 20_000;

export class SessionStates {
  #store: Store;
  #tail: Tail;
  #max: number;
  #states = new Map<string, SessionState>();
  #loading = new Map<string, Promise<void>>();

  constructor(store: Store, tail: Tail, max: number) {
    this.#store = store;
    this.#tail = tail;
    this.#max = max;
  }

  known(session: string): SessionState | undefined {
    return this.#states.get(session);
  }

  /** Acts on a session, which is not forgotten meanwhile. Rejects with a StoreFault. */
  async use<T>(session: string, act: (state: SessionState) => Promise<T>): Promise<T> {
    let state = this.#states.get(session);
    while (state === undefined) {
      const loading = this.#loading.get(session) ?? this.#load(session);
      this.#loading.set(session, loading);
      await loading;
      state = this.#states.get(session);
    }
    state.users += 1;
    try {
      return await act(state);
    } finally {
      state.users -= 1;
    }
  }

  async #load(session: string): Promise<void> {
    try {
      const head = await this.#store.head(session);
      // Looked up in the same turn: the store answers in order, so what it had not yet
      // taken at that time is still in the tail.
      const state = new SessionState(session, head, this.#tail.lastSeq(session));
      this.#makeRoom();
      this.#states.set(session, state);
    } finally {
      this.#loading.delete(session);
    }
  }

  #makeRoom(): void {
    if (this.#states.size < this.#max) return;
    for (const [session, state] of this.#states) {
      if (state.users === 0) this.#states.delete(session);
      if (this.#states.size < this.#max * 0.9) return;
    }
  }
}

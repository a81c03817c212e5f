// Where a session stands, in memory, and who may act on it: appends go side by side, and
// what must not meet one (a grant, a deletion) goes alone, after those before it and
// before those behind it.
//
//     append append | grant | append | delete | ...

import type { Head } from './log.ts';
import { deleted, missing, type Deleted, type Missing } from './refusal.ts';
import type { StoredHead } from './store.ts';

export class SessionState {
  readonly session: string;
  generation: string | undefined;
  /** The last record that was let in; durable are those up to `durable`. */
  seq: number;
  durable: number;
  base: number;
  deleted: boolean;
  /** While somebody acts on it, it may not be forgotten. */
  users = 0;
  #underWay = 0;
  #alone: Promise<unknown> | undefined;
  #idle: (() => void)[] = [];

  constructor(session: string, head: StoredHead | undefined, tailSeq: number) {
    this.session = session;
    this.generation = head?.generation;
    this.durable = Math.max(head?.seq ?? 0, tailSeq);
    this.seq = this.durable;
    this.base = head?.base ?? 0;
    this.deleted = head?.deleted ?? false;
  }

  /** What stands before an append, or undefined. Wait for it, then look again. */
  get obstacle(): Promise<unknown> | undefined {
    return this.#alone;
  }

  /** An append is under way: it is not forgotten, and who acts alone waits. */
  enter(): void {
    this.users += 1;
    this.#underWay += 1;
  }

  leave(): void {
    this.users -= 1;
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when no append is under way. */
  settled(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    return promise;
  }

  async alone<T>(act: () => Promise<T>): Promise<T> {
    const before = this.#alone;
    const mine = (async (): Promise<T> => {
      await before;
      await this.settled();
      return act();
    })();
    const told = mine.catch(() => undefined);
    this.#alone = told;
    try {
      return await mine;
    } finally {
      if (this.#alone === told) this.#alone = undefined;
    }
  }
}

/** Why it cannot be asked, or undefined where it is living. */
export function refusalOf(state: SessionState): Missing | Deleted | undefined {
  if (state.deleted) return deleted;
  return state.generation === undefined ? missing : undefined;
}

export function headOf({ session, generation = '', durable, base }: SessionState): Head {
  return { session, generation, seq: durable, base };
}

// Web Locks as a browser has them, as far as the tabs use them: exclusive, first come, first served.

import type { LockPort } from '../../src/client/tabs/election.ts';

export interface FakeLocks extends LockPort {
  /** Whether anybody holds it. */
  isHeld(name: string): boolean;
}

export function fakeLocks(): FakeLocks {
  const queues = new Map<string, Promise<unknown>>();
  const held = new Map<string, number>();
  return {
    isHeld: (name) => (held.get(name) ?? 0) > 0,
    request: async (name, { signal, ifAvailable }, hold) => {
      if (ifAvailable === true && (held.get(name) ?? 0) > 0) return hold(null);
      held.set(name, (held.get(name) ?? 0) + 1);
      const before = queues.get(name) ?? Promise.resolve();
      const turn = before.then(async () => {
        signal?.throwIfAborted();
        return hold({ name });
      });
      const ended = turn.then(
        () => undefined,
        () => undefined,
      );
      queues.set(name, ended);
      try {
        return await turn;
      } finally {
        held.set(name, (held.get(name) ?? 1) - 1);
      }
    },
  };
}

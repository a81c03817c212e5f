// Up to where somebody has read a session, on whatever device: the session's last activity as
// the list told it, so that the clocks of devices decide nothing, and the last message they
// saw, for a line between old and new. A mark never goes back.

import type { Unsubscribe } from '../../base/emitter.ts';
import { isJsonObject } from '../../base/json.ts';
import type { RowAccess } from './row-access.ts';
import { READ } from './row-book.ts';

/** How far it was read. */
export interface ReadPlace {
  /** Of the session's `lastActivity`: milliseconds since 1970 by the server's clock. */
  readonly at: number;
  readonly message?: string | undefined;
}

export class ReadMark {
  #desk: RowAccess;
  #key: string;

  constructor(desk: RowAccess, session: string) {
    this.#desk = desk;
    this.#key = `${READ}${session}`;
  }

  /** Null where it was never read. */
  get place(): ReadPlace | null {
    const value = this.#desk.get(this.#key);
    if (!isJsonObject(value) || typeof value['at'] !== 'number') return null;
    const { at, message } = value;
    return typeof message === 'string' ? { at, message } : { at };
  }

  set({ at, message }: ReadPlace): void {
    const { place } = this;
    if (place !== null && place.at > at) return;
    this.#desk.set(this.#key, message === undefined ? { at } : { at, message });
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#desk.subscribe(this.#key, listener);
  }
}

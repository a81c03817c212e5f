// How a session is doing, as one value that stays the same object while nothing changes.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { mayWriteBelow } from '../../protocol/root-rights.ts';
import type { Right } from '../../protocol/token.ts';
import type { ConnectionState } from '../connection/connection-state.ts';
import type { StorageState } from '../store/offline.ts';

export type NoticeCode =
  /** Sign in again: `client.renew(token)`. */
  | 'token'
  | 'rights'
  | 'no-session'
  | 'too-large'
  | 'protocol'
  /** Something was refused, and the session went on without it. */
  | 'recovered'
  /** The session was restored from an older state on the server. */
  | 'restored'
  /** It was tried again and again, and the server refuses what is written here. */
  | 'stuck'
  /** The document is of a schema that this version cannot read. */
  | 'schema'
  /** Some of what this device kept cannot be read. It is put aside until this person signs out. */
  | 'quarantined'
  | 'no-principal';

/** One sentence for the person. */
export interface Notice {
  readonly code: NoticeCode;
  readonly sentence: string;
}

export interface SessionStatus {
  readonly connection: ConnectionState;
  readonly storage: StorageState;
  /** Writes of this device that the server is not known to have. */
  readonly unsent: number;
  /** When it was last known to be in step with the server, in milliseconds since 1970. */
  readonly lastSyncedAt: number | null;
  /** What this principal may do here; null until the server said so. */
  readonly rights: readonly Right[] | null;
  /** Whether no message can be written. False while that is not known. */
  readonly readOnly: boolean;
  /**
   * How many agents wait for runs here, by their names; who is not named has nobody. Null while it is
   * not known, because there is no connection.
   */
  readonly agents: Readonly<Record<string, number>> | null;
  readonly notice: Notice | null;
}

const startStatus: SessionStatus = Object.freeze<SessionStatus>({
  connection: { name: 'offline', why: 'not-wanted' },
  storage: { state: 'memory', why: 'Nothing was read yet.' },
  unsent: 0,
  lastSyncedAt: null,
  rights: null,
  readOnly: false,
  agents: null,
  notice: null,
});

export class StatusKeeper {
  #status = startStatus;
  #changed = createEmitter<SessionStatus>();

  get now(): SessionStatus {
    return this.#status;
  }

  subscribe(listener: (status: SessionStatus) => void): Unsubscribe {
    return this.#changed.subscribe(listener);
  }

  set(changes: Partial<Omit<SessionStatus, 'readOnly'>>): void {
    const next = { ...this.#status, ...changes };
    const { rights } = next;
    const readOnly =
      rights !== null && !mayWriteBelow('messages', (right) => rights.includes(right));
    const status = Object.freeze({ ...next, readOnly });
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#changed.emit(status);
  }
}

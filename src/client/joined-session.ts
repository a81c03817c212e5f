// A session on a server, for a process that holds nothing of it beforehand: an agent, a script. The
// document begins empty and is whole once it was synced; what is written goes up by the same
// connection as an app's, and what a holder of runs asks goes behind it.

import * as Y from 'yjs';
import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import type { Command } from '../protocol/command.ts';
import { openSession, type Session } from '../session/session.ts';
import type { ConnectionState } from './connection/connection-state.ts';
import {
  type Connection,
  type ConnectionPlatform,
  createConnection,
  type RefusedUpdate,
} from './connection/connection.ts';
import type { Asked } from './connection/link.ts';
import { clientError } from './error.ts';

export interface JoinOptions {
  readonly url: string;
  readonly session: string;
  readonly token: () => Promise<string>;
  readonly platform: ConnectionPlatform;
}

/** What the server said to a request; undefined where the connection ended before it said anything. */
export type Answer = Command | undefined;

export class JoinedSession {
  readonly session: Session;
  /** What the server says by itself. */
  readonly commands = createEmitter<Command>();
  readonly refused = createEmitter<RefusedUpdate>();
  /** Fires when the connection is live again, and when all that was written is durable. */
  readonly changed = createEmitter<void>();
  #connection: Connection;
  #progress: Progress;
  #asked = new Map<number, (answer: Answer) => void>();
  #stop: Unsubscribe;

  constructor(session: Session, connection: Connection, progress: Progress) {
    this.session = session;
    this.#connection = connection;
    this.#progress = progress;
    this.#stop = connection.on({
      state: (state) => this.#became(state),
      durable: () => this.changed.emit(),
      refused: (update) => this.refused.emit(update),
      command: (command) => this.#hear(command),
    });
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Whether all that was written here is durable on the server. */
  get isSettled(): boolean {
    return this.#progress.durable >= this.#progress.written;
  }

  /** Asks behind all that was written. Undefined where nobody will answer: ask again once it is live. */
  ask(request: Asked): Promise<Answer> {
    const id = this.#connection.ask(request);
    if (id === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  close(): void {
    this.#stop();
    this.#connection.close();
    this.session.close();
    this.session.doc.destroy();
    this.#forget();
  }

  #hear(command: Command): void {
    const answered = command.re === undefined ? undefined : this.#asked.get(command.re);
    if (answered === undefined || command.re === undefined) return this.commands.emit(command);
    this.#asked.delete(command.re);
    answered(command);
  }

  #became(state: ConnectionState): void {
    if (state.name !== 'live') this.#forget();
    this.changed.emit();
  }

  #forget(): void {
    const waiting = [...this.#asked.values()];
    this.#asked.clear();
    for (const answer of waiting) answer(undefined);
  }
}

/** How many writes there were, and how many of them are durable. */
interface Progress {
  written: number;
  durable: number;
}

/** Joins, and resolves when the session is whole. Rejects where the server does not let us in. */
export function joinOverWire(options: JoinOptions): Promise<JoinedSession> {
  const { session: id, platform } = options;
  const { clock, chance } = platform;
  const doc = new Y.Doc();
  const progress: Progress = { written: 0, durable: 0 };
  let principal = '';
  let generation: string | undefined;
  let own: object | undefined;
  doc.on('update', (_update, origin, _doc, { local }) => {
    if (local || (own !== undefined && origin === own)) progress.written++;
  });
  const connection = createConnection({
    ...options,
    doc,
    generation: () => generation,
    position: () => progress.written,
  });
  connection.on({
    ready: (admission) => {
      principal = admission.principal;
      generation = admission.generation;
    },
    durable: (position) => {
      progress.durable = position;
    },
  });
  return whole(connection).then(
    () => {
      const session = openSession(doc, { principal, id, clock, chance });
      own = session.pen;
      return new JoinedSession(session, connection, progress);
    },
    (error: unknown) => {
      connection.close();
      doc.destroy();
      throw error;
    },
  );
}

function whole(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = connection.on({
      state: (state) => {
        if (state.name !== 'live' && state.name !== 'refused') return;
        stop();
        if (state.name === 'live') return resolve();
        reject(clientError('refused', state.reason.sentence, { reason: state.reason.code }));
      },
    });
    connection.connect();
  });
}

// The life of one document: from the bytes that were kept, over what is written and what
// arrives, to its end. A refused write ends a document for good, so a session that is open may
// pass through several; each has its own client, presence and connection. What changes a
// document carries its origin, because what is done with a change depends on nothing else.
//
//     store ─▶          ┌──▶ a verb wrote it: to the store's outbox, and to the server
//     tabs ──▶ document ┤
//     server ▶          └──▶ the server sent it: to the store's base

import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Unsubscribe } from '../../base/emitter.ts';
import { createSession, openSession, type Session } from '../../session/session.ts';
import type { Connection, ConnectionListeners } from '../connection/connection.ts';
import type { Platform } from '../platform.ts';
import { wakeWaiting } from '../waking.ts';
import type { Beginning } from '../../session/settings.ts';
import { standsOn } from './standing.ts';

/**
 * Of what is applied to a document by this device. Whatever a verb writes has none of these, nor
 * has what a connection brings.
 * - `unsent`: this device wrote it, in this tab or another one, and the server may not have it
 * - `known`: the server has it
 */
export type Origin = 'unsent' | 'known';

class OriginMark {
  readonly origin: Origin;

  constructor(origin: Origin) {
    this.origin = origin;
  }
}

const marks: Readonly<Record<Origin, OriginMark>> = {
  unsent: new OriginMark('unsent'),
  known: new OriginMark('known'),
};

export interface LifeParts {
  readonly url: string;
  readonly session: string;
  readonly principal: string;
  readonly token: () => Promise<string>;
  readonly generation: () => string | undefined;
  readonly platform: Platform;
  /** A verb wrote this, below these roots. */
  readonly wrote: (update: Uint8Array, roots: readonly string[]) => void;
  /** This came from the server. */
  readonly came: (update: Uint8Array) => void;
}

export class Life {
  readonly doc = new Y.Doc();
  readonly awareness: Awareness;
  readonly session: string;
  /** How many writes of this device are in the document, as its connection counts them. */
  position = 0;
  /** Of these, how many were handed to a socket, and how many the server has. */
  sent = 0;
  durable = 0;
  #parts: LifeParts;
  #opened: Session | undefined;
  #connection: Connection | undefined;
  #stops: Unsubscribe[] = [];
  /** Words of this device that stand on what is not here yet. */
  #early: { readonly update: Uint8Array; readonly late: (position: number) => void }[] = [];

  /** `position`: to begin with, so that the connection says when it has asked for everything. */
  constructor(parts: LifeParts, position = 0) {
    this.#parts = parts;
    this.session = parts.session;
    this.position = position;
    this.doc.clientID = parts.platform.chance.uint32();
    this.awareness = new Awareness(this.doc);
    // Before anybody else hears of a change: whoever does asks for the position.
    this.doc.on('update', this.#take);
    // Whoever brings what it waited for, it may be of this device: it is sent, and is no base.
    wakeWaiting(this.doc, marks.unsent);
    this.doc.on('afterAllTransactions', this.#takeEarly);
  }

  /** The session of the document. */
  get opened(): Session | undefined {
    return this.#opened;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Applies what the server has. */
  apply(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, marks.known);
  }

  /**
   * Applies what this device wrote. Returns the position at which it is in the document; an
   * infinite one where it has to wait for what it stands on, and `late` is told when it is in.
   */
  applyUnsent(update: Uint8Array, late: (position: number) => void): number {
    if (!standsOn(update, this.known)) {
      this.#early.push({ update, late });
      return Number.POSITIVE_INFINITY;
    }
    Y.applyUpdate(this.doc, update, marks.unsent);
    return this.position;
  }

  /** The same for many, as one. `origin`: nobody tells apart what of it the server has. */
  applyAll(updates: readonly Uint8Array[], origin: Origin = 'known'): void {
    this.doc.transact(() => {
      for (const update of updates) Y.applyUpdate(this.doc, update, marks[origin]);
    }, marks[origin]);
  }

  /** Reads the document as a session. Throws a SessionError where it is of no known schema. */
  open(): Session {
    this.#opened = openSession(this.doc, this.#options());
    return this.#opened;
  }

  /** Begins a session in the empty document. */
  begin(beginning: Beginning): Session {
    return this.beginWith((doc) => createSession({ ...this.#options(), ...beginning, doc }));
  }

  /** The same with what somebody else writes into it. */
  beginWith(make: (doc: Y.Doc) => Session): Session {
    this.#opened = this.doc.transact(() => make(this.doc));
    return this.#opened;
  }

  connect(listeners: ConnectionListeners): void {
    const { url, session, principal, token, generation, platform } = this.#parts;
    const connection = platform.connect({
      url,
      session,
      doc: this.doc,
      awareness: this.awareness,
      token,
      generation,
      principal: () => principal,
      position: () => this.position,
      platform,
    });
    this.#connection = connection;
    this.#stops.push(connection.on(listeners));
    connection.connect();
  }

  /** The clock from which on nothing of a client is here. */
  readonly known = (client: number): number => Y.getState(this.doc.store, client);

  /** Whether words of this device wait for what they stand on. */
  get hasEarly(): boolean {
    return this.#early.length > 0;
  }

  /** Whether something in the document waits for what is not there. */
  get isWaiting(): boolean {
    return this.doc.store.pendingStructs !== null;
  }

  encode(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  /** Ends what goes over the network; the document can still be read and written. */
  disconnect(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#connection?.close();
    this.#connection = undefined;
  }

  end(): void {
    this.disconnect();
    this.#early = [];
    this.#opened?.close();
    this.awareness.destroy();
    this.doc.destroy();
  }

  #options(): {
    principal: string;
    id: string;
    clock: Platform['clock'];
    chance: Platform['chance'];
  } {
    const { principal, session, platform } = this.#parts;
    return { principal, id: session, clock: platform.clock, chance: platform.chance };
  }

  #take = (update: Uint8Array, origin: unknown, _doc: Y.Doc, how: Y.Transaction): void => {
    if (origin instanceof OriginMark) {
      if (origin.origin === 'unsent') this.position++;
    } else if (how.local || (this.#opened !== undefined && origin === this.#opened.pen)) {
      this.position++;
      this.#parts.wrote(update, this.#rootsOf(how));
    } else {
      this.#parts.came(update);
    }
  };

  /** What had to wait and can stand now. Each that is let in may be what another waits for. */
  #takeEarly = (): void => {
    const at = this.#early.findIndex(({ update }) => standsOn(update, this.known));
    const [due] = at < 0 ? [] : this.#early.splice(at, 1);
    if (due === undefined) return;
    Y.applyUpdate(this.doc, due.update, marks.unsent);
    due.late(this.position);
    this.#takeEarly();
  };

  #rootsOf({ changedParentTypes }: Y.Transaction): readonly string[] {
    const changed: ReadonlySet<unknown> = new Set(changedParentTypes.keys());
    return [...this.doc.share].filter(([, type]) => changed.has(type)).map(([name]) => name);
  }
}

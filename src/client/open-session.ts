// A session that is open, with all that belongs to it: the document and its connection, who is
// here, its files. It is made at once; as soon as it is known who writes it begins to read.

import type { Session } from '../session/session.ts';
import { Files } from './files/files.ts';
import { type CoreParts, SessionCore, type Who } from './handle/core.ts';
import type { Life } from './handle/life.ts';
import { AwarenessPresence } from './presence/presence.ts';
import { type HandleParts, SessionHandle } from './session-handle.ts';

export interface OpenSessionParts extends CoreParts {
  /** Of the server: http or https. */
  readonly httpUrl: string;
  readonly fork: HandleParts['fork'];
  /** Somebody gave it back. */
  readonly closed: () => void;
}

export class OpenSession {
  readonly core: SessionCore;
  readonly handle: SessionHandle;
  /** How many have it. */
  holders = 0;
  /** Stops the time after which it is closed when nobody has it. */
  stopLinger: (() => void) | undefined;
  /** Tells the list for the last time. */
  stopWatching: (() => void) | undefined;
  #parts: OpenSessionParts;
  #presence: AwarenessPresence;
  #files: Files | undefined;
  #wasLive = false;

  constructor(parts: OpenSessionParts) {
    this.#parts = parts;
    this.core = new SessionCore(parts);
    this.#presence = new AwarenessPresence(parts.platform.clock, () => this.core.principalOrNull);
    this.core.replaced.subscribe((life) => this.#presence.attach(life.awareness));
    this.core.status.subscribe(({ connection }) => {
      const isLive = connection.name === 'live';
      if (isLive && !this.#wasLive) this.#files?.wake();
      this.#wasLive = isLive;
    });
    this.handle = new SessionHandle(this.core, {
      presence: this.#presence,
      files: () => this.#files,
      fork: parts.fork,
      closed: parts.closed,
    });
  }

  /** Begins to read. `make`: begins the session where there is nothing to be read. */
  start(
    who: Who,
    make?: { readonly isNew: boolean; readonly begin: (life: Life) => Session },
  ): void {
    if (this.core.isClosed) return;
    const { session, token, platform, httpUrl } = this.#parts;
    this.core.identify(who);
    const isLive = (): boolean => this.core.status.now.connection.name === 'live';
    this.#files = new Files({ url: httpUrl, session, token, platform, store: who.store, isLive });
    if (make?.isNew === true) this.core.create(make.begin);
    else void this.core.open(make?.begin);
    void this.#files.resume();
  }

  async close(): Promise<void> {
    this.stopLinger?.();
    this.#presence.close();
    this.#files?.close();
    await this.core.close();
  }
}

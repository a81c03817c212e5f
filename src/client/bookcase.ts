// What the library, the desk and search ask of a client: records of whoever writes here, as
// soon as that is known; what is on this device of a session that is not open; and word of
// those that are. Nothing here reads a document for every token: what changed is told after a
// rest.

import * as Y from 'yjs';
import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import { openSession } from '../session/session.ts';
import type { Who } from './handle/core.ts';
import { factsOf, type LocalFacts } from './library/facts.ts';
import type { Nameable } from './library/library.ts';
import type { Records, Tabs } from './library/ports.ts';
import type { OpenSession } from './open-session.ts';
import { type SearchText, textsOf } from './search/texts.ts';
import type { SessionHandle } from './session-handle.ts';
import type { Loaded } from './store/offline.ts';

export interface BookcaseParts {
  readonly who: Promise<Who>;
  readonly clock: Clock;
  /** The session, if it is open in this tab. */
  readonly opened: (session: string) => OpenSession | undefined;
  readonly open: (session: string) => SessionHandle;
  /** Does something while the session is not open in this tab and cannot be opened; undefined where it is. */
  readonly whileClosed: <Result>(
    session: string,
    act: () => Promise<Result>,
  ) => Promise<Result | undefined>;
  /** Closes it, whoever has it. */
  readonly drop: (session: string) => Promise<void>;
}

/** How long a session rests before the list hears what it says now. */
const REST_MS = 300;
/** A document that is encoded is about as large as what is kept of it. */
const NOTHING_BYTES = 0;

export class Bookcase {
  readonly records: Records;
  readonly tabs: Tabs;
  #parts: BookcaseParts;
  #isWiped = false;

  constructor(parts: BookcaseParts) {
    this.#parts = parts;
    const { who } = parts;
    // Who closes before it is known has nothing stored.
    who.catch(() => undefined);
    this.records = {
      get: async (key) => (await who).store.records.get(key),
      set: async (key, value) => {
        const { store } = await who;
        if (!this.#isWiped) await store.records.set(key, value);
      },
      delete: async (key) => (await who).store.records.delete(key),
      entries: async (prefix) => (await who).store.records.entries(prefix),
    };
    this.tabs = {
      post: (message) => void this.#notes((notes) => notes.post(message)),
      subscribe: (listener) => {
        let stop: Unsubscribe | undefined;
        let isOver = false;
        void this.#notes((notes) => {
          if (!isOver) stop = notes.subscribe(listener);
        });
        return () => {
          isOver = true;
          stop?.();
        };
      },
    };
  }

  /** It was all deleted: nothing is written down any more. */
  wiped(): void {
    this.#isWiped = true;
  }

  /** Tells what a session that is open says, now and whenever it has changed, until it is stopped. */
  watch({ core }: OpenSession, tell: (session: string, facts: LocalFacts) => void): Unsubscribe {
    let stopRest: (() => void) | undefined;
    const say = (isOpen: boolean): void => {
      stopRest = undefined;
      const { view } = core.viewing;
      if (view.meta.createdAt === null) return;
      const { unsent, storage } = core.status.now;
      const availableOffline = storage.state === 'persistent';
      tell(core.id, { ...factsOf(view), unsent, bytes: NOTHING_BYTES, availableOffline, isOpen });
    };
    const changed = (): void => {
      stopRest ??= this.#parts.clock.after(REST_MS, () => say(true));
    };
    const stops = [core.viewing.subscribe((view) => view, changed), core.status.subscribe(changed)];
    return () => {
      for (const stop of stops) stop();
      stopRest?.();
      say(false);
    };
  }

  /** Does something with a session, open or not. */
  readonly withSession = async (
    session: string,
    act: (session: Nameable) => void,
  ): Promise<void> => {
    const handle = this.#parts.open(session);
    try {
      await handle.ready;
      act(handle);
    } finally {
      handle.close();
    }
  };

  readonly forget = (session: string): void => {
    const forget = async (): Promise<void> => {
      const { store } = await this.#parts.who;
      await this.#parts.drop(session);
      await store.remove(session);
    };
    // A store that cannot delete says so itself.
    forget().catch(() => undefined);
  };

  /** Stores a session that was fetched, to be read without a network. One that is open knows better. */
  readonly keep = async (
    session: string,
    update: Uint8Array,
    generation: string,
  ): Promise<void> => {
    await this.#closed(session, async (local, loaded) => {
      const isOther = loaded.generation !== null && loaded.generation !== generation;
      // What is unsent under an older generation is a matter for whoever opens it.
      if (isOther && loaded.outbox.length + loaded.stale.length > 0) return;
      if (isOther) await local.replace({ base: [update], outbox: [], kept: [], generation });
      else local.base(update);
      local.setGeneration(generation);
    });
  };

  /** What can be found of a session; undefined where nothing of it is here. */
  readonly texts = async (session: string): Promise<Iterable<SearchText> | undefined> => {
    const opened = this.#parts.opened(session);
    if (opened !== undefined) {
      await opened.core.ready;
      return textsOf(opened.core.viewing.view);
    }
    const { principal } = await this.#parts.who;
    return this.#closed(session, async (_local, loaded) => readTexts(loaded, principal, session));
  };

  async #closed<Result>(
    session: string,
    act: (local: ReturnType<Who['store']['open']>, loaded: Loaded) => Promise<Result>,
  ): Promise<Result | undefined> {
    const { store } = await this.#parts.who;
    return this.#parts.whileClosed(session, async () => {
      const local = store.open(session);
      try {
        return await act(local, await local.load());
      } finally {
        await local.close();
      }
    });
  }

  async #notes(act: (notes: Tabs) => void): Promise<void> {
    const who = await this.#parts.who.catch(() => undefined);
    if (who !== undefined) act(who.store.notes('library'));
  }
}

function readTexts(
  { base, outbox }: Loaded,
  principal: string,
  session: string,
): Iterable<SearchText> | undefined {
  if (base.length + outbox.length === 0) return undefined;
  const doc = new Y.Doc();
  try {
    doc.transact(() => {
      for (const update of base) Y.applyUpdate(doc, update);
      for (const { update } of outbox) Y.applyUpdate(doc, update);
    });
    return [...textsOf(openSession(doc, { principal, id: session }).view)];
  } catch {
    // Of a schema that this version cannot read: nothing is found of it here.
    return undefined;
  } finally {
    doc.destroy();
  }
}

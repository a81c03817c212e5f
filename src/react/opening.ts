// Sessions that components have open. A component needs its session while it renders, when
// React may still throw the render away, so a session is opened by the first render that
// asks and stays open for a while after the last component let go of it: a render that was
// thrown away leaves nothing behind, and one that is done twice (StrictMode, Suspense, a
// page that is left and come back to) opens nothing twice.

import type { Clock } from '../base/clock.ts';
import { createEmitter } from '../base/emitter.ts';
import { Feed } from './feed.ts';
import type { Frames } from './frames.ts';
import type { ClientLike, SessionLike } from './client-like.ts';

/** How long a session stays open that no component holds, or not yet. */
export const unheldMs = 5_000;

export class Opening {
  readonly handle: SessionLike;
  /** Whether what this device has of the session was read. */
  readonly isReady: Feed<boolean>;
  readonly ready: Promise<void>;
  #clock: Clock;
  #end: () => void;
  #holders = 0;
  #cancel: (() => void) | undefined;
  #ready = false;
  #closed = false;

  constructor(handle: SessionLike, frames: Frames, end: () => void) {
    this.handle = handle;
    this.#clock = frames.clock;
    this.#end = end;
    const settled = createEmitter<undefined>();
    const settle = (): void => {
      this.#ready = true;
      settled.emit(undefined);
    };
    this.ready = handle.ready.then(settle, settle);
    const source = {
      read: () => this.#ready,
      listen: (changed: () => void) => settled.subscribe(changed),
    };
    this.isReady = new Feed(source, frames, false);
    this.#leave();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** A render wants it: it stays for a while from now on. */
  touch(): this {
    if (this.#holders === 0) this.#leave();
    return this;
  }

  /** Keeps it open until the returned function is called; one that was closed stays closed. */
  hold(): () => void {
    if (this.#closed) return () => undefined;
    this.#holders++;
    this.#cancel?.();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#holders === 0) this.#leave();
    };
  }

  #leave(): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(unheldMs, () => {
      this.#closed = true;
      this.#end();
      this.handle.close();
    });
  }
}

/** The openings of one client, by session. */
export class Openings {
  #client: ClientLike;
  #frames: Frames;
  #byId = new Map<string, Opening>();

  constructor(client: ClientLike, frames: Frames) {
    this.#client = client;
    this.#frames = frames;
  }

  get(id: string): Opening {
    const known = this.#byId.get(id);
    if (known !== undefined) return known.touch();
    const handle = this.#client.open(id);
    const opening = new Opening(handle, this.#frames, () => this.#byId.delete(id));
    this.#byId.set(id, opening);
    return opening;
  }
}

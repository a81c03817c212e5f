// When React hears of changes: at most once per frame, whatever changed meanwhile and
// however often. All feeds of a page share one schedule, so that a frame has one pass
// over them, and all that is shown belongs to one moment: first every feed moves on to
// what is true now, then every listener is told. A visible page is told in the frame
// itself; where nobody sees it, or where there are no frames at all (a worker, Node), a
// timer does it.

import { type Clock, systemClock } from '../base/clock.ts';

/** What a schedule tells, in two steps. */
export interface Flushed {
  /** Moves on to what is true now. Tells nobody. */
  advance(): void;
  /** Tells whoever listens. */
  announce(): void;
}

export interface FramePlatform {
  readonly clock: Clock;
  /** Calls back before the next paint, until cancelled; undefined where nothing is painted now. */
  frame(callback: () => void): (() => void) | undefined;
}

export const frameLimits = {
  /** A visible page that was promised a frame and got none (it was covered, or hidden meanwhile). */
  lateFrameMs: 1_000,
  /** A page that nobody sees. */
  hiddenMs: 100,
} as const;

/** Looks for the browser when it is asked, not when it is imported. */
export const systemFrames: FramePlatform = {
  clock: systemClock,
  frame(callback) {
    if (typeof document === 'undefined' || document.visibilityState !== 'visible') return undefined;
    const request = requestAnimationFrame(() => callback());
    return () => cancelAnimationFrame(request);
  },
};

export class Frames {
  readonly clock: Clock;
  #platform: FramePlatform;
  #waiting = new Set<Flushed>();
  #cancel: (() => void) | undefined;

  constructor(platform: FramePlatform = systemFrames) {
    this.#platform = platform;
    this.clock = platform.clock;
  }

  /** Flushes it with the next frame. */
  request(feed: Flushed): void {
    this.#waiting.add(feed);
    this.#cancel ??= this.#schedule();
  }

  /** Takes it out; what nobody hears needs no frame. */
  forget(feed: Flushed): void {
    this.#waiting.delete(feed);
    if (this.#waiting.size === 0) this.#stop();
  }

  #schedule(): () => void {
    const flush = (): void => this.#flush();
    const cancelFrame = this.#platform.frame(flush);
    const { lateFrameMs, hiddenMs } = frameLimits;
    const ms = cancelFrame === undefined ? hiddenMs : lateFrameMs;
    const cancelTimer = this.#platform.clock.after(ms, flush);
    return () => {
      cancelFrame?.();
      cancelTimer();
    };
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #flush(): void {
    this.#stop();
    const feeds = [...this.#waiting];
    this.#waiting.clear();
    for (const feed of feeds) feed.advance();
    for (const feed of feeds) feed.announce();
  }
}

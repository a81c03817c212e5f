// One writer streams at full rate to a number of subscribers of one session. Full rate means that
// a bounded number of tokens is under way, counted at one subscriber, so that a server is neither
// left idle nor flooded.

import { clockAfter } from '../clocks.ts';
import { laneClient, streamContent } from '../content.ts';
import type { Target } from '../contestants.ts';
import type { Figures, Host } from '../host.ts';
import { type Client, join } from '../wire.ts';

export interface StreamSizes {
  readonly subscribers: number;
  readonly tokens: number;
  /** Sent before anything counts. */
  readonly warmup: number;
  /** Tokens that may be under way. */
  readonly window: number;
}

const SESSION = 'stream-0123456789';

export async function load(target: Target, sizes: StreamSizes, host: Host): Promise<Figures> {
  const { subscribers, warmup, window } = sizes;
  const total = warmup + sizes.tokens;
  const { before, tokens, ends } = streamContent(total);
  const writer = await join(target, SESSION);
  writer.send(writer.framed(before));
  const frames = tokens.map((update) => writer.framed(update));
  const crowd = new Crowd(ends);
  const clients: Client[] = [];
  for (let at = 0; at < subscribers; at += 1) {
    const onUpdate = crowd.add();
    clients.push(await join(target, SESSION, { onUpdate }));
  }
  let sent = 0;
  const streamTo = (end: number): Promise<void> => {
    const pump = (seen: number): void => {
      for (; sent < Math.min(end, seen + window); sent += 1) writer.send(frames[sent] ?? before);
    };
    const done = crowd.reached(end, pump);
    pump(sent);
    return done;
  };
  await streamTo(warmup);
  const begun = performance.now();
  const first = await host.usage();
  await streamTo(total);
  const seconds = (performance.now() - begun) / 1_000;
  const last = await host.usage();
  const deliveries = sizes.tokens * subscribers;
  return {
    cpuUs: (last.cpuUs - first.cpuUs) / deliveries,
    deliveriesPerS: deliveries / seconds,
    turnMs: last.turnUs / 1_000,
    rssMb: last.rssBytes / 1_000_000,
  };
}

/** All subscribers, and how many tokens each has seen. */
class Crowd {
  #ends: readonly number[];
  #seen: number[] = [];
  #behind = 0;
  #goal = 0;
  #pace: (seen: number) => void = () => undefined;
  #reached: () => void = () => undefined;

  constructor(ends: readonly number[]) {
    this.#ends = ends;
  }

  /** One more, and what it does with an update. The last one sets the pace. */
  add(): (update: Uint8Array) => void {
    const me = this.#seen.push(0) - 1;
    return (update) => this.#take(me, clockAfter(update, laneClient));
  }

  /** Resolves when all have seen so many. `pace` is told how many the last one has seen. */
  reached(goal: number, pace: (seen: number) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#goal = goal;
    this.#behind = this.#seen.length;
    this.#pace = pace;
    this.#reached = resolve;
    return promise;
  }

  #take(me: number, clock: number): void {
    const before = this.#seen[me] ?? 0;
    let seen = before;
    while ((this.#ends[seen] ?? Infinity) <= clock) seen += 1;
    if (seen === before) return;
    this.#seen[me] = seen;
    if (me === this.#seen.length - 1) this.#pace(seen);
    if (before < this.#goal && seen >= this.#goal && --this.#behind === 0) this.#reached();
  }
}

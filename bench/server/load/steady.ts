// Many sessions at once, each with one writer at the pace of a model and a few subscribers: what
// one token costs a server that is not full, and how long it takes to be seen. Then the same load
// goes on while writers ask whether what they wrote is durable, where a server answers that.

import { quantile } from '../../harness.ts';
import { clockAfter } from '../clocks.ts';
import { laneClient, type Stream, streamContent } from '../content.ts';
import type { Target } from '../contestants.ts';
import type { Figures, Host } from '../host.ts';
import { type Client, join } from '../wire.ts';

export interface SteadySizes {
  readonly sessions: number;
  readonly subscribers: number;
  readonly tokensPerS: number;
  readonly warmupMs: number;
  readonly measuredMs: number;
  /** How long barriers are asked for, afterwards. */
  readonly barrierMs: number;
}

/** Sessions that were asked lately are not asked again so soon. */
const BARRIER_PERIOD_MS = 1_000;

export async function load(target: Target, sizes: SteadySizes, host: Host): Promise<Figures> {
  const { sessions, subscribers, tokensPerS, warmupMs, measuredMs, barrierMs } = sizes;
  const withBarriers = target.name === 'holdfast' ? barrierMs : 0;
  const allMs = warmupMs + measuredMs + withBarriers;
  const content = streamContent(Math.ceil((tokensPerS * (allMs + 1_000)) / 1_000));
  const lines: Line[] = [];
  for (let at = 0; at < sessions; at += 1) {
    const line = new Line(content);
    await line.open(target, `steady-${String(at).padStart(12, '0')}`, subscribers);
    lines.push(line);
  }
  const clock = new Beat(lines, 1_000 / tokensPerS);
  await clock.run(warmupMs);
  for (const line of lines) line.forget();
  const first = await host.usage();
  await clock.run(measuredMs);
  const last = await host.usage();
  const latencies = lines.flatMap((line) => line.latencies);
  const barriers = withBarriers === 0 ? [] : await clock.withBarriers(withBarriers);
  return {
    cpuUs: (last.cpuUs - first.cpuUs) / latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    deliveriesPerS: latencies.length / (measuredMs / 1_000),
    turnMs: last.turnUs / 1_000,
    ...(barriers.length > 0 && {
      barrierP95Ms: quantile(barriers, 0.95),
      barrierP99Ms: quantile(barriers, 0.99),
    }),
  };
}

/** One session: its writer, and when each token was sent and seen. */
class Line {
  latencies: number[] = [];
  barriers: number[] = [];
  next = 0;
  #content: Stream;
  #writer: Client | undefined;
  #sentAt: number[] = [];
  #askedAt: number | undefined;

  constructor(content: Stream) {
    this.#content = content;
  }

  async open(target: Target, session: string, subscribers: number): Promise<void> {
    const onBarrier = (): void => this.#echoed();
    const writer = await join(target, session, { onBarrier });
    writer.send(writer.framed(this.#content.before));
    for (let at = 0; at < subscribers; at += 1) {
      await join(target, session, { onUpdate: this.#subscriber() });
    }
    this.#writer = writer;
  }

  /** Sends one more token. */
  send(): void {
    const update = this.#content.tokens[this.#sentAt.length];
    if (update === undefined || this.#writer === undefined) return;
    this.#sentAt.push(performance.now());
    this.#writer.send(this.#writer.framed(update));
  }

  ask(): void {
    if (this.#askedAt !== undefined) return;
    this.#askedAt = performance.now();
    this.#writer?.barrier();
  }

  forget(): void {
    this.latencies = [];
  }

  #echoed(): void {
    if (this.#askedAt !== undefined) this.barriers.push(performance.now() - this.#askedAt);
    this.#askedAt = undefined;
  }

  #subscriber(): (update: Uint8Array) => void {
    const { ends } = this.#content;
    let seen = 0;
    return (update) => {
      const clock = clockAfter(update, laneClient);
      const now = performance.now();
      for (; (ends[seen] ?? Infinity) <= clock; seen += 1) {
        this.latencies.push(now - (this.#sentAt[seen] ?? now));
      }
    };
  }
}

/** Lets every line send in its time, their beats spread over the period. */
class Beat {
  #lines: readonly Line[];
  #periodMs: number;

  constructor(lines: readonly Line[], periodMs: number) {
    this.#lines = lines;
    this.#periodMs = periodMs;
    const now = performance.now();
    for (const [at, line] of lines.entries()) line.next = now + (periodMs * at) / lines.length;
  }

  run(ms: number, alsoEveryTick: () => void = () => undefined): Promise<void> {
    const end = performance.now() + ms;
    const { promise, resolve } = Promise.withResolvers<void>();
    const tick = (): void => {
      const now = performance.now();
      for (const line of this.#lines) {
        for (; line.next <= now; line.next += this.#periodMs) line.send();
      }
      alsoEveryTick();
      if (now >= end) resolve();
      else setTimeout(tick, 1);
    };
    tick();
    return promise;
  }

  /** Goes on, and asks one session after the other: how long each answer took. */
  async withBarriers(ms: number): Promise<readonly number[]> {
    const gapMs = BARRIER_PERIOD_MS / this.#lines.length;
    let at = 0;
    let next = performance.now();
    await this.run(ms, () => {
      for (; next <= performance.now(); next += gapMs) {
        this.#lines[at++ % this.#lines.length]?.ask();
      }
    });
    return this.#lines.flatMap((line) => line.barriers);
  }
}

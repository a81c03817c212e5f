// Makes bodies in a thread of its own, one at a time, so that neither a long session nor a
// hostile one holds up a socket. Whoever wants one first takes a place in the line, and
// only then reads the session: what waits holds no words. A job has a time and a heap; one
// that exceeds them costs its thread, and the next job begins a new one.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../src/base/clock.ts';
import { httpLimits } from './limits.ts';
import { packJob } from './render-job.ts';
import type { Rendered, RenderJob } from './render.ts';
import { Seats } from './seats.ts';

export type RenderAnswer = Rendered | { readonly ok: false; readonly code: 'slow' };

/** A place in the line. Whoever has one leaves it, whatever happens. */
export interface RenderPlace {
  render(job: RenderJob): Promise<RenderAnswer>;
  leave(): void;
}

export class Renderer {
  #clock: Clock;
  #worker: Worker | undefined;
  #seats = new Seats({
    max: httpLimits.rendersMax,
    perPrincipalMax: httpLimits.rendersPerPrincipalMax,
  });
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined where the line is full, or has enough of this principal. */
  enter(principal: string): RenderPlace | undefined {
    const leave = this.#seats.take(principal);
    if (leave === undefined) return undefined;
    return {
      leave,
      render: (job) => {
        const answer = this.#last.then(() => this.#run(job));
        this.#last = answer.catch(() => undefined);
        return answer;
      },
    };
  }

  /** What is under way, or comes later, is answered with `slow`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  async #run(job: RenderJob): Promise<RenderAnswer> {
    if (this.#isClosed) return { ok: false, code: 'slow' };
    const worker = (this.#worker ??= this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<RenderAnswer>();
    const stop = this.#clock.after(httpLimits.renderMsMax, () => void worker.terminate());
    const onMessage = (rendered: Rendered): void => resolve(rendered);
    const onError = (error: unknown): void => {
      if (isOutOfHeap(error)) resolve({ ok: false, code: 'too-large' });
      else reject(error);
    };
    const onExit = (): void => resolve({ ok: false, code: 'slow' });
    worker.once('message', onMessage).once('error', onError).once('exit', onExit);
    const packed = packJob(job);
    worker.postMessage(packed, [packed.bytes.buffer]);
    return promise.finally(() => {
      stop();
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    });
  }

  #start(): Worker {
    const file = new URL(`./render-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, {
      name: 'holdfast-render',
      resourceLimits: { maxOldGenerationSizeMb: httpLimits.renderHeapMbMax },
    });
    // It is not what keeps a process running, and its end is no error of the process.
    worker.unref();
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    worker.on('error', forget).on('exit', forget);
    return worker;
  }
}

function isOutOfHeap(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

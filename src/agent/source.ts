// Reading somebody else's stream while the run may be stopped at any moment. A stream that hangs
// must not hold the handler, so each step of it races the signal; a stream that is left early is
// told so, and nobody waits for its answer.

import { agentError } from './error.ts';
import type { Seat } from './seat.ts';

/** What the source gives, until it ends. Throws the reason of the run's signal when that fires. */
export async function* each<Value>(
  source: AsyncIterable<Value> | Iterable<Value>,
  seat: Seat,
): AsyncGenerator<Value, void> {
  const steps = iteratorOf(source);
  let isDone = false;
  try {
    for (;;) {
      const step = await seat.orStopped(Promise.resolve(steps.next()));
      isDone = step.done === true;
      if (step.done === true) return;
      yield step.value;
    }
  } catch (error) {
    // A source that threw has ended by itself.
    isDone = isDone || !seat.signal.aborted;
    throw error;
  } finally {
    if (!isDone) leave(steps);
  }
}

function iteratorOf<Value>(
  source: AsyncIterable<Value> | Iterable<Value>,
): AsyncIterator<Value> | Iterator<Value> {
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return source[Symbol.iterator]();
  }
  throw agentError('bad-input', 'A stream is an async iterable, such as a ReadableStream.');
}

function leave(steps: AsyncIterator<unknown> | Iterator<unknown>): void {
  const left = async (): Promise<unknown> => steps.return?.();
  // It was left because of the run, not of the stream: how that ends for the stream is its own affair.
  left().catch(() => undefined);
}

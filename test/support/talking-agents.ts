// Agents for tests of the app, each doing one thing that a person may meet: a long reply, a tool
// that asks, a team, a failure, a crash. What they wait for is said by the test (`gate`), never a
// matter of time.

import type { Handler } from '../../src/agent/conduct.ts';
import { RunFailure } from '../../src/agent/error.ts';

/** A door that a handler waits at until the test opens it. */
export class Door {
  #waiting: (() => void)[] = [];
  #passes = 0;

  open(times = 1): void {
    for (let at = 0; at < times; at++) {
      const next = this.#waiting.shift();
      if (next === undefined) this.#passes++;
      else next();
    }
  }

  async pass(signal: AbortSignal): Promise<void> {
    if (this.#passes > 0) {
      this.#passes--;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    await promise;
  }
}

/** A word at each opening of the door. */
export const slow =
  (count: number) =>
  (door: Door): Handler =>
  async (run) => {
    const text = run.text();
    text.write('Begun.');
    for (let at = 1; at <= count; at++) {
      await door.pass(run.signal);
      text.write(` word${at}`);
    }
  };

/** Says back the first thing that it is told while it writes. */
export const listening = (): Handler => async (run) => {
  const text = run.text();
  text.write('Begun.');
  for await (const steer of run.steers()) {
    text.write(` You said: ${steer.text}.`);
    return;
  }
};

/** Asks for consent before it uses its tool. */
export const asking = (): Handler => async (run) => {
  const call = run.tool('order', { meal: 'soup', price: 9 });
  const { approved } = await call.approval({ reason: 'It costs 9 euros.' });
  if (approved) call.output({ ordered: true });
  run.text().write(approved ? 'It is ordered.' : 'Then not.');
};

/** Asks two others, and says what they said. */
export const leading = (helper: string) => (): Handler => async (run) => {
  run.text().write('I ask two others.');
  const asked = ['the north', 'the south'].map((side) => run.child(helper, `Look at ${side}`));
  const ends = await Promise.all(asked.map((child) => child.ended));
  run.text().write(`Both have answered: ${ends.map(({ status }) => status.state).join(' and ')}.`);
};

export const failing = (): Handler => (run) => {
  run.text().write('I try.');
  throw new RunFailure('The model has no quota left.', 'quota');
};

/** Says these words. */
export const saying = (words: string) => (): Handler => (run) => {
  run.text().write(words);
};

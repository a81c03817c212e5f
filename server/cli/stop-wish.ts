// The wish that this process stop: SIGTERM, SIGINT, or the end of its stdin where somebody
// started it who must not be outlived. A second signal ends it at once, but not one that comes
// with the first: when Ctrl-C is pressed, the terminal tells this process and whoever started
// it, who tells it again.

import type { Clock } from '../../src/base/clock.ts';

/** Signals within this time of the first are the same wish. */
const SAME_WISH_MS = 1_000;

export interface StopWish {
  readonly stopped: Promise<void>;
  /** Nothing waits any more. Signals are still heard: one may come until the process is gone. */
  end(): void;
}

/** `isTied`: whoever started this process holds its stdin, which ends with them, however they end. */
export function stopWish(clock: Clock, isTied = false): StopWish {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let isLater = false;
  let cancel: (() => void) | undefined;
  const onSignal = (): void => {
    if (isLater) process.exit(1);
    resolve();
    cancel ??= clock.after(SAME_WISH_MS, () => {
      isLater = true;
    });
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const untie = isTied ? tied(resolve) : () => undefined;
  return {
    stopped,
    end() {
      cancel?.();
      untie();
    },
  };
}

function tied(resolve: () => void): () => void {
  const { stdin, stdout, stderr } = process;
  // Whoever would read what is said is gone with whoever held stdin.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  stdin.once('end', resolve).once('close', resolve).resume();
  return () => void stdin.destroy();
}

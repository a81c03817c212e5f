// A log whose commits are timed, for those who append all the time.

import type { Metrics } from './http/metrics.ts';
import type { Log } from './log/log.ts';

export function meteredLog(log: Log, { commitStarted }: Pick<Metrics, 'commitStarted'>): Log {
  const { incarnation, claims, members, rows, summaries } = log;
  return {
    incarnation,
    claims,
    members,
    rows,
    summaries,
    create: (session, first) => log.create(session, first),
    open: (session) => log.open(session),
    append(session, expectedSeq, under, batch) {
      const stop = commitStarted();
      const appending = log.append(session, expectedSeq, under, batch);
      // Beside the caller and not before it. What fails is the caller's to hear.
      appending.then(
        ({ ok }) => stop(ok ? 'ok' : 'refused'),
        () => undefined,
      );
      return appending;
    },
    read: (session, afterSeq, bytesMax) => log.read(session, afterSeq, bytesMax),
    compact: (session, throughSeq, snapshot, index) =>
      log.compact(session, throughSeq, snapshot, index),
    delete: (session) => log.delete(session),
    list: (after, limit) => log.list(after, limit),
    close: () => log.close(),
  };
}

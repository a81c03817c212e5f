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
    async append(session, expectedSeq, under, batch) {
      const stop = commitStarted();
      const appended = await log.append(session, expectedSeq, under, batch);
      stop(appended.ok ? 'ok' : 'refused');
      return appended;
    },
    read: (session, afterSeq, bytesMax) => log.read(session, afterSeq, bytesMax),
    compact: (session, throughSeq, snapshot, index) =>
      log.compact(session, throughSeq, snapshot, index),
    delete: (session) => log.delete(session),
    list: (after, limit) => log.list(after, limit),
    close: () => log.close(),
  };
}

// Tells whoever runs the server what happens in it: numbers for a dashboard, and lines for
// what somebody may have to look at. Words of a session, tokens and names of people are in
// neither.

import { createHash } from 'node:crypto';
import type { Metrics } from './http/metrics.ts';
import type { LibraryReport } from './library/library-parts.ts';
import type { ServerLogger } from './options.ts';
import type { RoomReport } from './room/room-parts.ts';
import type { SocketReport } from './socket/sync-parts.ts';

export const silentLogger: ServerLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export function roomReport(metrics: Metrics, logger: ServerLogger): RoomReport {
  return {
    taken: () => undefined,
    limitHit: (limit) => metrics.limitHit(limit),
    leftOut: (count) => logger.info({ count }, 'structs were left out of an answer'),
    gap: () => metrics.refused('gap'),
    refused(session, principal, { client, clock, rule }, update) {
      metrics.refused(rule);
      // Enough to tell whether two are the same, and nothing of what they say.
      const facts = { session, who: digest(principal), update: digest(update) };
      logger.warn({ ...facts, bytes: update.length, client, clock, rule }, 'an update was refused');
    },
    committed: () => undefined,
    notCommitted: (session, code) => logger.error({ session, code }, 'a commit failed'),
    loadFailed(session, code) {
      if (code !== 'missing' && code !== 'deleted') {
        logger.error({ session, code }, 'a session could not be read');
      }
    },
    compacted: (session, before, after) =>
      logger.info({ session, before, after }, 'a session was compacted'),
    notCompacted: (session, why) => logger.error({ session, why }, 'a session was not compacted'),
    broken: (session, error) => logger.error({ session, err: error }, 'a room failed'),
  };
}

export function socketReport(metrics: Metrics, logger: ServerLogger): SocketReport {
  return {
    opened: () => metrics.connectionOpened('sync'),
    closed: () => metrics.connectionClosed('sync'),
    received(bytes) {
      metrics.received.frames++;
      metrics.received.bytes += bytes;
    },
    sent(frames, bytes) {
      metrics.sent.frames += frames;
      metrics.sent.bytes += bytes;
    },
    frameRefused: (rule) => metrics.refused(rule),
    tokenRefused: (fault) => metrics.refused(`token-${fault}`),
    limitHit: (limit) => metrics.limitHit(limit),
    broken: (session, error) => logger.error({ session, err: error }, 'a connection failed'),
    slow(session) {
      metrics.limitHit('socketBytesMax');
      logger.warn({ session }, 'a connection that took nothing was cut off');
    },
  };
}

export const libraryReport = (metrics: Metrics, logger: ServerLogger): LibraryReport =>
  textReport('library', metrics, logger);

export const agentsReport = (metrics: Metrics, logger: ServerLogger): LibraryReport =>
  textReport('agents', metrics, logger);

/** Of a socket that speaks text. */
function textReport(
  kind: 'library' | 'agents',
  metrics: Metrics,
  logger: ServerLogger,
): LibraryReport {
  return {
    opened: () => metrics.connectionOpened(kind),
    closed: () => metrics.connectionClosed(kind),
    received(bytes) {
      metrics.received.frames++;
      metrics.received.bytes += bytes;
    },
    sent(bytes) {
      metrics.sent.frames++;
      metrics.sent.bytes += bytes;
    },
    tokenRefused: (fault) => metrics.refused(`token-${fault}`),
    limitHit: (limit) => metrics.limitHit(limit),
    slow: () => metrics.limitHit(`${kind}BufferBytesMax`),
    broken: (error) => logger.error({ err: error, kind }, 'a connection failed'),
  };
}

function digest(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}

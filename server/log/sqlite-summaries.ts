// Summaries in the store. Each source of a list (a membership, a beginning, an id) gives
// its first ones in order, and the first of these are the first of all; so a page costs
// what its sources are long, and only what is handed on is read whole and checked.

import type { ListedSummary, Summary, SummaryPlace, SummaryScope } from './summaries.ts';
import { compareSummaries } from './summaries.ts';
import {
  integer,
  sound,
  text,
  type Connection,
  type SqliteRow,
  type SqliteValue,
} from './sqlite-connection.ts';
import { rowChecksum } from './sqlite-schema.ts';
import { readSession } from './sqlite-sessions.ts';
import type { StoreActions } from './store.ts';

type SummaryActions = Pick<StoreActions, 'putSummaries' | 'latestSummaries' | 'summariesOf'>;

export function summaryActions(connection: Connection): SummaryActions {
  return {
    // Not a fact: what is lost of it is made again.
    putSummaries: (summaries) => {
      connection.transaction(() => {
        for (const summary of summaries) put(connection, summary);
      });
    },
    latestSummaries: (scope, after, limit) => latest(connection, scope, after, limit),
    summariesOf: (sessions) =>
      sessions.map((session) => read(connection, session)).filter((found) => found !== undefined),
  };
}

function put(connection: Connection, { session, activity, json }: Summary): void {
  const row = readSession(connection, session);
  if (row === undefined || row.deleted) return;
  const crc = rowChecksum(session, activity, json);
  const sql = 'INSERT OR REPLACE INTO summaries VALUES (?, ?, ?, ?)';
  connection.run(sql, session, activity, json, crc);
}

const PLACES = `
  SELECT s.name AS session, coalesce(u.activity, s.created) AS activity
  FROM sessions s LEFT JOIN summaries u ON u.session = s.name`;
const REST = `
  s.deleted = 0 AND (coalesce(u.activity, s.created) < ?
    OR (coalesce(u.activity, s.created) = ? AND s.name > ?))
  ORDER BY activity DESC, session LIMIT ?`;
/** The loop is over the memberships, of which there are few. */
const OF_PRINCIPAL = `
  SELECT m.session AS session, coalesce(u.activity, s.created) AS activity
  FROM memberships m CROSS JOIN sessions s ON s.name = m.session
  LEFT JOIN summaries u ON u.session = m.session
  WHERE m.principal = ? AND ${REST}`;
const OF_BEGINNING = `${PLACES} WHERE s.name >= ? AND s.name < ? AND ${REST}`;
const OF_ID = `${PLACES} WHERE s.name = ? AND ${REST}`;

/** Behind every character that an id may have. */
const BEHIND = '~';

function latest(
  connection: Connection,
  { principal, beginnings, sessions }: SummaryScope,
  after: SummaryPlace | undefined,
  limit: number,
): readonly ListedSummary[] {
  const { activity, session } = after ?? { activity: Number.MAX_SAFE_INTEGER, session: '' };
  const rest = [activity, activity, session, limit] as const;
  const find = (sql: string, ...which: readonly SqliteValue[]): readonly SummaryPlace[] =>
    connection.all(sql, ...which, ...rest).map(placeOf);
  const found = [
    ...(principal === undefined ? [] : find(OF_PRINCIPAL, principal)),
    ...beginnings.flatMap((beginning) => find(OF_BEGINNING, beginning, beginning + BEHIND)),
    ...sessions.flatMap((id) => find(OF_ID, id)),
  ];
  const places = new Map(found.map((place) => [place.session, place]));
  return [...places.values()]
    .toSorted(compareSummaries)
    .slice(0, limit)
    .map((place) => read(connection, place.session))
    .filter((summary) => summary !== undefined);
}

function placeOf(row: SqliteRow): SummaryPlace {
  return { session: text(row, 'session'), activity: integer(row, 'activity') };
}

function read(connection: Connection, session: string): ListedSummary | undefined {
  const row = readSession(connection, session);
  if (row === undefined || row.deleted) return undefined;
  const { createdAt } = row;
  const summary = connection.one('SELECT * FROM summaries WHERE session = ?', session);
  if (summary === undefined) return { session, createdAt, activity: createdAt, json: undefined };
  const activity = integer(summary, 'activity');
  const json = text(summary, 'json');
  sound(summary, session, activity, json);
  return { session, createdAt, activity, json };
}

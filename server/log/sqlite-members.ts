// Members and links in the store. Memberships and links stand in two tables each, once
// from each side, because each side is asked for what is the other's.

import type { ShareLink } from './members.ts';
import { sound, text, type Connection, type SqliteRow } from './sqlite-connection.ts';
import { rowChecksum } from './sqlite-schema.ts';
import type { StoreActions } from './store.ts';

type MemberActions = Pick<
  StoreActions,
  'changeMembership' | 'role' | 'members' | 'sessionsOf' | 'link' | 'links'
>;

export function memberActions(connection: Connection): MemberActions {
  return {
    changeMembership: (change) => {
      connection.fact(() => {
        if ('principal' in change) {
          setRole(connection, change.session, change.principal, change.role);
        } else if ('link' in change) putLink(connection, change.link);
        else removeLink(connection, change.session, change.removedLink);
      });
    },
    role: (session, principal) => {
      const sql = 'SELECT * FROM members WHERE session = ? AND principal = ?';
      const row = connection.one(sql, session, principal);
      if (row === undefined) return undefined;
      return text(sound(row, session, principal, text(row, 'role')), 'role');
    },
    members: (session) =>
      connection
        .all('SELECT * FROM members WHERE session = ? ORDER BY principal', session)
        .map((row) => {
          const member = { principal: text(row, 'principal'), role: text(row, 'role') };
          sound(row, session, member.principal, member.role);
          return member;
        }),
    sessionsOf: (principal, after, limit) =>
      connection
        .all(
          'SELECT * FROM memberships WHERE principal = ? AND session > ? ORDER BY session LIMIT ?',
          principal,
          after,
          limit,
        )
        .map((row) => text(sound(row, principal, text(row, 'session')), 'session')),
    link: (digest) => {
      const row = connection.one('SELECT * FROM links WHERE digest = ?', digest);
      return row === undefined ? undefined : decodeLink(row);
    },
    links: (session) =>
      connection
        .all('SELECT * FROM session_links WHERE session = ? ORDER BY digest', session)
        .map(decodeLink),
  };
}

export function setRole(
  connection: Connection,
  session: string,
  principal: string,
  role: string | undefined,
): void {
  connection.run('DELETE FROM members WHERE session = ? AND principal = ?', session, principal);
  connection.run('DELETE FROM memberships WHERE principal = ? AND session = ?', principal, session);
  if (role === undefined) return;
  const member = rowChecksum(session, principal, role);
  connection.run('INSERT INTO members VALUES (?, ?, ?, ?)', session, principal, role, member);
  const membership = rowChecksum(principal, session);
  connection.run('INSERT INTO memberships VALUES (?, ?, ?)', principal, session, membership);
}

function putLink(connection: Connection, { digest, session, role }: ShareLink): void {
  const crc = rowChecksum(digest, session, role);
  connection.run('INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)', digest, session, role, crc);
  const sql = 'INSERT OR REPLACE INTO session_links VALUES (?, ?, ?, ?)';
  connection.run(sql, session, digest, role, crc);
}

function removeLink(connection: Connection, session: string, digest: string): void {
  connection.run('DELETE FROM links WHERE digest = ? AND session = ?', digest, session);
  connection.run('DELETE FROM session_links WHERE session = ? AND digest = ?', session, digest);
}

function decodeLink(row: SqliteRow): ShareLink {
  const link = {
    digest: text(row, 'digest'),
    session: text(row, 'session'),
    role: text(row, 'role'),
  };
  sound(row, link.digest, link.session, link.role);
  return link;
}

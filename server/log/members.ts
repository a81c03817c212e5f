// Who belongs to a session, in which role, and by which links one can come to belong to
// it. Roles and links mean nothing here: the guard reads them. The secret of a link is
// never stored, only a digest by which it is found.

import type { Deleted, Missing, Unavailable } from './refusal.ts';

export interface Member {
  readonly principal: string;
  readonly role: string;
}

export interface ShareLink {
  /** A digest of the link's secret: what is found in a stolen file opens nothing. */
  readonly digest: string;
  readonly session: string;
  /** What its user becomes. */
  readonly role: string;
}

export type MemberChange = { readonly ok: true } | Missing | Deleted | Unavailable;

export interface Members {
  /** Joins or changes its role; undefined removes. */
  set(session: string, principal: string, role: string | undefined): Promise<MemberChange>;
  /** Of one principal; undefined alike where it does not belong to it and where there is no such session. */
  role(
    session: string,
    principal: string,
  ): Promise<{ readonly ok: true; readonly role: string | undefined } | Unavailable>;
  of(
    session: string,
  ): Promise<
    { readonly ok: true; readonly members: readonly Member[] } | Missing | Deleted | Unavailable
  >;
  /** The sessions of a principal, by id, those after `after` only. */
  sessions(
    principal: string,
    after: string,
    limit: number,
  ): Promise<{ readonly ok: true; readonly sessions: readonly string[] } | Unavailable>;
  addLink(link: ShareLink): Promise<MemberChange>;
  /** By digest. */
  links(
    session: string,
  ): Promise<
    { readonly ok: true; readonly links: readonly ShareLink[] } | Missing | Deleted | Unavailable
  >;
  removeLink(session: string, digest: string): Promise<MemberChange>;
  /** Where a link leads; nowhere once it was removed or its session deleted. */
  link(
    digest: string,
  ): Promise<{ readonly ok: true; readonly link: ShareLink | undefined } | Unavailable>;
}

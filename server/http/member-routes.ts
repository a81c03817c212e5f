// Who belongs to a session, over HTTP, and the links by which others come to belong to it.
// The guard decides; here its answers become statuses.

import * as v from 'valibot';
import type { Clock } from '../../src/base/clock.ts';
import type { Forbidden, Guard, MemberRefusal } from '../access/guard.ts';
import { readLinkRole, readRole, type LinkRole, type Role } from '../access/role.ts';
import type { Missing, Unavailable } from '../log/refusal.ts';
import { jsonAnswer, nothing, type Answer } from './answer.ts';
import { readJson } from './body.ts';
import { refusalAnswer, signedIn, type Doorman } from './doorman.ts';
import { failure } from './failure.ts';
import { route, type Route } from './router.ts';

export interface MemberRouteOptions {
  readonly doorman: Doorman;
  readonly guard: Guard;
  readonly clock: Clock;
}

const roleSchema = v.object({ role: v.custom<Role>((role) => readRole(role) !== undefined) });
/** Whoever has a link may pass it on, so it makes nobody an owner. */
const linkSchema = v.object({
  role: v.custom<LinkRole>((role) => readLinkRole(role) !== undefined),
});
const secretSchema = v.object({ secret: v.string() });

export function memberRoutes({ doorman, guard, clock }: MemberRouteOptions): readonly Route[] {
  return [
    route(
      'GET',
      '/api/sessions/:session/members',
      signedIn<'session'>(doorman, async ({ params: { session } }, claims) => {
        const found = await guard.members(claims, session);
        return found.ok ? jsonAnswer({ members: found.members }) : refused(found);
      }),
    ),
    route(
      'PUT',
      '/api/sessions/:session/members/:principal',
      signedIn<'session' | 'principal'>(doorman, async (asked, claims) => {
        const body = await readJson(asked, roleSchema, clock);
        if (!body.ok) return body.answer;
        const { session, principal } = asked.params;
        const { role } = body.value;
        const changed = await guard.invite(claims, session, principal, role);
        return changed.ok ? jsonAnswer({ principal, role }) : refused(changed);
      }),
    ),
    route(
      'DELETE',
      '/api/sessions/:session/members/:principal',
      signedIn<'session' | 'principal'>(doorman, async ({ params }, claims) => {
        const changed = await guard.remove(claims, params.session, params.principal);
        return changed.ok ? nothing : refused(changed);
      }),
    ),
  ];
}

export function linkRoutes({ doorman, guard, clock }: MemberRouteOptions): readonly Route[] {
  return [
    route(
      'GET',
      '/api/sessions/:session/links',
      signedIn<'session'>(doorman, async ({ params: { session } }, claims) => {
        const found = await guard.links(claims, session);
        if (!found.ok) return refused(found);
        return jsonAnswer({ links: found.links.map(({ digest, role }) => ({ digest, role })) });
      }),
    ),
    route(
      'POST',
      '/api/sessions/:session/links',
      signedIn<'session'>(doorman, async (asked, claims) => {
        const body = await readJson(asked, linkSchema, clock);
        if (!body.ok) return body.answer;
        const { role } = body.value;
        const made = await guard.makeLink(claims, asked.params.session, role);
        if (!made.ok) return refused(made);
        return jsonAnswer({ secret: made.secret, digest: made.digest, role }, 201);
      }),
    ),
    route(
      'DELETE',
      '/api/sessions/:session/links/:digest',
      signedIn<'session' | 'digest'>(doorman, async ({ params }, claims) => {
        const changed = await guard.revokeLink(claims, params.session, params.digest);
        return changed.ok ? nothing : refused(changed);
      }),
    ),
    route(
      'POST',
      '/api/links/redeem',
      signedIn(doorman, async (asked, claims) => {
        const body = await readJson(asked, secretSchema, clock);
        if (!body.ok) return body.answer;
        const joined = await guard.redeem(claims, body.value.secret);
        if (!joined.ok) return refused(joined);
        return jsonAnswer({ session: joined.session, role: joined.role });
      }),
    ),
  ];
}

function refused(refusal: Missing | Forbidden | MemberRefusal | Unavailable): Answer {
  switch (refusal.code) {
    case 'missing':
    case 'unavailable':
      return refusalAnswer(refusal);
    case 'forbidden':
      return failure('forbidden', { needed: 'admin' });
    case 'last-owner':
    case 'too-many':
      return failure(refusal.code);
    case 'unfit':
      return failure('bad-request', { where: 'principal' });
  }
}

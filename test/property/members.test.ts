// Whatever people do to one another in a session, in whatever order and at once: there is
// always an owner, nobody has more than was given to it, and what is told is enough to
// know who has what.

import { deepStrictEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Guard } from '../../server/access/guard.ts';
import { isLower, roleRights, roles, type LinkRole, type Role } from '../../server/access/role.ts';
import { rights, type Right } from '../../src/protocol/token.ts';
import { runs } from '../support/count.ts';
import { claimsOf, codeOf, session, shared, type Guarded } from '../support/guarded.ts';
import { Tally } from '../support/tally.ts';

const people = ['ada', 'bob', 'cyd', 'dan'] as const;
type Person = (typeof people)[number];

interface Act {
  readonly what: 'invite' | 'remove' | 'link' | 'redeem' | 'revoke';
  readonly by: Person;
  readonly to: Person;
  readonly role: Role;
  readonly link: number;
  /** Whether it goes on without an answer. */
  readonly atOnce: boolean;
}

const acts = fc.array(
  fc.record({
    what: fc.constantFrom('invite', 'invite', 'remove', 'link', 'redeem', 'redeem', 'revoke'),
    by: fc.constantFrom('ada', 'ada', ...people),
    to: fc.constantFrom(...people),
    role: fc.constantFrom(...roles),
    link: fc.nat(5),
    atOnce: fc.boolean(),
  }),
  { minLength: 10, maxLength: 40 },
);

const tally = new Tally();

class World {
  readonly guard: Guard;
  readonly #guarded: Guarded;
  readonly #links: { secret: string; digest: string; role: LinkRole }[] = [];
  /** The highest role that anybody with the right to was ever seen to give. */
  readonly #given = new Map<string, Role>([['ada', 'owner']]);
  readonly #rightsOf: Readonly<Record<Person, readonly Right[]>>;

  constructor(world: Guarded, rightsOf: Readonly<Record<Person, readonly Right[]>>) {
    this.#guarded = world;
    this.guard = world.guard;
    this.#rightsOf = rightsOf;
  }

  async act({ what, by, to, role, link }: Act): Promise<void> {
    const claims = claimsOf(by, { rights: this.#rightsOf[by] });
    const code = await this.#do(what, claims, { to, role, link });
    tally.add(`${what} ${code}`);
  }

  async #do(
    what: Act['what'],
    by: ReturnType<typeof claimsOf>,
    { to, role, link }: Pick<Act, 'to' | 'role' | 'link'>,
  ): Promise<string> {
    const { guard } = this;
    const known = this.#links[link % Math.max(1, this.#links.length)];
    if (what === 'remove') return codeOf(await guard.remove(by, session, to));
    if (what === 'invite') {
      const answer = await guard.invite(by, session, to, role);
      if (answer.ok) this.#give(to, role);
      return codeOf(answer);
    }
    if (what === 'link') {
      const ofLink = role === 'owner' ? 'editor' : role;
      const answer = await guard.makeLink(by, session, ofLink);
      if (answer.ok) this.#links.push({ ...answer, role: ofLink });
      return codeOf(answer);
    }
    if (known === undefined) return 'no link';
    if (what === 'revoke') return codeOf(await guard.revokeLink(by, session, known.digest));
    const answer = await guard.redeem(by, known.secret);
    if (answer.ok) this.#give(by.sub, known.role);
    return codeOf(answer);
  }

  #give(to: string, role: Role): void {
    const had = this.#given.get(to);
    if (had === undefined || isLower(had, role)) this.#given.set(to, role);
  }

  async check(): Promise<void> {
    const found = await this.#guarded.log.members.of(session);
    if (!found.ok) throw new Error(found.code);
    ok(
      found.members.some(({ role }) => role === 'owner'),
      'there is an owner',
    );
    for (const person of people) {
      const member = found.members.find(({ principal }) => principal === person);
      const own = this.#rightsOf[person];
      const entered = await this.guard.enter(claimsOf(person, { rights: own }), session);
      const has = entered.ok ? [...entered.access.rights] : [];
      const given = this.#given.get(person);
      const most = given === undefined ? [] : roleRights[given];
      for (const right of has) {
        ok(own.includes(right), `${person} has ${right}, which its token does not give`);
        ok(most.includes(right), `${person} has ${right}, which nobody gave`);
      }
      if (member === undefined) deepStrictEqual(has, []);
      else if (member.principal !== 'ada') {
        ok(this.#guarded.told.includes(`${session} ${person}`), `${person} was told of`);
      }
    }
  }
}

test('[W114] [W115] [W116] nobody gets more than was given, and there is always an owner', async () => {
  const ownRights = fc.record({
    ada: fc.constant(rights),
    bob: fc.subarray([...rights]),
    cyd: fc.constant(rights),
    dan: fc.subarray([...rights]),
  });
  const holds = async (all: readonly Act[], rightsOf: Record<Person, readonly Right[]>) => {
    const world = new World(await shared(), rightsOf);
    let open: Promise<void>[] = [];
    for (const act of all) {
      open.push(world.act(act));
      if (act.atOnce) continue;
      await Promise.all(open);
      open = [];
      await world.check();
    }
    await Promise.all(open);
    await world.check();
  };
  await fc.assert(
    fc.asyncProperty(acts as fc.Arbitrary<Act[]>, ownRights, holds),
    runs(200, 10_000),
  );
  console.log(`members: ${String(tally)}`);
  expect(
    tally.missing([
      'invite ok',
      'invite forbidden',
      'invite missing',
      'invite last-owner',
      'remove ok',
      'remove last-owner',
      'link ok',
      'redeem ok',
      'redeem missing',
      'revoke ok',
    ]),
  ).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Audience, type Viewer } from '../../../../server/library/audience.ts';
import { sees } from '../../../../server/library/scope.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { runs } from '../../../support/count.ts';
import { claimsOf } from '../../../support/doorman.ts';

const sessions = ['alpha-0123456789', 'alpha-9876543210', 'beta--0123456789'];
const patterns = ['member', '*', 'alpha-*', sessions[0] ?? '', 'nobody-0123456789'];

const person = fc.constantFrom('ada', 'bob', 'eve');
const session = fc.constantFrom(...sessions);
const claims = fc
  .tuple(person, fc.subarray(patterns), fc.boolean())
  .map(([sub, named, mayRead]) =>
    claimsOf(sub, { sessions: named, rights: mayRead ? ['read'] : ['write'] }),
  );

const step = fc.oneof(
  fc.record({ do: fc.constant('come' as const), claims }),
  fc.record({ do: fc.constant('go' as const), at: fc.nat() }),
  fc.record({ do: fc.constant('renew' as const), at: fc.nat(), claims }),
  fc.record({ do: fc.constant('set' as const), person, session, isMember: fc.boolean() }),
  fc.record({ do: fc.constant('forget' as const), session }),
);

class Model {
  readonly audience = new Audience<{ claims: Claims }>();
  readonly viewers: { claims: Claims }[] = [];
  readonly members = new Set<string>();

  take(one: Step): void {
    switch (one.do) {
      case 'come': {
        const viewer = { claims: one.claims };
        this.viewers.push(viewer);
        return this.audience.add(viewer);
      }
      case 'go': {
        const [viewer] = this.viewers.splice(one.at % Math.max(1, this.viewers.length), 1);
        if (viewer === undefined) return;
        this.audience.remove(viewer);
        const { sub } = viewer.claims;
        if (this.viewers.some((other) => other.claims.sub === sub)) return;
        // What nobody looks at is not known any more.
        for (const known of this.members) {
          if (known.startsWith(`${sub} `)) this.members.delete(known);
        }
        return;
      }
      case 'renew': {
        const viewer = this.viewers[one.at % Math.max(1, this.viewers.length)];
        if (viewer === undefined) return;
        viewer.claims = { ...one.claims, sub: viewer.claims.sub };
        return this.audience.renewed(viewer);
      }
      case 'set': {
        const name = `${one.person} ${one.session}`;
        const looks = this.viewers.some(({ claims: { sub } }) => sub === one.person);
        if (one.isMember && looks) this.members.add(name);
        else this.members.delete(name);
        return this.audience.setMember(one.person, one.session, one.isMember);
      }
      case 'forget':
        for (const who of ['ada', 'bob', 'eve']) this.members.delete(`${who} ${one.session}`);
        return this.audience.forget(one.session);
    }
  }

  seeing(id: string): readonly Viewer[] {
    return this.viewers.filter((viewer) =>
      sees(viewer.claims, id, this.members.has(`${viewer.claims.sub} ${id}`)),
    );
  }
}

type Step =
  | { readonly do: 'come'; readonly claims: Claims }
  | { readonly do: 'go'; readonly at: number }
  | { readonly do: 'renew'; readonly at: number; readonly claims: Claims }
  | {
      readonly do: 'set';
      readonly person: string;
      readonly session: string;
      readonly isMember: boolean;
    }
  | { readonly do: 'forget'; readonly session: string };

test('[W146] who sees a session is who asks for each would find, whatever happened before', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const model = new Model();
      for (const one of steps) {
        model.take(one);
        for (const id of sessions) {
          expect(new Set(model.audience.seeing(id))).toEqual(new Set(model.seeing(id)));
        }
      }
      for (const viewer of model.viewers) model.audience.remove(viewer);
      expect(model.audience.size).toBe(0);
    }),
    runs(300, 5_000),
  );
});

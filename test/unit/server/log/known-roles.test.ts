// What the log remembers of roles is never older than the last change that was asked for.

import { describe, expect, test } from 'vitest';
import { knownRolesMax, withKnownRoles } from '../../../../server/log/known-roles.ts';
import type { Store } from '../../../../server/log/store.ts';
import { withFolder } from '../../../support/folder.ts';
import { inlineStore } from '../../../support/inline-store.ts';

const session = 'roles-0123456789abcdef';

interface Stage {
  readonly store: Store;
  /** How often the store itself was asked for a role. */
  readonly asked: () => number;
}

function withStore(act: (stage: Stage) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const inner = inlineStore(folder);
    let asked = 0;
    const role: Store['role'] = (...args) => {
      asked += 1;
      return inner.role(...args);
    };
    const store = withKnownRoles({ ...inner, role });
    await store.start();
    await act({ store, asked: () => asked });
    await store.close();
  });
}

describe('a role', () => {
  test('is asked for once, also of whoever has none', () =>
    withStore(async ({ store, asked }) => {
      await store.create(session, 'g', 0, { principal: 'ann', role: 'owner' });
      for (const _ of [1, 2, 3]) {
        expect(await store.role(session, 'ann')).toBe('owner');
        expect(await store.role(session, 'bob')).toBeUndefined();
      }
      expect(asked()).toBe(2);
    }));

  test.each<[string, (store: Store) => Promise<unknown>, string | undefined]>([
    [
      'changed',
      (store) => store.changeMembership({ session, principal: 'ann', role: 'viewer' }),
      'viewer',
    ],
    [
      'taken away',
      (store) => store.changeMembership({ session, principal: 'ann', role: undefined }),
      undefined,
    ],
    ['buried with its session', (store) => store.bury(session), undefined],
  ])('that is %s is another at once', (_, change, after) =>
    withStore(async ({ store }) => {
      await store.create(session, 'g', 0, { principal: 'ann', role: 'owner' });
      expect(await store.role(session, 'ann')).toBe('owner');
      // Asked for before the change, and answered after it was asked for: not to be kept.
      const early = store.role(session, 'bob');
      const changing = change(store);
      const late = store.role(session, 'ann');
      await Promise.all([early, changing]);
      expect(await late).toBe(after);
      expect(await store.role(session, 'ann')).toBe(after);
    }),
  );

  test('that was asked for before a change is not kept when it comes after it', () =>
    withStore(async ({ store }) => {
      await store.create(session, 'g', 0, { principal: 'ann', role: 'owner' });
      const early = store.role(session, 'ann');
      await store.changeMembership({ session, principal: 'ann', role: 'viewer' });
      await early;
      expect(await store.role(session, 'ann')).toBe('viewer');
    }));

  test('of a session that is made is known to its maker, who had none before', () =>
    withStore(async ({ store }) => {
      expect(await store.role(session, 'ann')).toBeUndefined();
      await store.create(session, 'g', 0, { principal: 'ann', role: 'owner' });
      expect(await store.role(session, 'ann')).toBe('owner');
    }));
});

test('of very many roles the first are forgotten', async () => {
  let asked = 0;
  const role = (): Promise<undefined> => {
    asked += 1;
    return Promise.resolve(undefined);
  };
  const store = withKnownRoles({ role } as unknown as Store);
  for (let at = 0; at <= knownRolesMax; at++) await store.role(`session-${at}`, 'eve');
  await store.role(`session-${knownRolesMax}`, 'eve');
  expect(asked).toBe(knownRolesMax + 1);
  await store.role('session-0', 'eve');
  expect(asked).toBe(knownRolesMax + 2);
});

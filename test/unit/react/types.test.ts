// What the compiler knows of the hooks: that they take the client of any app, and give its
// own types back.

import { expectTypeOf, test } from 'vitest';
import type { Client } from '../../../src/client/client-options.ts';
import type { Desk } from '../../../src/client/desk/desk.ts';
import type { Library } from '../../../src/client/library/library.ts';
import type { Search } from '../../../src/client/search/search.ts';
import type { SessionHandle } from '../../../src/client/session-handle.ts';
import type { ClientLike, SessionLike } from '../../../src/react/client-like.ts';
import { hooksFor } from '../../../src/react/hooks-for.ts';

interface App {
  readonly data: { readonly weather: { readonly degrees: number } };
  readonly tools: { readonly search: { readonly input: { readonly query: string } } };
}

type Rooms = 'library' | 'desk' | 'search';

test('hooks take the sessions, the desk and the lists of every app', () => {
  expectTypeOf<SessionHandle>().toExtend<SessionLike>();
  expectTypeOf<SessionHandle<App>>().toExtend<SessionLike>();
  expectTypeOf<Client<App>>().toExtend<Omit<ClientLike, Rooms>>();
  expectTypeOf<Library>().toExtend<ClientLike['library']>();
  expectTypeOf<Desk>().toExtend<ClientLike['desk']>();
  expectTypeOf<Search>().toExtend<ClientLike['search']>();
});

test("hooks of an app give that app's types", () => {
  const { useClient, usePart, useSession } = hooksFor<App>();
  expectTypeOf(useClient).returns.toEqualTypeOf<Client<App>>();
  expectTypeOf(useSession).returns.toHaveProperty('session').toEqualTypeOf<SessionHandle<App>>();
  type Data = Extract<ReturnType<typeof usePart>, { readonly type: 'data' }>;
  expectTypeOf<Data['name']>().toEqualTypeOf<'weather'>();
  expectTypeOf<Data['data']['degrees']>().toEqualTypeOf<number>();
});

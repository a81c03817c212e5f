// The hooks with an app's own types of data and tools. A mapping of types and nothing more:
// they are the same functions, and what stands in a document was written by anybody.

import type { AppPart, AppTypes, AppView, DefaultApp } from '../client/app-types.ts';
import type { Client } from '../client/client-options.ts';
import type { SessionHandle } from '../client/session-handle.ts';
import type { SessionLike } from './client-like.ts';
import { usePart } from './messages.ts';
import { useClient } from './provider.ts';
import type { Same } from './selection.ts';
import { type UsedSession, useSession, type UseSessionOptions, useView } from './session.ts';

export interface AppHooks<App extends AppTypes = DefaultApp> {
  readonly useClient: () => Client<App>;
  readonly useSession: (
    id: string,
    options?: UseSessionOptions,
  ) => Omit<UsedSession, 'session'> & { readonly session: SessionHandle<App> };
  readonly usePart: (
    message: string,
    index: number,
    session?: SessionLike,
  ) => AppPart<App> | undefined;
  readonly useView: <Selected>(
    select: (view: AppView<App>) => Selected,
    same?: Same<Selected>,
    session?: SessionLike,
  ) => Selected;
}

/** `const { useSession, usePart } = hooksFor<MyApp>()`, once, beside the app's types. */
export function hooksFor<App extends AppTypes>(): AppHooks<App> {
  return { useClient, useSession, usePart, useView } as unknown as AppHooks<App>;
}

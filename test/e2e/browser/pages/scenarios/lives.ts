// Sessions that are opened, left, exchanged and waited for.

import {
  SessionProvider,
  useMessages,
  useSession,
  useSessionStatus,
  useView,
} from 'holdfast/react';
import { createElement, type FunctionComponent, type ReactNode, Suspense } from 'react';
import { LocalClient, type LocalHandle } from '../../../../support/local-client.ts';
import { longSession } from '../../../../support/streaming.ts';
import { Screen, turn, until } from './screen.ts';

const Title: FunctionComponent<{ id: string; suspense?: boolean }> = ({ id, suspense = false }) => {
  const { isReady, meta, session } = useSession(id, { suspense });
  return createElement('b', null, `${session.id} ${isReady ? 'ready' : 'loading'} ${meta.title}`);
};

const Inside: FunctionComponent = () => {
  const ids = useMessages();
  const { unsent } = useSessionStatus();
  const faults = useView((view) => view.faults.length);
  return createElement('i', null, `${ids.length} messages, ${unsent} unsent, ${faults} faults`);
};

const page = (id: string, suspense = false): ReactNode => {
  const waiting = createElement('u', null, 'waiting');
  const inside = createElement(Inside);
  const session = createElement(SessionProvider, { id, suspense }, inside);
  return createElement(
    Suspense,
    { fallback: waiting },
    createElement(Title, { id, suspense }),
    session,
  );
};

function world(
  isReady = true,
  ...titles: readonly string[]
): { client: LocalClient; handles: LocalHandle[] } {
  const client = new LocalClient();
  const handles = ['one', ...titles].map((title, at) => {
    const session = longSession(2 + at, `a-session-that-is-${title}`);
    session.rename(title);
    return client.put(session, { isReady });
  });
  return { client, handles };
}

const counts = (handle: LocalHandle | undefined): readonly number[] => [
  handle?.opened ?? -1,
  handle?.listeners ?? -1,
];

/** Mounted and unmounted, plainly or by StrictMode, which does everything twice. */
export async function mountAndLeave(strict: boolean): Promise<{
  shown: string;
  during: readonly number[];
  left: readonly number[];
  after: readonly number[];
}> {
  const { client, handles } = world();
  const screen = new Screen();
  screen.show(client, page('a-session-that-is-one'), { strict });
  await screen.settle();
  const [shown, during] = [screen.text, counts(handles[0])];
  screen.remove();
  await turn();
  const left = counts(handles[0]);
  screen.frames.clock.advance(10_000);
  return { shown, during, left, after: counts(handles[0]) };
}

/** Left while it was loading; what was loaded comes when nobody waits any more. */
export async function leaveWhileLoading(suspense: boolean): Promise<{
  shown: string;
  after: readonly number[];
}> {
  const { client, handles } = world(false);
  const screen = new Screen();
  screen.showLater(client, page('a-session-that-is-one', suspense));
  await until(() => screen.text !== '');
  const shown = screen.text;
  screen.remove();
  handles[0]?.becomeReady();
  await turn();
  screen.frames.clock.advance(10_000);
  await turn();
  return { shown, after: counts(handles[0]) };
}

/** Waits for local data, and for nothing else. */
export async function waitForData(suspense: boolean): Promise<readonly string[]> {
  const { client, handles } = world(false);
  const screen = new Screen();
  const shown: string[] = [];
  screen.show(client, page('a-session-that-is-one', suspense), { strict: true });
  await turn();
  shown.push(screen.text);
  handles[0]?.becomeReady();
  await turn();
  await screen.frame();
  await until(() => screen.text.includes('one ready'));
  shown.push(screen.text);
  // Longer than an unheld session lives: it is held now.
  screen.frames.clock.advance(10_000);
  handles[0]?.session.rename('still here');
  await screen.frame();
  shown.push(screen.text);
  screen.remove();
  return shown;
}

/** Another session in the same place. */
export async function exchangeSession(): Promise<{
  shown: readonly string[];
  counts: readonly (readonly number[])[];
}> {
  const { client, handles } = world(true, 'two');
  const screen = new Screen();
  const shown: string[] = [];
  screen.show(client, page('a-session-that-is-one'), { strict: true });
  await screen.settle();
  shown.push(screen.text);
  screen.show(client, page('a-session-that-is-two'), { strict: true });
  await screen.settle();
  shown.push(screen.text);
  handles[0]?.session.rename('gone');
  await screen.frame();
  shown.push(screen.text);
  screen.frames.clock.advance(10_000);
  const seen = handles.map(counts);
  screen.remove();
  return { shown, counts: seen };
}

/** Somebody else signs in. */
export async function exchangeClient(): Promise<{
  shown: readonly string[];
  counts: readonly (readonly number[])[];
}> {
  const [mine, theirs] = [world(), world()];
  theirs.handles[0]?.session.rename('theirs');
  const screen = new Screen();
  const shown: string[] = [];
  screen.show(mine.client, page('a-session-that-is-one'));
  await screen.settle();
  shown.push(screen.text);
  screen.show(theirs.client, page('a-session-that-is-one'));
  await screen.settle();
  shown.push(screen.text);
  mine.handles[0]?.session.rename('gone');
  mine.handles[0]?.tellStatus({ unsent: 9 });
  await screen.frame();
  shown.push(screen.text);
  screen.frames.clock.advance(10_000);
  const seen = [mine, theirs].map(({ handles }) => counts(handles[0]));
  screen.remove();
  return { shown, counts: seen };
}

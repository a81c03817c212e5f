// What the hooks show, and that each shows it again when it changes.

import {
  SessionProvider,
  useBranches,
  useClient,
  useComposer,
  useLibrary,
  useMessage,
  useMessages,
  useParticipants,
  usePart,
  useRequests,
  useRun,
  useRuns,
  useSaved,
  useSessionStatus,
  useStatus,
} from 'holdfast/react';
import type { LibraryEntry } from 'holdfast/react';
import { createElement, type FunctionComponent } from 'react';
import { LocalClient, type LocalHandle } from '../../../../support/local-client.ts';
import { longSession, Streamed } from '../../../../support/streaming.ts';
import { Screen } from './screen.ts';

const entry: LibraryEntry = {
  id: 'a-session-of-the-list',
  title: 'A tour',
  preview: '',
  lastActivity: 1,
  createdAt: 1,
  unread: false,
  running: false,
  pinned: false,
  archived: false,
  unsent: 0,
  bytes: 0,
  availableOffline: false,
  onServer: true,
};

interface Shown {
  readonly [what: string]: unknown;
}

let shown: Shown = {};
let choose: (index: number) => void = () => undefined;

const Everything: FunctionComponent = () => {
  const ids = useMessages();
  const last = ids.at(-1) ?? '';
  const message = useMessage(last);
  const part = usePart(last, 0);
  const branches = useBranches(ids[1] ?? '');
  const run = useRun(message?.run);
  const runs = useRuns();
  const requests = useRequests(run?.id ?? '');
  const participants = useParticipants();
  choose = branches.choose;
  shown = {
    principal: useClient().principal,
    messages: ids.length,
    role: message?.role,
    parts: message?.parts.length,
    words: part?.type === 'text' ? part.text : null,
    branch: `${branches.index + 1}/${branches.count}`,
    run: run?.status.state,
    runs: `${runs.active.length}/${runs.queued.length}`,
    requests: requests.map(({ kind, state }) => `${kind} ${state}`).join(),
    participants: participants.map(
      ({ name, devices, isTyping }) => `${name} ${devices} ${isTyping}`,
    ),
    saved: useSaved(last),
    unsent: useSessionStatus().unsent,
    notice: useStatus().notice?.code,
    library: useLibrary().entries.map(({ title }) => title),
  };
  return null;
};

function stage(): { client: LocalClient; handle: LocalHandle; screen: Screen } {
  const client = new LocalClient();
  const handle = client.put(longSession(3));
  const screen = new Screen();
  screen.show(client, createElement(SessionProvider, { id: handle.id }, createElement(Everything)));
  return { client, handle, screen };
}

/** What is shown at first, and after each of some changes. */
export async function showEverything(): Promise<readonly Shown[]> {
  const { client, handle, screen } = stage();
  const { session } = handle;
  const seen: Shown[] = [shown];
  const then = async (act: () => void): Promise<void> => {
    act();
    await screen.frame();
    seen.push(shown);
  };
  let reply: Streamed | undefined;
  await then(() => {
    reply = new Streamed(session);
    reply.append('Once');
  });
  await then(() => session.cancel(reply?.run ?? ''));
  await then(() => reply?.end());
  await then(() => session.edit(session.view.path[1]?.id ?? '', 'other words', { agent: null }));
  await then(() => choose(0));
  await then(() => session.introduce({ name: 'Ada', kind: 'person' }));
  await then(() => {
    const ben = {
      principal: 'ben',
      name: 'Ben',
      kind: 'person',
      colour: null,
      read: null,
    } as const;
    handle.presence.tell([{ ...ben, devices: 2, typing: true, fields: {} }]);
  });
  await then(() => handle.tellSaved(session.view.path.at(-1)?.id ?? '', 'stored'));
  await then(() => handle.tellStatus({ unsent: 3 }));
  await then(() =>
    client.tell({ status: { ...client.status, notice: { code: 'token', sentence: 'Sign in.' } } }),
  );
  await then(() => client.tell({ entries: [entry] }));
  screen.remove();
  return seen;
}

const Field: FunctionComponent = () => {
  const { text, set, flush, send, problem, queued } = useComposer();
  const state = `${queued.length} queued ${problem?.code ?? ''}`;
  return createElement(
    'form',
    {
      onSubmit: (event) => {
        event.preventDefault();
        void send();
      },
    },
    createElement('input', {
      id: 'field',
      value: text,
      onChange: (event) => set(event.target.value),
      onBlur: flush,
    }),
    createElement('output', null, state),
  );
};

/** A field to type into; what stands in the session so far. */
export function showField(): void {
  const client = new LocalClient();
  const handle = client.put(longSession(1));
  const screen = new Screen();
  screen.show(client, createElement(SessionProvider, { id: handle.id }, createElement(Field)));
  readField = () => ({
    caret: document.querySelector<HTMLInputElement>('#field')?.selectionStart ?? -1,
    draft: client.draft(handle.id).text,
    flushes: client.draft(handle.id).flushes,
    sent: [...handle.view.messages].flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
    ),
  });
  closeField = () => handle.session.close();
  paintField = () => screen.frame();
}

export interface FieldState {
  readonly caret: number;
  readonly draft: string;
  readonly flushes: number;
  readonly sent: readonly string[];
}

let readField: () => FieldState = () => ({ caret: -1, draft: '', flushes: 0, sent: [] });
let closeField: () => void = () => undefined;
let paintField: () => Promise<void> = () => Promise.resolve();

export const fieldState = (): FieldState => readField();
export const closeSessionOfField = (): void => closeField();
export const paint = (): Promise<void> => paintField();

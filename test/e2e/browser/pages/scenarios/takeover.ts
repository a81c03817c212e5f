// A page that a server rendered and the browser takes over.

import {
  HoldfastProvider,
  SessionProvider,
  useMessages,
  useSession,
  useSessionStatus,
} from 'holdfast/react';
import { createElement, type FunctionComponent, type ReactNode, StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { HandFrames } from '../../../../support/hand-frames.ts';
import { LocalClient } from '../../../../support/local-client.ts';
import { longSession } from '../../../../support/streaming.ts';
import { until } from './screen.ts';

const Page: FunctionComponent<{ id: string }> = ({ id }) => {
  const { isReady, meta } = useSession(id);
  const ids = useMessages();
  const { unsent } = useSessionStatus();
  const state = isReady ? 'ready' : 'loading';
  return createElement('p', null, `${state} ${meta.title} ${ids.length} ${unsent}`);
};

function app(client: LocalClient, id: string, frames: HandFrames): ReactNode {
  const page = createElement(Page, { id });
  const session = createElement(SessionProvider, { id }, page);
  const provider = createElement(HoldfastProvider, { client, frames }, session);
  return createElement(StrictMode, null, provider);
}

/** The server had nothing; this device has everything before it takes over. */
export async function takeOver(): Promise<{
  rendered: string;
  shown: string;
  complaints: readonly string[];
}> {
  const session = longSession(7);
  const server = new LocalClient();
  server.put(session, { isReady: false });
  const html = renderToString(app(server, session.id, new HandFrames()));
  const box = document.createElement('div');
  box.innerHTML = html;
  const rendered = box.textContent;
  document.body.append(box);
  const client = new LocalClient();
  const handle = client.put(session);
  handle.tellStatus({ unsent: 3 });
  const frames = new HandFrames();
  await handle.ready;
  const complaints: string[] = [];
  const root = hydrateRoot(box, app(client, session.id, frames), {
    onRecoverableError: (error) => complaints.push(String(error)),
  });
  await until(() => box.textContent !== rendered);
  frames.next();
  await until(() => box.textContent.includes('ready'));
  const shown = box.textContent;
  root.unmount();
  box.remove();
  return { rendered, shown, complaints };
}

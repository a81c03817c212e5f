// The conversation of the web app on a page of its own, without the shell around it: the real
// client and the real components, for what is tested of them alone. The address says which server,
// which token, which session, whether it is to be made, and which message to show.

import { createClient } from 'holdfast';
import { HoldfastProvider } from 'holdfast/react';
import { createElement as element } from 'react';
import { createRoot } from 'react-dom/client';
import { NoteList } from '../../web/base/notes.tsx';
import { Conversation } from '../../web/conversation/conversation.tsx';
import '../../web/theme.css';
import './conversation-page.css';

export function showConversation(address: string): void {
  const [url, token, id, agent = '', message = '', theme = ''] = address
    .split(',')
    .map(decodeURIComponent);
  const root = document.getElementById('root');
  if (url === undefined || token === undefined || id === undefined || root === null) {
    throw new Error('the address names a server, a token and a session');
  }
  const client = createClient({ url, token });
  if (agent !== '') client.create({ id, title: 'A conversation', agent });
  if (theme !== '') document.documentElement.dataset['theme'] = theme;
  const shown = message === '' ? {} : { message };
  const page = element('main', { id: 'page' }, element(Conversation, { session: id, ...shown }));
  createRoot(root).render(element(HoldfastProvider, { client }, page, element(NoteList)));
}

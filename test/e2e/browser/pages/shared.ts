// A session of the real client, shown by hooks: what was said, how far each thing got, and a
// field to say more.

import { createClient } from 'holdfast';
import {
  HoldfastProvider,
  SessionProvider,
  useComposer,
  useMessage,
  useMessages,
  usePart,
  useSaved,
  useSessionStatus,
} from 'holdfast/react';
import { createElement as element, type FunctionComponent, memo, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const Words: FunctionComponent<{ message: string }> = memo(({ message }) => {
  const part = usePart(message, 0);
  return element('span', { className: 'words' }, part?.type === 'text' ? part.text : '');
});

const Row: FunctionComponent<{ id: string }> = memo(({ id }) => {
  const message = useMessage(id);
  const saved = useSaved(id);
  const state = element('i', null, ` ${saved ?? 'durable'}`);
  return element('li', { className: message?.role }, element(Words, { message: id }), state);
});

const Session: FunctionComponent = () => {
  const ids = useMessages();
  const { connection, unsent } = useSessionStatus();
  const { text, set, send } = useComposer();
  const field = element('input', {
    id: 'field',
    value: text,
    onChange: (event) => set(event.target.value),
    onKeyDown: (event) => {
      if (event.key === 'Enter') void send({ agent: null });
    },
  });
  const rows = ids.map((id) => element(Row, { key: id, id }));
  const state = element('output', null, `${connection.name}, ${unsent} unsent`);
  return element('main', null, element('ol', null, rows), field, state);
};

const [url, token, id, isNew] = location.hash.slice(1).split(',').map(decodeURIComponent);
const root = document.getElementById('root');
if (url === undefined || token === undefined || id === undefined || root === null) {
  throw new Error('the address names a server, a token and a session');
}
const client = createClient({ url, token });
if (isNew === 'new') client.create({ id, title: 'Shared' });
const session = element(SessionProvider, { id }, element(Session));
const app = element(HoldfastProvider, { client }, session);
createRoot(root).render(element(StrictMode, null, app));

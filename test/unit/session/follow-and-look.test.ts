import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { createSession, openSession } from '../../../src/session/session.ts';
import { Streamed } from '../../support/streaming.ts';

test('who looks at the session while hearing of words takes the news from nobody else', () => {
  const session = createSession({ principal: 'ada', agent: 'writer' });
  const reply = new Streamed(session);
  const seen: string[] = [];
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(session.doc));
  const viewer = openSession(other, { principal: 'ben', id: session.id });
  session.doc.on('update', (update: Uint8Array) => Y.applyUpdate(other, update));
  viewer.follow(({ message }) => viewer.view.messages.get(message));
  viewer.subscribe(
    (view) => view,
    (view) => {
      const part = view.messages.get(reply.message)?.parts[0];
      seen.push(part?.type === 'text' ? part.text : '');
    },
  );
  for (const token of ['One', ' two', ' three']) reply.append(token);
  expect(seen.at(-1)).toBe('One two three');
  expect(seen).toContain('One two');
});

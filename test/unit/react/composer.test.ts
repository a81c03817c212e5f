// What is written and not sent, over a session in memory, with no React around it.

import { describe, expect, test } from 'vitest';
import { Composer } from '../../../src/react/composer.ts';
import { Bookkeeper } from '../../../src/session/bookkeeper.ts';
import { LocalClient, type LocalHandle } from '../../support/local-client.ts';
import { longSession } from '../../support/streaming.ts';

interface Stage {
  readonly handle: LocalHandle;
  readonly composer: Composer;
  readonly draft: ReturnType<LocalClient['draft']>;
}

function stage(): Stage {
  const client = new LocalClient();
  const handle = client.put(longSession(1));
  const draft = client.draft(handle.id);
  return { handle, composer: new Composer(handle, draft), draft };
}

const lastWords = ({ view }: LocalHandle): string | undefined => {
  const prompt = view.path.findLast(({ role }) => role === 'user');
  const [part] = prompt?.parts ?? [];
  return part?.type === 'text' ? part.text : undefined;
};

const picture = new Blob(['12345'], { type: 'image/png' });
const hash = 'ab'.repeat(32);

describe('a composer', () => {
  test('[C84] shows what is typed at once, to all who show it', () => {
    const { composer, draft } = stage();
    const told: string[] = [];
    composer.subscribe(() => told.push(composer.read().text));
    composer.set('Hel');
    composer.set('Hello');
    expect(told).toEqual(['Hel', 'Hello']);
    expect(draft.text).toBe('Hello');
    expect(composer.read()).toBe(composer.read());
  });

  test('[C84] shows what another device writes into the draft', () => {
    const { composer, draft } = stage();
    draft.set('from the phone');
    draft.alternative = 'from the tablet';
    expect(composer.read()).toMatchObject({
      text: 'from the phone',
      alternative: 'from the tablet',
    });
    composer.settle();
    expect(composer.read().alternative).toBe(null);
  });

  test('[C85] sends its words and is empty', async () => {
    const { composer, handle, draft } = stage();
    composer.set('Hello');
    const sending = composer.send();
    expect(lastWords(handle)).toBe('Hello');
    expect(composer.read()).toMatchObject({ text: '', isSending: false, problem: null });
    expect(draft.flushes).toBe(1);
    expect((await sending)?.run).toBe([...handle.view.runs].at(-1)?.id);
  });

  test('[C85] sends nothing twice, and nothing where there is nothing', async () => {
    const { composer, handle } = stage();
    composer.set('  ');
    const { size } = handle.view.messages;
    expect(await composer.send()).toBe(null);
    composer.set('once');
    await Promise.all([composer.send(), composer.send()]);
    const sent = [...handle.view.messages].filter(({ role }) => role === 'user');
    expect(sent).toHaveLength(size + 1);
  });

  test('[C85] sends a file once that is read already', async () => {
    const { composer, handle } = stage();
    composer.attach(picture);
    handle.attachments[0]?.found(hash);
    const { size } = handle.view.messages;
    const [first, second] = await Promise.all([composer.send(), composer.send()]);
    expect(second).toBe(null);
    expect(handle.view.messages.get(first?.message ?? '')?.parts).toHaveLength(1);
    expect(handle.view.messages.size).toBe(size + 2);
  });

  test('[C85] keeps the words that were refused, and says why', async () => {
    const { composer, handle } = stage();
    handle.session.close();
    composer.set('Hello');
    expect(await composer.send()).toBe(null);
    expect(composer.read()).toMatchObject({ text: 'Hello', isSending: false });
    expect(composer.read().problem?.code).toBe('not-found');
  });

  test('a bug is no answer', async () => {
    const { composer, handle } = stage();
    handle.session.pen.doc.transact = () => {
      throw new TypeError('a bug');
    };
    composer.set('Hello');
    await expect(composer.send()).rejects.toThrow('a bug');
    expect(composer.read()).toMatchObject({ text: 'Hello', isSending: false, problem: null });
  });

  test('[C85] waits for a file to be read, and leaves what was typed meanwhile', async () => {
    const { composer, handle } = stage();
    composer.set('See:');
    composer.attach(picture);
    const sending = composer.send();
    expect(composer.read().isSending).toBe(true);
    expect(await composer.send()).toBe(null);
    composer.set('See: and more');
    handle.attachments[0]?.found(hash);
    const { message = '' } = (await sending) ?? {};
    const parts = handle.view.messages.get(message)?.parts;
    expect(parts).toMatchObject([
      { type: 'text', text: 'See:' },
      { type: 'file', hash, size: 5, mediaType: 'image/png' },
    ]);
    expect(composer.read()).toMatchObject({ text: ' and more', attachments: [], isSending: false });
  });

  test('takes a file out again', () => {
    const { composer, handle } = stage();
    const attachment = composer.attach(picture);
    composer.detach(attachment);
    composer.detach(attachment);
    expect(composer.read().attachments).toEqual([]);
    expect(handle.attachments[0]?.cancelled).toBe(true);
  });

  test('[C85] steers the newest active run, and sends where there is none', async () => {
    const { composer, handle } = stage();
    composer.set('first');
    const first = await composer.steer();
    const books = new Bookkeeper(handle.session);
    const run = first?.run ?? '';
    books.claim(run, 'writer-1');
    composer.set('rather this');
    await composer.steer();
    const [request] = handle.view.requests;
    expect(request).toMatchObject({ kind: 'steer', run });
  });

  test('says that somebody types, until the field is empty, left or sent', async () => {
    const { composer, handle } = stage();
    const { presence } = handle;
    composer.set('H');
    expect(presence.typing).toBe(true);
    composer.set('');
    expect(presence.typing).toBe(false);
    composer.set('He');
    composer.flush();
    expect(presence.typing).toBe(false);
    composer.set('Hello');
    await composer.send();
    expect(presence.typing).toBe(false);
  });
});

// Files of a session: to a real server, without one, and back.

import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import { hashOf } from '../../../../src/client/files/hash.ts';
import { ClientDevice, noNetwork, openPage, until } from '../../../support/client-stage.ts';
import { sharedSync } from '../../../support/sync-stage.ts';

const file = (text: string, name = 'a.txt'): Blob & { name: string } =>
  Object.assign(new Blob([text], { type: 'text/plain' }), { name });

const textOf = async (blob: Promise<Blob>): Promise<string> => (await blob).text();

describe('files', () => {
  const stage = sharedSync({ clock: systemClock });

  test('[C48] a file is uploaded, sent by its hash, and read by another', async () => {
    const [ada, ben] = [await openPage(stage(), 'ada'), await openPage(stage(), 'ben')];
    const mine = ada.create();
    const attachment = mine.attach(file('words'));
    expect(attachment.state).toBe('hashing');
    const part = await attachment.hashed();
    expect(part).toMatchObject({ type: 'file', mediaType: 'text/plain', size: 5, name: 'a.txt' });
    await mine.send([{ type: 'text', text: 'See' }, part]).reached('durable');
    await attachment.uploaded();
    expect(attachment).toMatchObject({ state: 'done', progress: 1 });
    expect(mine.attachments).toEqual([]);
    const theirs = ben.open(mine.id);
    await until(theirs, 'it', (one) => one.view.path.length === 1);
    const read = theirs.view.path[0]?.parts[1];
    expect(read).toMatchObject({ type: 'file', hash: attachment.hash });
    expect(await textOf(theirs.file(attachment.hash ?? ''))).toBe('words');
    await Promise.all([ada.close(), ben.close()]);
  });

  test('[C48] waits for a network, also over a reload, and can be cancelled', async () => {
    const device = new ClientDevice();
    const offline = await openPage(stage(), 'ada', { device, platform: noNetwork });
    const mine = offline.create();
    const [kept, dropped] = [mine.attach(file('kept')), mine.attach(file('dropped', 'b.txt'))];
    const part = await kept.hashed();
    await dropped.hashed();
    mine.send([part]);
    dropped.cancel();
    await expect(dropped.uploaded()).rejects.toMatchObject({ code: 'cancelled' });
    await until(mine, 'queued', () => kept.state === 'queued');
    expect(await textOf(mine.file(kept.hash ?? ''))).toBe('kept');
    await offline.close();
    const online = await openPage(stage(), 'ada', { device });
    const again = online.open(mine.id);
    await until(again, 'live', ({ status }) => status.connection.name === 'live');
    const [waiting] = again.attachments;
    await waiting?.uploaded();
    await online.close();
    const other = await openPage(stage(), 'ben');
    const theirs = other.open(mine.id);
    await until(theirs, 'it', (one) => one.view.path.length === 1);
    expect(await textOf(theirs.file(kept.hash ?? ''))).toBe('kept');
    await expect(theirs.file(dropped.hash ?? '')).rejects.toMatchObject({ code: 'file-missing' });
    await other.close();
  });

  test('[C49] a file that was seen is read with no network, and one that is damaged never', async () => {
    const device = new ClientDevice();
    const ada = await openPage(stage(), 'ada');
    const mine = ada.create();
    await mine.send('Hi').reached('durable');
    const attachment = mine.attach(file('seen'));
    await attachment.uploaded();
    const hash = attachment.hash ?? '';
    const ben = await openPage(stage(), 'ben', { device });
    expect(await textOf(ben.open(mine.id).file(hash))).toBe('seen');
    await ben.close();
    const later = await openPage(stage(), 'ben', { device, platform: noNetwork });
    const offline = later.open(mine.id);
    expect(await textOf(offline.file(hash))).toBe('seen');
    await expect(offline.file('0'.repeat(64))).rejects.toMatchObject({ code: 'offline' });
    await expect(offline.file('../../etc')).rejects.toMatchObject({ code: 'bad-input' });
    await later.close();
    const lying = {
      fetch: async (where: Parameters<typeof fetch>[0]) =>
        (where instanceof Request ? where.url : where.toString()).includes('/files/')
          ? new Response('other bytes')
          : Response.error(),
    };
    const fooled = await openPage(stage(), 'cay', { platform: lying });
    await expect(fooled.open(mine.id).file(hash)).rejects.toMatchObject({ code: 'file-damaged' });
    await Promise.all([fooled.close(), ada.close()]);
  });

  test('[C48] a file that is too large is refused before it is read', async () => {
    const ada = await openPage(stage(), 'ada');
    const large = Object.assign(new Blob([]), { name: 'x' });
    Object.defineProperty(large, 'size', { value: 26 * 1024 * 1024 });
    const attachment = ada.create().attach(large);
    await expect(attachment.hashed()).rejects.toMatchObject({ code: 'file-too-large' });
    expect(attachment.state).toBe('failed');
    await ada.close();
  });

  test('[C9] has the same name without a secure context', async () => {
    const bytes = new TextEncoder().encode('words');
    const subtle = await hashOf(bytes, crypto.subtle);
    expect(await hashOf(bytes, undefined)).toBe(subtle);
    expect(subtle).toMatch(/^[0-9a-f]{64}$/);
  });
});

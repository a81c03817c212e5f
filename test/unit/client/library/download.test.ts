import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../../src/base/clock.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import {
  BackgroundDownload,
  type DownloadOptions,
  type Kept,
} from '../../../../src/client/library/download.ts';
import type { LibraryEntry } from '../../../../src/client/library/entry.ts';
import type { HttpAnswer } from '../../../../src/client/library/http.ts';
import { settled } from '../../../support/library-server.ts';

const listed = (id: string, more: Partial<LibraryEntry> = {}): LibraryEntry => ({
  id,
  title: id,
  preview: '',
  lastActivity: 10,
  createdAt: 1,
  unread: false,
  running: false,
  pinned: false,
  archived: false,
  unsent: 0,
  bytes: 0,
  availableOffline: false,
  onServer: true,
  ...more,
});

interface World {
  readonly clock: ReturnType<typeof manualClock>;
  readonly download: BackgroundDownload;
  readonly asked: string[];
  /** Answers the oldest request that is open. */
  readonly answer: (status: number, bytes?: number, tag?: string) => Promise<void>;
  readonly keeping: string[];
  readonly kept: Map<string, Kept>;
  readonly progress: string[];
  readonly now: { entries: LibraryEntry[]; live: boolean; saves: boolean };
}

function world(more: Partial<DownloadOptions> = {}): World {
  const clock = manualClock(1_000);
  const asked: string[] = [];
  const open: ((answer: HttpAnswer | undefined) => void)[] = [];
  const keeping: string[] = [];
  const kept = new Map<string, Kept>();
  const now = { entries: ['a', 'b', 'c', 'd'].map((id) => listed(id)), live: true, saves: false };
  const download = new BackgroundDownload({
    clock,
    chance: seededChance(1),
    sessions: 3,
    bytes: 1_000,
    http: {
      ask(_, path, headers = {}) {
        asked.push([path.split('/')[3], headers['if-none-match']].filter(Boolean).join(' '));
        return new Promise((resolve) => open.push(resolve));
      },
    },
    entries: () => now.entries,
    isLive: () => now.live,
    savesData: () => now.saves,
    keep: async (session, update, generation) => {
      keeping.push(`${session} ${update.length} ${generation}`);
    },
    kept: (session, what) => kept.set(session, what),
    ...more,
  });
  const progress: string[] = [];
  download.subscribe(({ done, total, state }) => progress.push(`${done}/${total} ${state}`));
  const answer: World['answer'] = async (status, bytes = 0, tag = 't1') => {
    const headers = new Headers({ etag: tag, 'holdfast-generation': 'g' });
    open.shift()?.(status === 0 ? undefined : { status, headers, body: new Uint8Array(bytes) });
    await settled();
  };
  return { clock, download, asked, answer, keeping, kept, progress, now };
}

describe('background download', () => {
  test('[C70] fetches the most recent, two at once, and says how far it is', async () => {
    const { download, asked, answer, keeping, progress } = world();
    expect(download.progress.state).toBe('off');
    download.next();
    expect(asked).toEqual(['a', 'b']);
    await answer(200, 10);
    expect(asked).toEqual(['a', 'b', 'c']);
    await answer(200, 20);
    await answer(200, 30);
    expect(keeping).toEqual(['a 10 g', 'b 20 g', 'c 30 g']);
    expect(progress).toEqual(['0/3 running', '1/3 running', '2/3 running', '3/3 idle']);
  });

  test('[C70] fetches again only what changed, and nothing that did not', async () => {
    const { download, clock, asked, answer, keeping, now, kept } = world({ sessions: 1 });
    download.next();
    await answer(200, 10);
    download.next();
    expect(asked).toEqual(['a']);
    now.entries = [listed('a', { lastActivity: 11 })];
    download.soon();
    clock.advance(4_999);
    expect(asked).toEqual(['a']);
    clock.advance(1);
    expect(asked).toEqual(['a', 'a t1']);
    await answer(304);
    expect([keeping.length, kept.get('a')]).toEqual([1, { tag: 't1', activity: 11, bytes: 10 }]);
    expect(download.progress).toEqual({ done: 1, total: 1, state: 'idle' });
  });

  test('[C70] goes on on another day from where it was', async () => {
    const { download, asked } = world({ sessions: 2 });
    download.restore('a', { tag: 't1', activity: 10, bytes: 5 });
    download.restore('b', { tag: 't2', activity: 9, bytes: 5 });
    download.next();
    expect(asked).toEqual(['b t2']);
  });

  test('[C70] keeps within its bytes', async () => {
    const { download, asked, answer, keeping } = world();
    download.next();
    await answer(200, 900);
    await answer(200, 101);
    await answer(200, 100);
    expect(keeping).toEqual(['a 900 g', 'c 100 g']);
    // The one after them takes the free place, and finds no room either.
    await answer(200, 1);
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    expect(keeping).toHaveLength(2);
    expect(download.progress).toEqual({ done: 2, total: 2, state: 'idle' });
  });

  test('[C70] pauses without a connection or while data is saved, and goes on after it', async () => {
    const { download, asked, now } = world();
    now.live = false;
    download.next();
    expect([asked, download.progress.state]).toEqual([[], 'paused']);
    now.live = true;
    now.saves = true;
    download.next();
    expect([asked, download.progress.state]).toEqual([[], 'paused']);
    now.saves = false;
    download.next();
    expect([asked.length, download.progress.state]).toEqual([2, 'running']);
  });

  test.each([0, 401, 429, 503])(
    '[C70] leaves a server alone for a while after %i',
    async (status) => {
      const { download, clock, asked, answer } = world({ sessions: 1 });
      download.next();
      await answer(status);
      expect([asked.length, download.progress.state]).toEqual([1, 'paused']);
      clock.advance(4_999);
      expect(asked).toHaveLength(1);
      clock.advance(1_000);
      expect(asked).toHaveLength(2);
    },
  );

  test.each([403, 404, 413, 422])('[C70] passes over what is answered with %i', async (status) => {
    const { download, asked, answer, now } = world({ sessions: 1 });
    now.entries = [listed('a')];
    download.next();
    await answer(status);
    download.next();
    expect([asked.length, download.progress]).toEqual([1, { done: 0, total: 0, state: 'idle' }]);
    now.entries = [listed('a', { lastActivity: 11 })];
    download.next();
    expect(asked).toHaveLength(2);
  });

  test('[C70] a store that cannot take it is not filled', async () => {
    const { download, asked, answer } = world({
      sessions: 3,
      keep: () => Promise.reject(new Error('quota')),
    });
    download.next();
    await answer(200, 10);
    expect([asked.length, download.progress.done]).toEqual([2, 0]);
  });

  test('[C70] leaves alone what is put away, not on the server, or worked on and here', async () => {
    const { download, asked, answer, now } = world();
    const running = { running: true };
    now.entries = [
      listed('a', { archived: true }),
      listed('b', { onServer: false }),
      listed('c', running),
    ];
    download.next();
    await answer(200, 10);
    now.entries = [listed('c', { ...running, lastActivity: 11 })];
    download.next();
    expect(asked).toEqual(['c']);
    now.entries = [listed('c', { lastActivity: 12 })];
    download.next();
    expect(asked).toEqual(['c', 'c t1']);
  });

  test('[C70] is off where nobody wants it, and ends with a close', async () => {
    const off = world({ sessions: 0 });
    off.download.next();
    off.download.soon();
    off.clock.advance(60_000);
    expect([off.asked, off.download.progress.state]).toEqual([[], 'off']);
    const { download, asked, answer, clock, keeping } = world();
    download.next();
    download.close();
    await answer(200, 10);
    clock.advance(60_000);
    expect([asked.length, keeping]).toEqual([2, []]);
  });
});

// Apps with a library on a real server: real sockets, real requests, real documents. Their
// clock is turned by hand; what the server does is waited for.

import WebSocket from 'ws';
import * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock, type ManualClock } from '../../src/base/clock.ts';
import type { Unsubscribe } from '../../src/base/emitter.ts';
import { factsOf } from '../../src/client/library/facts.ts';
import {
  openLibrary,
  type OpenedLibrary,
  type OpenLibraryOptions,
} from '../../src/client/library/open-library.ts';
import { memoryRecords, type Fetch, type Records } from '../../src/client/library/ports.ts';
import { textsOf } from '../../src/client/search/texts.ts';
import { openSession, type Session } from '../../src/session/session.ts';
import { within } from './hang.ts';

export interface App extends OpenedLibrary {
  readonly clock: ManualClock;
  readonly records: Records;
  /** What this device has of sessions. */
  readonly sessions: Map<string, Session>;
  readonly forgotten: string[];
  /** Cuts the network, and brings it back. */
  readonly setNetwork: (isThere: boolean) => void;
  /** Resolves when this is so. */
  readonly until: (isSo: () => boolean, what: string) => Promise<void>;
}

export interface AppOptions extends Partial<OpenLibraryOptions> {
  readonly url: string;
  readonly token: () => Promise<string>;
}

let seeds = 0;

export function openApp({ url, token, ...more }: AppOptions): App {
  const clock = manualClock(1_800_000_000_000);
  const records = more.records ?? memoryRecords();
  const sessions = new Map<string, Session>();
  const forgotten: string[] = [];
  const sockets = new Set<WebSocket>();
  let hasNetwork = true;
  const reached: Fetch = (address, options) =>
    hasNetwork ? fetch(address, options) : Promise.reject(new TypeError('no network'));
  const opened = openLibrary({
    url,
    token,
    clock,
    records,
    chance: seededChance(++seeds),
    dial(address) {
      const socket = new WebSocket(hasNetwork ? address : 'ws://127.0.0.1:1');
      socket.on('error', () => undefined);
      sockets.add(socket);
      return socket;
    },
    fetch: reached,
    async withSession(session, act) {
      const found = sessions.get(session);
      if (found === undefined) throw new Error('not here');
      act(found);
      const about = { unsent: 1, bytes: 1, availableOffline: true, isOpen: false };
      opened.library.setLocal(session, { ...factsOf(found.view), ...about });
    },
    forget: (session) => void forgotten.push(session),
    async keep(session, update) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, update);
      sessions.set(session, openSession(doc, { principal: 'ada', id: session }));
    },
    async texts(session) {
      const found = sessions.get(session);
      return found && textsOf(found.view);
    },
    keepOffline: false,
    ...more,
  });
  return {
    ...opened,
    clock,
    records,
    sessions,
    forgotten,
    setNetwork(isThere) {
      hasNetwork = isThere;
      if (!isThere) for (const socket of sockets) socket.terminate();
    },
    until: (isSo, what) => within(untilSo(opened, clock, isSo), what),
  };
}

/** Looks whenever anything changed, and lets the app's time pass where it waits for that. */
async function untilSo(
  { library, desk, link, search }: OpenedLibrary,
  clock: ManualClock,
  isSo: () => boolean,
): Promise<void> {
  while (!isSo()) {
    const stops: Unsubscribe[] = [];
    await new Promise<void>((resolve) => {
      const look = (): void => resolve();
      stops.push(library.subscribe(look), library.subscribeDeletions(look), desk.onChange(look));
      stops.push(link.subscribe(look), link.onNews(look), library.download.subscribe(look));
      stops.push(search.subscribe(look));
      if (link.state.name === 'connecting') setImmediate(() => (clock.advance(100), resolve()));
    });
    for (const stop of stops) stop();
  }
}

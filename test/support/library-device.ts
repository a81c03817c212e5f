// A device with its library and desk, a server of which nothing is real but its messages, and
// a clock that is turned by hand.

import { seededChance } from '../../src/base/chance.ts';
import { Desk } from '../../src/client/desk/desk.ts';
import type { LocalFacts } from '../../src/client/library/facts.ts';
import type { HttpAnswer } from '../../src/client/library/http.ts';
import { Library, type LibraryOptions } from '../../src/client/library/library.ts';
import { memoryRecords, type Records, type Tabs } from '../../src/client/library/ports.ts';
import type { ListEntry } from '../../src/protocol/library.ts';
import { linkStage, settled, type LinkStage } from './library-server.ts';

export interface Device extends LinkStage {
  readonly library: Library;
  readonly desk: Desk;
  readonly records: Records;
  /** Of what it was told that it is gone. */
  readonly forgotten: string[];
  /** Requests over HTTP, and how they are answered. */
  readonly asked: string[];
  readonly server: { status: number };
  readonly online: (sessions?: readonly ListEntry[]) => Promise<void>;
  readonly ids: () => readonly string[];
}

interface DeviceOptions extends Partial<LibraryOptions> {
  readonly tabs?: Tabs;
}

/** Each device has chance of its own. */
let seeds = 0;

export async function device({
  records = memoryRecords(),
  tabs,
  ...more
}: DeviceOptions = {}): Promise<Device> {
  const stage = linkStage({}, ++seeds);
  const { link, clock, socket } = stage;
  const desk = new Desk({ link, records, tabs, clock, chance: seededChance(++seeds) });
  const forgotten: string[] = [];
  const asked: string[] = [];
  const server = { status: 204 };
  const library = new Library({
    link,
    desk,
    records,
    tabs,
    clock,
    chance: seededChance(++seeds),
    http: {
      async ask(method, path): Promise<HttpAnswer | undefined> {
        asked.push(`${method} ${path}`);
        if (server.status === 0) return undefined;
        return { status: server.status, headers: new Headers(), body: new Uint8Array() };
      },
    },
    withSession: async (_, act) => act({ rename: () => undefined }),
    forget: (session) => forgotten.push(session),
    keep: async () => undefined,
    keepOffline: false,
    ...more,
  });
  await library.ready;
  return {
    ...stage,
    library,
    desk,
    records,
    forgotten,
    asked,
    server,
    async online(sessions = []) {
      link.disconnect();
      link.connect();
      await settled();
      socket().welcome(clock.now(), sessions);
      await settled();
    },
    ids: () => library.entries.map(({ id }) => id.replaceAll('-', '')),
  };
}

/** What a device has of a session. */
export const facts = (more: Partial<LocalFacts> = {}): LocalFacts => ({
  title: 'Here',
  preview: '',
  running: false,
  lastActivity: 2_000,
  createdAt: 2_000,
  unsent: 1,
  bytes: 10,
  availableOffline: true,
  isOpen: false,
  ...more,
});

// What any server of this wire does for a stock y-websocket client, as a list of cases that need no
// test framework: run each, and what it throws says what is missing. Each uses a session of its own,
// made by whoever comes first, so they can run side by side, against a server that others use too.

import * as Y from 'yjs';
import { systemChance } from '../base/chance.ts';
import { systemClock } from '../base/clock.ts';
import { createId } from '../base/id.ts';
import { documentDigest } from '../session/digest.ts';
import { expectThat, type MakeProvider, StockClient } from './stock.ts';

/** Who somebody is in a case. */
export type ConformanceRole =
  /** May make sessions, read and write, delete them. */
  | 'owner'
  /** Somebody else who may do the same. */
  | 'other'
  /** May only read, in any session. */
  | 'reader'
  /** May only read, write and not make sessions. */
  | 'guest';

export interface ConformanceOptions {
  /** Of the server: `http:` or `ws:`, with host and port. */
  readonly url: string;
  readonly token: (role: ConformanceRole) => Promise<string>;
  readonly provider: MakeProvider;
  /** Deletes a session as its owner; without it nothing is asked about deleted ones. */
  readonly deleteSession?: (session: string) => Promise<void>;
  /** How long a client is left alone in the case `idle`. A stock client gives up after 30 s of silence. */
  readonly idleMs?: number;
  /** How long anything else may take. */
  readonly patienceMs?: number;
}

export interface ConformanceCase {
  readonly name: string;
  /** Rejects with what the server did not do. */
  readonly run: () => Promise<void>;
}

const IDLE_MS = 35_000;
const PATIENCE_MS = 10_000;

class Stage {
  readonly session = createId(systemChance());
  readonly options: ConformanceOptions;
  readonly #clients: StockClient[] = [];

  constructor(options: ConformanceOptions) {
    this.options = options;
  }

  /** A client of this role in the session of the case, or in another one. */
  async client(role: ConformanceRole, session = this.session): Promise<StockClient> {
    return this.clientWith(await this.options.token(role), session);
  }

  clientWith(token: string, session = this.session): StockClient {
    const { url, provider, patienceMs = PATIENCE_MS } = this.options;
    const doc = new Y.Doc();
    const made = provider(`${url.replace(/^http/, 'ws')}/sync`, session, doc, token);
    const client = new StockClient(doc, made, patienceMs);
    this.#clients.push(client);
    return client;
  }

  /** Until both have the same session, by what is in it and not by what they say. */
  async same(one: StockClient, other: StockClient): Promise<void> {
    await other.until(
      () => documentDigest(other.doc) === documentDigest(one.doc),
      'two clients with the same session',
    );
  }

  end(): void {
    for (const { provider } of this.#clients) provider.destroy();
  }
}

type Act = (stage: Stage) => Promise<void>;

async function twoPeers(stage: Stage): Promise<void> {
  const ann = await stage.client('owner');
  await ann.synced();
  ann.doc.getMap('meta').set('title', 'hello');
  ann.doc.getArray('messages').push([new Y.Map([['head', { id: 'm1' }]])]);
  const bob = await stage.client('other');
  await bob.synced();
  await bob.until(() => bob.doc.getMap('meta').get('title') === 'hello', 'what was there before');
  bob.doc.getMap('meta').set('policy', 'enqueue');
  await ann.until(() => ann.doc.getMap('meta').has('policy'), 'what another one wrote');
  ann.doc.getArray('messages').delete(0, 1);
  await bob.until(() => bob.doc.getArray('messages').length === 0, 'a deletion');
  await stage.same(ann, bob);
}

async function awareness(stage: Stage): Promise<void> {
  const ann = await stage.client('owner');
  await ann.synced();
  ann.provider.awareness.setLocalStateField('cursor', 1);
  const bob = await stage.client('other');
  const sees = (cursor: unknown): boolean =>
    bob.provider.awareness.getStates().get(ann.doc.clientID)?.['cursor'] === cursor;
  await bob.until(() => sees(1), 'who was here before');
  ann.provider.awareness.setLocalStateField('cursor', 2);
  await bob.until(() => sees(2), 'a change of presence');
  ann.provider.disconnect();
  await bob.until(() => !bob.provider.awareness.getStates().has(ann.doc.clientID), 'a goodbye');
}

async function offlineAndBack(stage: Stage): Promise<void> {
  const ann = await stage.client('owner');
  const bob = await stage.client('other');
  await Promise.all([ann.synced(), bob.synced()]);
  const text = new Y.Text('begun');
  ann.doc.getArray('messages').push([text]);
  await stage.same(ann, bob);
  ann.provider.disconnect();
  for (const word of [' offline', ' and', ' on']) text.insert(text.length, word);
  ann.doc.getMap('meta').set('title', 'offline');
  bob.doc.getMap('meta').set('title', 'meanwhile');
  ann.provider.connect();
  await ann.synced();
  await stage.same(ann, bob);
  expectThat(text.toJSON() === 'begun offline and on', 'nothing that was written offline is lost');
}

async function idle(stage: Stage): Promise<void> {
  const ann = await stage.client('owner');
  await ann.synced();
  const { idleMs = IDLE_MS } = stage.options;
  await new Promise<void>((resolve) => systemClock.after(idleMs, resolve));
  expectThat(ann.closes.length === 0, 'a client that says nothing is not closed');
  expectThat(!ann.statuses.includes('disconnected'), 'and does not lose patience');
  ann.doc.getMap('meta').set('title', 'still here');
  const bob = await stage.client('other');
  await bob.until(() => bob.doc.getMap('meta').has('title'), 'what was written after a silence');
}

async function readOnly(stage: Stage): Promise<void> {
  const ann = await stage.client('owner');
  await ann.synced();
  ann.doc.getMap('meta').set('title', 'hello');
  const eve = await stage.client('reader');
  await eve.until(() => eve.doc.getMap('meta').has('title'), 'what a reader may see');
  expectThat(eve.closes.length === 0, 'who only reads is not closed');
  eve.doc.getMap('meta').set('title', 'mine');
  await eve.until(() => eve.closes.length > 0, 'a refusal of who may only read');
  const bob = await stage.client('other');
  await bob.synced();
  expectThat(bob.doc.getMap('meta').get('title') === 'hello', 'nobody is shown what was refused');
  await stopped(eve, 4403);
}

async function refusedToken(stage: Stage): Promise<void> {
  await stopped(stage.clientWith('this.is.no-token'), 4401);
}

async function noSuchSession(stage: Stage): Promise<void> {
  await stopped(await stage.client('guest'), 4404);
}

async function deletedSession(stage: Stage): Promise<void> {
  const ann = await stage.client('owner');
  await ann.synced();
  ann.doc.getMap('meta').set('title', 'hello');
  const bob = await stage.client('other');
  await bob.until(() => bob.doc.getMap('meta').has('title'), 'what another one wrote');
  await stage.options.deleteSession?.(stage.session);
  await stopped(bob, 4404);
  // Who still has it brings it not back.
  await stopped(await stage.client('other'), 4404);
}

/** It was closed with this code, once, and does not come back. */
async function stopped(client: StockClient, code: number): Promise<void> {
  await client.until(() => client.closes.length > 0, `a close with ${code}`);
  await new Promise<void>((resolve) => systemClock.after(COMES_BACK_MS, resolve));
  const [first, ...others] = client.closes;
  expectThat(first === code, `closed with ${code}, and not with ${first}`);
  expectThat(others.length === 0 && !client.provider.wsconnected, 'it is closed for good');
}

/** A stock client that comes back does so after 100 ms, then 200. */
const COMES_BACK_MS = 500;

/** The cases of a server, in no particular order. */
export function serverCases(options: ConformanceOptions): readonly ConformanceCase[] {
  const acts: readonly (readonly [string, Act])[] = [
    ['two peers see what each other writes and deletes', twoPeers],
    ['peers see who is here, what changes, and who leaves', awareness],
    ['what was written offline is there for everybody', offlineAndBack],
    ['a client that says nothing stays connected', idle],
    ['who may only read sees everything and writes nothing', readOnly],
    ['a token that is refused stops a client for good', refusedToken],
    ['a session that is not there stops a client for good', noSuchSession],
    ...(options.deleteSession === undefined
      ? []
      : [['a session that is deleted stops a client for good', deletedSession] as const]),
  ];
  return acts.map(([name, act]) => ({
    name,
    run: async () => {
      const stage = new Stage(options);
      try {
        await act(stage);
      } finally {
        stage.end();
      }
    },
  }));
}

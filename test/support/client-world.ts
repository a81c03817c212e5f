// A world of real clients from one seed: devices with pages, a real server, and between them
// networks, disks, locks and tabs' channels that do what such things do. Somebody does something,
// or something that was on its way arrives. What is said of each thing that was written is held
// against what the server has committed and what a device has stored.

import * as Y from 'yjs';
import { defined } from '../../src/base/assert.ts';
import { type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { manualClock, type ManualClock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import type { SessionHandle } from '../../src/client/session-handle.ts';
import type { WriteState, Written } from '../../src/client/saved.ts';
import { rights } from '../../src/protocol/token.ts';
import { openSession } from '../../src/session/session.ts';
import { plainView } from './plain-view.ts';
import { SimulatedDevice, type SimulatedPage } from './simulated-device.ts';
import { Lanes } from './simulated-lanes.ts';
import { messageId, SimulatedServer, tokenFor } from './simulated-server.ts';
import type { Tally } from './tally.ts';

const start = 1_800_000_000_000;
const url = 'https://world.test';

/** Something that was written, and what was said of it. */
export interface Deed {
  readonly marker: string;
  readonly verb: 'send' | 'edit' | 'annotate' | 'cancel' | 'rename' | 'remove';
  /** The id of the message, or the key in its map, by which it is found; none where others may overwrite it. */
  readonly key: string | undefined;
  readonly page: SimulatedPage;
  readonly written: Written;
  /** When a page said so, in steps of the world; undefined where none did. */
  storedAt: number | undefined;
  wasDurable: boolean;
  /** Why nobody can ask for it any more. */
  gone: 'restored' | 'signed out' | 'disk lost' | undefined;
}

/** A page that has the session open. */
export interface Seat {
  readonly page: SimulatedPage;
  readonly handle: SessionHandle;
  /** In steps of the world. */
  readonly openedAt: number;
  isReady: boolean;
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class ClientWorld {
  readonly chance: Chance;
  readonly clock: ManualClock = manualClock(start);
  readonly lanes = new Lanes();
  readonly tally: Tally;
  readonly url = url;
  readonly server: SimulatedServer;
  readonly devices: readonly SimulatedDevice[];
  readonly seats: Seat[] = [];
  readonly deeds: Deed[] = [];
  /** What never may be, and was. */
  readonly faults: string[] = [];
  readonly session: string;
  #markers = 0;
  #moves = 0;
  wasRestored = false;
  /** Somebody was allowed less for a while. */
  readonly wasLimited = new Set<string>();
  readonly story: string[] = [];

  constructor(seed: number, tally: Tally) {
    this.chance = seededChance(seed);
    this.tally = tally;
    this.session = createId(this.chance);
    const fault = (what: string): void => this.fault(what);
    const { clock, chance, lanes, session } = this;
    const tell = (what: string): void => this.tell(what);
    this.server = new SimulatedServer({ clock, chance, lanes, session, tally, fault, tell });
    this.devices = ['ada', 'ada', 'bob'].map(
      (principal, at) => new SimulatedDevice(this, `${principal}${at}`, principal),
    );
  }

  readonly accept = (wire: Parameters<SimulatedServer['accept']>[0]): boolean =>
    this.server.accept(wire);

  readonly token = (principal: string): string =>
    tokenFor({
      sub: principal,
      name: principal,
      kind: 'person',
      rights,
      sessions: principal === 'ada' ? ['*'] : ['member'],
      exp: Math.floor(this.clock.now() / 1_000) + 300,
    });

  /** Words that nobody wrote before. */
  marker(): string {
    return `w${++this.#markers}`;
  }

  fault(what: string): void {
    this.faults.push(what);
    this.tell(`FAULT ${what}`);
  }

  /** For whoever looks for the cause of a failure. */
  tell(what: string): void {
    this.story.push(`${this.clock.now() - start} ${what}`);
  }

  count(kind: string): void {
    this.tally.add(kind);
    this.tell(kind);
  }

  /** Ada makes the session, and bob is let in. */
  async begin(): Promise<void> {
    const [first] = this.devices;
    const page = defined(first, 'a device').open();
    const handle = page.client.create({ id: this.session, title: 'a world' });
    const seat: Seat = { page, handle, openedAt: this.#moves, isReady: false };
    this.seats.push(seat);
    this.#watch(seat);
    this.server.start();
    for (let tries = 0; tries < 20 && this.server.records === 0; tries++) await this.settle(200);
    if (this.server.records === 0) this.fault('the session never came to the server');
    if (!(await this.server.setRole('bob', 'editor'))) this.fault('bob was not let in');
  }

  /** A page of this device opens the session. */
  open(device: SimulatedDevice): void {
    const page = device.open();
    const handle = page.client.open(this.session);
    const seat: Seat = { page, handle, openedAt: this.#moves, isReady: false };
    this.seats.push(seat);
    this.#watch(seat);
  }

  get living(): readonly Seat[] {
    return this.seats.filter(({ page }) => !page.isDead);
  }

  get usable(): readonly Seat[] {
    return this.living.filter(({ page, isReady }) => isReady && !page.isFrozen);
  }

  /** Something that was on its way arrives. Returns whether there was anything. */
  async deliver(): Promise<boolean> {
    const lane = pick(this.chance, this.lanes.ready);
    if (lane === undefined) return false;
    this.#moves++;
    lane.move();
    await turn();
    return true;
  }

  /** Time goes on, and all that can arrive does. */
  async settle(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
    while (await this.deliver());
  }

  /** Notes what was written, and hears what is said of it. */
  note({ page }: Seat, written: Written, about: Pick<Deed, 'marker' | 'verb' | 'key'>): void {
    const said = { storedAt: undefined, wasDurable: false, gone: undefined };
    const deed: Deed = { ...about, page, written, ...said };
    this.deeds.push(deed);
    this.tell(`${page.name} ${about.verb} ${about.marker}`);
    this.#hear(deed, written.state);
    written.subscribe((state) => this.#hear(deed, state));
  }

  #hear(deed: Deed, state: WriteState): void {
    const { page, key, marker } = deed;
    if (page.isDead) return;
    this.tell(`${page.name} ${marker} is ${state}`);
    if (state === 'stored') deed.storedAt = this.#moves;
    if (state === 'durable' || state === 'seen') {
      deed.wasDurable = true;
      if (key !== undefined && !this.server.ever.has(key)) {
        this.fault(`${marker} was called ${state} and is in no log`);
      }
    }
    if (state === 'refused') {
      this.tally.add('refused deed');
      const { principal } = page.device;
      if (!this.wasRestored && !this.wasLimited.has(principal)) {
        this.fault(`${marker} was refused: ${deed.written.refusal?.rule}`);
      }
    }
  }

  #watch(seat: Seat): void {
    const { page, handle } = seat;
    page.client.subscribeStatus(({ isSignedOut }) => {
      if (isSignedOut) page.ended();
    });
    handle.subscribeStatus(({ notice }) => {
      if (notice?.code === 'stuck') this.fault(`${page.name} is stuck`);
      if (notice?.code === 'protocol' || notice?.code === 'too-large') {
        this.fault(`${page.name}: ${notice.sentence}`);
      }
    });
    void this.#welcome(seat);
  }

  async #welcome(seat: Seat): Promise<void> {
    const { page, handle } = seat;
    await handle.ready;
    if (page.isDead) return;
    seat.isReady = true;
    this.tell(`${page.name} is ready`);
    this.#checkOpened(seat);
  }

  /** What was stored on this device is there. */
  #checkOpened({ page, handle, openedAt }: Seat): void {
    const { device, client } = page;
    if (client.status.isSignedOut) return;
    // While another page recovers it may be neither there nor kept yet, but it is in the end.
    if (this.wasRestored || this.wasLimited.has(device.principal)) return;
    for (const deed of this.deeds) {
      const { storedAt = Number.POSITIVE_INFINITY } = deed;
      if (deed.page.device !== device || deed.gone !== undefined) continue;
      if (storedAt > openedAt) continue;
      if (!this.has(handle, deed)) this.fault(`${page.name} opened without ${deed.marker}`);
    }
    this.checkOnce(page.name, handle);
  }

  /** Whether it is seen in the session, or kept as a draft. */
  has({ view, kept }: SessionHandle, { key, marker, verb }: Deed): boolean {
    if (key === undefined) return true;
    const isThere =
      verb === 'annotate'
        ? view.annotations.get(key) !== undefined
        : verb === 'cancel'
          ? view.requests.get(key) !== undefined
          : view.messages.get(key) !== undefined;
    // A request has no words that could be kept.
    return isThere || verb === 'cancel' || JSON.stringify(kept).includes(`"${marker}"`);
  }

  /** Nothing is there twice. */
  checkOnce(where: string, { view }: SessionHandle): void {
    const words = [...view.messages].flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
    );
    const twice = words.filter((word, at) => word !== '' && words.indexOf(word) !== at);
    if (twice.length > 0) this.fault(`${where} shows twice: ${twice.join()}`);
  }

  /** It is over: what still holds on to the process lets go. */
  close(): void {
    for (const { page } of this.living) page.crash();
  }

  /** Somebody signs out on a device: what was not sent is gone, and nothing else is left there. */
  signOut({ page }: Seat): void {
    const { device } = page;
    const { ever } = this.server;
    for (const deed of this.deeds) {
      if (deed.page.device !== device) continue;
      if (deed.key === undefined || !ever.has(deed.key)) deed.gone ??= 'signed out';
      deed.storedAt = undefined;
    }
    device.signingOut = page;
    // One that stands still may write something down before it hears of it.
    device.isQuick = device.living.every(({ isFrozen }) => !isFrozen);
    void this.#signedOut(page);
  }

  async #signedOut(page: SimulatedPage): Promise<void> {
    const { device, client } = page;
    await client.signOut();
    if (!page.isDead) this.fault(`${page.name} does not know that it signed out`);
    if (device.signingOut === page) device.isClean = device.isQuick;
  }

  /** Whether a page may be opened there: all that were open know that somebody signed out. */
  async mayOpen(device: SimulatedDevice): Promise<boolean> {
    if (device.signingOut === undefined) return device.living.length < 3;
    if (device.living.length > 0) return false;
    device.signingOut = undefined;
    const left = device.isClean ? await device.leftovers(this.session) : undefined;
    if (left !== undefined) this.fault(`${device.name} holds after it signed out: ${left}`);
    device.isClean = false;
    return true;
  }

  /** Everything works again, everybody comes back, and all is told and brought to its end. */
  async finish(): Promise<void> {
    this.tell('finish');
    this.server.start();
    for (const device of this.devices) {
      device.network = 'good';
      device.isFull = false;
      for (const page of device.living) if (page.isFrozen) page.thaw();
    }
    for (let tries = 0; tries < 400 && !(await this.#isDone()); tries++) {
      for (const device of this.devices) {
        const isEmpty = device.living.length === 0;
        if (isEmpty && (await this.mayOpen(device))) this.open(device);
      }
      await this.settle(tries < 20 ? 100 : 500);
    }
    if (!(await this.#isDone())) this.#tellWhatIsMissing();
    this.#checkEnd();
  }

  async #isDone(): Promise<boolean> {
    const { living, devices } = this;
    if (devices.some((device) => device.living.length === 0)) return false;
    const isCalm = living.every(({ isReady, handle: { status } }) => {
      return isReady && status.connection.name === 'live' && status.unsent === 0;
    });
    if (!isCalm) return false;
    const text = this.committedText();
    return living.every(({ handle }) => textOf(handle.view) === text);
  }

  #tellWhatIsMissing(): void {
    const text = this.committedText();
    for (const { page, handle } of this.living) {
      const { connection, unsent, notice, rights: may, storage } = handle.status;
      const isSame = textOf(handle.view) === text;
      const facts = JSON.stringify({ connection, unsent, notice, may, storage, isSame });
      this.fault(`${page.name} came to no end: ${facts}`);
      if (!isSame) this.tell(`${textOf(handle.view)}\n\nbut ${text}`);
    }
  }

  /** Of everything that was written it is known what became of it, and that is so. */
  #checkEnd(): void {
    const keys = this.committedKeys();
    for (const deed of this.deeds) {
      const { page, key, marker, gone, storedAt, wasDurable, written } = deed;
      if (gone !== undefined) continue;
      const isOver = ['durable', 'seen', 'refused'].includes(written.state);
      if (!page.isDead && !isOver) this.fault(`${marker} is still ${written.state}`);
      const isThere = key === undefined || keys.has(key);
      if (wasDurable && !isThere) this.fault(`${marker} was durable and is gone`);
      if (isThere || (storedAt === undefined && page.isDead)) continue;
      if (this.#isKept(deed)) this.tally.add('kept as a draft');
      else this.fault(`${marker} was ${written.state}, and is neither there nor kept`);
    }
    for (const { page, handle } of this.living) this.checkOnce(page.name, handle);
    for (const { page, handle } of this.living)
      this.tell(`${page.name} keeps ${JSON.stringify(handle.kept)}`);
    const ids = idsIn(this.server.committed);
    if (new Set(ids).size === ids.length) return;
    // Where a disk refuses, nobody says which of two tabs is the one to issue again: the server has it
    // twice then, and everybody is shown the first.
    if (this.devices.some(({ wasFull }) => wasFull)) this.tally.add('twice without a disk');
    else this.fault(`the server has twice: ${ids.join()}`);
  }

  #isKept(deed: Deed): boolean {
    const { device } = deed.page;
    const seats = this.living.filter(({ page }) => page.device === device);
    const own =
      deed.storedAt === undefined ? seats.filter(({ page }) => page === deed.page) : seats;
    return own.every(({ handle }) => this.has(handle, deed));
  }

  /** Ids of messages and keys of maps that are committed. */
  committedKeys(): ReadonlySet<string> {
    const { committed } = this.server;
    const maps = ['control', 'annotations'].flatMap((root) => [...committed.getMap(root).keys()]);
    return new Set([...idsIn(committed), ...maps]);
  }

  /** What the server has committed, as a person sees it. */
  committedText(): string {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.server.committed));
    const session = openSession(doc, { principal: 'nobody', id: this.session });
    const text = textOf(session.view);
    session.close();
    doc.destroy();
    return text;
  }
}

const idsIn = (doc: Y.Doc): readonly string[] =>
  doc.getArray<Y.Map<unknown>>('messages').map(messageId);

/** What every replica must agree on: all but what each person looks at. */
function textOf(view: SessionHandle['view']): string {
  const { path: _path, ...plain } = plainView(view) as Record<string, unknown>;
  return JSON.stringify(plain);
}

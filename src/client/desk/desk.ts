// A principal's own rows on this device: drafts, read marks, pins, settings. What is written
// is there at once, also in the other tabs and without any network; it is stored and sent
// once a second at most, one row after another, when the server has told what it has. What
// counts is decided in row-book.ts. A tab sends what was written in it; what another tab wrote
// it sends only after that tab had its time, which does no harm: the same value twice is one.

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { HoldfastError } from '../../base/error.ts';
import { createId } from '../../base/id.ts';
import type { Json } from '../../base/json.ts';
import { parseJson } from '../../protocol/json-text.ts';
import type { LibraryNews } from '../../protocol/library.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import type { LibraryLink } from '../library/link.ts';
import type { Records, Tabs } from '../library/ports.ts';
import { DeskSender, type DeskProblem } from './desk-sender.ts';
import { DeskStore } from './desk-store.ts';
import { DeskTabs } from './desk-tabs.ts';
import { Draft } from './draft.ts';
import { ReadMark } from './read-mark.ts';
import type { RowAccess } from './row-access.ts';
import { RowBook, type PendingWrite } from './row-book.ts';

export interface DeskOptions {
  readonly link: Pick<LibraryLink, 'state' | 'send' | 'subscribe' | 'onNews' | 'restart'>;
  readonly records: Records;
  readonly tabs?: Tabs | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
}

export class Desk implements RowAccess {
  /** Resolves when what is stored here is shown. Never rejects. */
  readonly ready: Promise<void>;
  #options: DeskOptions;
  #book = new RowBook();
  #store: DeskStore;
  #tabs: DeskTabs;
  #sender: DeskSender;
  #changes = createEmitter<ReadonlySet<string>>();
  /** What a key's text means, so that a value that did not change stays the same object. */
  #values = new Map<string, { readonly json: string; readonly value: Json | undefined }>();
  #drafts = new Map<string, Draft>();
  #marks = new Map<string, ReadMark>();
  #stops: readonly Unsubscribe[];

  constructor(options: DeskOptions) {
    const { link, records, tabs, clock } = options;
    this.#options = options;
    const isWriter = (): boolean => tabs?.isWriter?.() ?? true;
    this.#store = new DeskStore({ records, book: this.#book, clock, isWriter });
    this.#tabs = new DeskTabs({
      tabs,
      mine: () => this.#sender.mine(),
      wrote: (write) => this.#adopt(write),
      done: (key, id) => this.#done(key, id),
      settled: (key) => this.#dropLost(key),
    });
    this.#sender = new DeskSender({
      book: this.#book,
      clock,
      send: (write) => link.send({ type: 'write-row', ...write }),
    });
    this.#stops = [
      link.onNews((news) => this.#hear(news)),
      link.subscribe(({ name }) => {
        if (name !== 'live') this.#sender.stop();
      }),
    ];
    this.ready = this.#load();
  }

  /** The last seq that the server told: where it goes on. */
  get seq(): number {
    return this.#book.seq;
  }

  /** The value, or undefined where there is none. The same object while it does not change. */
  get(key: string): Json | undefined {
    const json = this.#book.value(key);
    if (json === undefined) return undefined;
    const kept = this.#values.get(key);
    if (kept?.json === json) return kept.value;
    const value = parseJson(json);
    this.#values.set(key, { json, value });
    return value;
  }

  /** Shown at once, stored and sent within a second. Undefined removes. Throws on what no row can hold. */
  set(key: string, value: Json | undefined): void {
    const json = value === undefined ? undefined : JSON.stringify(value);
    check(key, json);
    if (json === this.#book.value(key)) return;
    const write = this.#book.write(key, json, createId(this.#options.chance));
    this.#store.soon(key);
    this.#tabs.wrote(write);
    this.#sender.add(key, 0);
    this.#told([key]);
  }

  /** Stores and sends what is written now, without waiting for its second. */
  flush(key?: string): void {
    this.#store.flush(key);
    this.#sender.flush(key);
  }

  /** A value that lost to the one that counts, because neither knew of the other. */
  alternative(key: string): Json | undefined {
    const lost = this.#book.lost(key);
    return lost === undefined ? undefined : parseJson(lost);
  }

  /** The person has decided: the value that lost is offered no more. */
  settle(key: string): void {
    this.#dropLost(key);
    this.#tabs.settled(key);
  }

  keys(prefix: string): readonly string[] {
    return [...this.#book.keys(prefix)];
  }

  /** Hears whenever the value of this key, or what lost to it, may be another one. */
  subscribe(key: string, listener: () => void): Unsubscribe {
    return this.#changes.subscribe((keys) => {
      if (keys.has(key)) listener();
    });
  }

  onChange(listener: (keys: ReadonlySet<string>) => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  /** What of this device is not on the server yet. */
  get unsent(): number {
    return [...this.#book.pending].length;
  }

  /** Why something that was written here stays here, for a person; null when nothing does. */
  get problem(): DeskProblem | null {
    return this.#sender.problem;
  }

  draft(session: string): Draft {
    const known = this.#drafts.get(session) ?? new Draft(this, session);
    this.#drafts.set(session, known);
    return known;
  }

  readMark(session: string): ReadMark {
    const known = this.#marks.get(session) ?? new ReadMark(this, session);
    this.#marks.set(session, known);
    return known;
  }

  /** Resolves when everything is stored. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#tabs.close();
    this.#sender.stop();
    await this.#store.close();
  }

  async #load(): Promise<void> {
    const touched = await this.#store.load();
    for (const write of this.#book.pending) this.#sender.add(write.key, 0);
    this.#told(touched);
    this.#tabs.ask();
  }

  #hear(news: LibraryNews): void {
    if (news.type === 'rows') {
      const keys = news.rows.filter((row) => this.#book.take(row)).map(({ key }) => key);
      this.#book.toldUpTo(news.rows.at(-1)?.seq ?? 0);
      this.#store.told(keys);
      for (const key of keys) this.#sender.covered(key);
      this.#told(keys);
      if (!news.more) this.#sender.start();
    }
    if (news.type === 'error') this.#sender.refused(news);
    if (news.type === 'row-written' && news.re !== undefined) {
      const write = this.#sender.answered(news.re);
      if (write === undefined) return;
      if (this.#book.contradicts(news.row)) return this.#beginAgain();
      this.#book.answered(write.id, news.row);
      this.#store.told([write.key]);
      this.#tabs.done(write.key, write.id);
      this.#told([write.key]);
      this.#sender.next();
    }
  }

  #beginAgain(): void {
    const keys = this.#book.forgetRows();
    this.#store.told(keys);
    this.#told(keys);
    this.#options.link.restart();
  }

  #adopt(write: PendingWrite): void {
    this.#book.adopt(write);
    this.#sender.add(write.key, RESCUE);
    this.#told([write.key]);
  }

  #done(key: string, id: string): void {
    this.#book.drop(key, id);
    this.#sender.covered(key);
    this.#told([key]);
  }

  #dropLost(key: string): void {
    if (!this.#book.settle(key)) return;
    this.#store.told([key]);
    this.#told([key]);
  }

  #told(keys: Iterable<string>): void {
    const changed = new Set(keys);
    if (changed.size > 0) this.#changes.emit(changed);
  }
}

const RESCUE = 'rescue';

function check(key: string, json: string | undefined): void {
  if (key.length === 0 || key.length > wireLimits.rowKeyCharsMax || !key.isWellFormed()) {
    const message = `The key of a row has 1 to ${wireLimits.rowKeyCharsMax} characters. Choose another one.`;
    throw new HoldfastError('row-key', message, { facts: { chars: key.length } });
  }
  const bytes = json === undefined ? 0 : new TextEncoder().encode(json).length;
  if (bytes <= wireLimits.rowBytesMax) return;
  const message = `A row holds ${wireLimits.rowBytesMax} bytes of JSON. Write something shorter.`;
  throw new HoldfastError('row-too-large', message, { facts: { bytes } });
}

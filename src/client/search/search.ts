// Search over everything that is on this device. It keeps the index in step with the sessions,
// message by message and a little at a time, and remembers the words of each session as a
// record, so that the next start reads those and opens no session. Nothing is indexed before
// somebody asks, or `start` says that there is time.

import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, reportUncaught, type Unsubscribe } from '../../base/emitter.ts';
import { isSessionId } from '../../protocol/session-id.ts';
import type { Records, Tabs } from '../library/ports.ts';
import { searchLimits as limits } from './limits.ts';
import { threadHost, type SearchHost } from './search-host.ts';
import type { SearchHit } from './search-index.ts';
import { SearchLine } from './search-line.ts';
import { SentTexts } from './sent-texts.ts';
import { searchTextSchema, type SearchText } from './texts.ts';

export interface SearchOptions {
  /** Where the index lives; in this thread where nothing is said. */
  readonly host?: SearchHost | undefined;
  readonly records: Records;
  readonly tabs?: Tabs | undefined;
  readonly clock: Clock;
  /** What can be found of a session now (`textsOf`); undefined where it is not on this device. */
  readonly texts: (session: string) => Promise<Iterable<SearchText> | undefined>;
  /** The sessions to be found, the most recent first. */
  readonly sessions: () => Iterable<string>;
  /** Whether a session may be shown; one that is being deleted may not. */
  readonly isShown?: (session: string) => boolean;
}

export interface SearchAnswer {
  /** The best first. */
  readonly hits: readonly SearchHit[];
  /** Whether all sessions were searched; while the index is built, asking again finds more. */
  readonly isComplete: boolean;
}

const RECORD = 'search/';
const recordSchema = v.array(searchTextSchema);
const wordSchema = v.object({
  about: v.literal('search'),
  says: v.picklist(['changed', 'forgot']),
  session: v.custom<string>(isSessionId),
});

export class Search {
  #options: SearchOptions;
  #line: SearchLine;
  #sent = new SentTexts();
  /** Sessions whose texts are other ones now. */
  #changed = new Set<string>();
  #stored = new Set<string>();
  #seen = new Set<string>();
  #chars = 0;
  #isStarted = false;
  #isComplete = false;
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();
  #stop: (() => void) | undefined;
  #stopTabs: Unsubscribe | undefined;
  #changes = createEmitter<undefined>();

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#line = this.#lineTo(options.host ?? threadHost(options.clock));
    this.#stopTabs = options.tabs?.subscribe((said) => this.#hearTab(said));
  }

  /** Whether all that is to be found is in the index. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Hears that a question may have another answer now. */
  subscribe(listener: () => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  /** Builds the index, a little at a time. */
  start(): void {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    this.#do(() => this.#build());
  }

  async query(
    text: string,
    { limit = limits.results, session }: { limit?: number; session?: string } = {},
  ): Promise<SearchAnswer> {
    this.start();
    if (text.trim() === '') return { hits: [], isComplete: this.#isComplete };
    const isComplete = this.#isComplete;
    const now = this.#options.clock.now();
    const asked = text.slice(0, limits.queryCharsMax);
    const reply = await this.#line.ask({ type: 'query', text: asked, limit, session, now });
    const { isShown } = this.#options;
    const hits = reply?.type === 'hits' ? reply.hits : [];
    return { hits: hits.filter((hit) => isShown?.(hit.session) ?? true), isComplete };
  }

  /** Something was said in it, or deleted. Called as often as that happens. */
  changed(session: string): void {
    if (this.#isClosed) return;
    this.#changed.add(session);
    this.#stop ??= this.#options.clock.after(limits.restMs, () => this.#follow());
  }

  /** There are sessions that it has not seen. */
  grown(): void {
    if (this.#isStarted) this.#do(() => this.#build());
  }

  /** Nothing of it is to be found any more, and nothing of it stays. */
  forget(session: string): void {
    this.#tell('forgot', session);
    this.#drop(session);
  }

  /** Resolves when what was found out is stored. */
  async close(): Promise<void> {
    this.#stop?.();
    if (this.#changed.size > 0) this.#follow();
    this.#isClosed = true;
    this.#stopTabs?.();
    this.#line.close();
    await this.#work;
  }

  #lineTo(host: SearchHost): SearchLine {
    return new SearchLine(host, () => this.#failed());
  }

  /** The worker is gone: this thread takes its place and begins anew. */
  #failed(): void {
    if (this.#isClosed) return;
    this.#line.close();
    this.#line = this.#lineTo(threadHost(this.#options.clock));
    this.#sent = new SentTexts();
    this.#seen.clear();
    this.#isComplete = false;
    if (this.#isStarted) this.#do(() => this.#build());
  }

  #follow(): void {
    this.#stop = undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const session of changed) this.#do(() => this.#refresh(session));
  }

  async #build(): Promise<void> {
    this.#isComplete = false;
    const hasRoom = (): boolean => this.#chars <= limits.indexCharsMax;
    for (const session of this.#options.sessions()) {
      if (this.#isClosed || !hasRoom()) break;
      if (this.#seen.has(session)) continue;
      const stored = await this.#read(session);
      if (stored === undefined) await this.#refresh(session);
      else await this.#send(session, stored);
    }
    this.#isComplete = hasRoom();
    this.#changes.emit(undefined);
  }

  /** From the session itself. */
  async #refresh(session: string): Promise<void> {
    const found = await this.#options.texts(session).catch(() => undefined);
    if (found === undefined || this.#options.isShown?.(session) === false) return;
    const texts = bounded([...found]);
    const isOther = this.#sent.differs(session, texts);
    // Before somebody asks, a record is all that is needed.
    if (this.#isStarted) await this.#send(session, texts);
    if (!isOther && this.#stored.has(session)) return;
    this.#stored.add(session);
    const record = texts.map((text) => ({ ...text }));
    await this.#options.records.set(RECORD + session, record).catch(() => undefined);
    this.#tell('changed', session);
  }

  async #read(session: string): Promise<readonly SearchText[] | undefined> {
    const stored = await this.#options.records.get(RECORD + session).catch(() => undefined);
    const texts = v.safeParse(recordSchema, stored);
    if (!texts.success) return undefined;
    this.#stored.add(session);
    return bounded(texts.output);
  }

  /** What is other than the index has it, in slices, each a turn of whoever has the index. */
  async #send(session: string, texts: readonly SearchText[]): Promise<void> {
    if (this.#isClosed) return;
    this.#seen.add(session);
    const { put, removed } = this.#sent.take(session, texts);
    if (put.length === 0 && removed.length === 0) return;
    if (removed.length > 0) await this.#ask({ type: 'remove', session, messages: removed });
    for (const slice of slices(put)) {
      if (this.#isClosed || !this.#seen.has(session)) return;
      await this.#ask({ type: 'put', session, texts: slice });
    }
    this.#changes.emit(undefined);
  }

  async #ask(request: Parameters<SearchLine['ask']>[0]): Promise<void> {
    const reply = await this.#line.ask(request);
    if (reply?.type === 'done') this.#chars = reply.chars;
  }

  #drop(session: string): void {
    this.#changed.delete(session);
    this.#seen.delete(session);
    this.#stored.delete(session);
    this.#sent.forget(session);
    this.#do(async () => {
      this.#sent.forget(session);
      await this.#options.records.delete(RECORD + session).catch(() => undefined);
      if (!this.#isClosed) await this.#ask({ type: 'forget', session });
      this.#changes.emit(undefined);
    });
  }

  #hearTab(said: unknown): void {
    const word = v.safeParse(wordSchema, said);
    if (!word.success) return;
    const { session, says } = word.output;
    if (says === 'forgot') return this.#drop(session);
    if (!this.#isStarted) return;
    this.#do(async () => {
      const stored = await this.#read(session);
      if (stored !== undefined) await this.#send(session, stored);
    });
  }

  #tell(says: 'changed' | 'forgot', session: string): void {
    this.#options.tabs?.post({ about: 'search', says, session });
  }

  /** One after another. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(reportUncaught);
  }
}

/** The newest, as much as is searched of one session. */
function bounded(texts: readonly SearchText[]): readonly SearchText[] {
  let chars = 0;
  const from = texts.findLastIndex(({ text }) => (chars += text.length) > limits.sessionCharsMax);
  return from < 0 ? texts : texts.slice(from + 1);
}

function* slices(texts: readonly SearchText[]): Iterable<readonly SearchText[]> {
  let slice: SearchText[] = [];
  let chars = 0;
  for (const text of texts) {
    if (slice.length > 0 && chars + text.text.length > limits.sliceCharsMax) {
      yield slice;
      [slice, chars] = [[], 0];
    }
    slice.push(text);
    chars += text.text.length;
  }
  if (slice.length > 0) yield slice;
}

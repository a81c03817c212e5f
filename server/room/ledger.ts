// What a room keeps of its session, three deep: what is committed and may be shown, the
// batch that is on its way into the log, and the open one that gathers what comes
// meanwhile. The gate judges against all three; whoever joins or looks gets the committed
// part alone. There is no way back from the open part: when a commit fails, the ledger is
// thrown away and another is read from the log.

import { assert } from '../../src/base/assert.ts';
import { type Append, readAppend } from '../../src/protocol/append.ts';
import { writeStateVector } from '../../src/protocol/state-vector.ts';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';
import { DocumentIndex } from './document-index.ts';
import { Judgement } from './gate.ts';
import type { Question, Sender, Taken, Verdict } from './verdict.ts';
import type { Hold } from '../log/refusal.ts';
import { Lanes } from './lanes.ts';
import type { RoomLimits } from './limits.ts';
import { Picture } from './picture.ts';
import { RangeSet } from './range-set.ts';
import { type Binding, encodeRoomRecord, type RoomRecord } from './record.ts';
import { spansOf, type StoredUpdate } from './stored-update.ts';
import type { DeleteRange } from '../../src/protocol/struct.ts';
import { Tape } from './tape.ts';
import { WordsRun } from './words-run.ts';

/** One update of a batch, and who sent it. */
export interface Item<From> {
  readonly from: From | undefined;
  readonly bytes: Uint8Array;
}

interface OpenItem<From> extends Item<From> {
  /** What an append says: words may go on behind it in this batch. Undefined of other updates. */
  readonly append: Append | undefined;
  /** All of its words, once others went on behind them. */
  words: WordsRun | undefined;
}

/** What is committed at once. */
export interface Batch<From> {
  readonly number: number;
  readonly record: Uint8Array;
  readonly items: readonly Item<From>[];
  /** Claims under which something of it was written. */
  readonly under: readonly Hold[];
  readonly deleted: readonly DeleteRange[];
  /** Words of messages were deleted: what still has them must not be served any more. */
  readonly words: boolean;
}

/** What is committed of a session, and where that stands in the log. */
export interface ShownLedger<From> {
  readonly ledger: Ledger<From>;
  readonly generation: string;
  readonly seq: number;
}

/** What a compaction merges. */
export interface Sealed {
  /** Entries of the tape. */
  readonly count: number;
  readonly updates: readonly Uint8Array[];
  readonly deletions: Uint8Array;
  readonly bindings: readonly Binding[];
}

const loader: Sender = { principal: '', isRefused: () => false, mayWriteIn: () => true };

export class Ledger<From> {
  readonly index = new DocumentIndex();
  readonly picture = new Picture(this.index);
  readonly lanes = new Lanes(this.index.table, (binding) => this.#bound.push(binding));
  #limits: RoomLimits;
  #tape = new Tape();
  /** What is deleted and committed. */
  #shown = new RangeSet();
  #shownBytes: Uint8Array | undefined;
  /** Where each client stands that is committed. */
  #clocks = new Map<number, number>();
  #open: OpenItem<From>[] = [];
  #openWords = new Map<number, number>();
  #openBytes = 0;
  #deleted: DeleteRange[] = [];
  #bound: Binding[] = [];
  #isWordsGone = false;
  #number = 1;
  #inFlight: Batch<From> | undefined;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** The newest batch that has something in it; undefined while all is committed. */
  get pending(): number | undefined {
    if (this.#open.length > 0) return this.#number;
    return this.#inFlight?.number;
  }

  get openBytes(): number {
    return this.#openBytes;
  }

  get isFlying(): boolean {
    return this.#inFlight !== undefined;
  }

  /** What is served and stored, roughly. */
  get bytes(): number {
    return this.#tape.bytes;
  }

  get tapeSize(): number {
    return this.#tape.size;
  }

  /** All that was let in, committed or not: what our own SyncStep1 says. */
  stateVector(): Uint8Array {
    return writeStateVector(this.index.clocks());
  }

  /** Words behind a client's own words, judged in a moment. Undefined: judge it like any other update. */
  append(bytes: Uint8Array, sender: Sender, from: From): Verdict | undefined {
    const append = readAppend(bytes);
    if (append === undefined) return undefined;
    const writer = this.index.table.writer(append.client);
    const isOwn = writer?.owner === sender.principal && !sender.isRefused(append.client);
    if (writer === undefined || !isOwn || this.bytesLeft < bytes.length) return undefined;
    if (!sender.mayWriteIn('messages')) return undefined;
    if (!this.index.append(writer, append.clock, append.length)) return undefined;
    this.#addWords(bytes, append, from);
    return taken;
  }

  judgement(bytes: Uint8Array, question: Question): Judgement {
    return new Judgement(this.index, bytes, question, this.#limits);
  }

  /** How much more fits into the session. */
  get bytesLeft(): number {
    return this.#limits.sessionBytesMax - this.#tape.bytes - this.#openBytes;
  }

  /** Puts what was taken into the open batch. */
  add(verdict: Taken, owner: string, from: From | undefined): void {
    for (const client of verdict.bound) this.#bound.push({ client, owner });
    for (const bytes of verdict.updates) {
      this.#open.push({ from, bytes, append: undefined, words: undefined });
      this.#openBytes += bytes.length;
    }
    if (verdict.updates.length > 0) this.#openWords.clear();
    this.#deleted.push(...verdict.settled.deleted);
    this.#isWordsGone ||= verdict.settled.words;
  }

  /** Closes the open batch, for the log. Undefined where nothing is in it, or one is under way. */
  begin(): Batch<From> | undefined {
    if (this.#inFlight !== undefined || this.#open.length === 0) return undefined;
    const items = this.#open.map(({ from, words, bytes }) => ({
      from,
      bytes: words?.encode() ?? bytes,
    }));
    const updates = items.map(({ bytes }) => bytes);
    this.#inFlight = {
      number: this.#number++,
      record: encodeRoomRecord({ bindings: this.#bound, updates }),
      items,
      under: this.lanes.written(),
      deleted: this.#deleted,
      words: this.#isWordsGone,
    };
    this.picture.begin();
    this.#open = [];
    this.#openWords.clear();
    this.#openBytes = 0;
    this.#deleted = [];
    this.#bound = [];
    this.#isWordsGone = false;
    return this.#inFlight;
  }

  /** The batch under way is durable: from now on it is shown. */
  commit(): Batch<From> {
    const batch = this.#inFlight;
    assert(batch !== undefined, 'a batch is under way');
    this.#inFlight = undefined;
    for (const { bytes } of batch.items) this.#show(bytes);
    this.#showDeleted(batch.deleted);
    this.picture.commit();
    return batch;
  }

  /** Takes what the log has. `words`: messages lost words by it. Undefined: it is nothing that a room wrote. */
  load({ bindings, updates }: RoomRecord): { readonly words: boolean } | undefined {
    let words = false;
    for (const binding of bindings) this.lanes.load(binding);
    for (const bytes of updates) {
      const question: Question = { sender: loader, budget: syncAnswerBudget, isAnswer: false };
      const judgement = this.judgement(bytes, { ...question, isTrusted: true });
      const verdict = judgement.step();
      if (verdict?.ok !== true) return undefined;
      words ||= verdict.settled.words;
      this.#show(bytes);
      this.#showDeleted(verdict.settled.deleted);
    }
    this.picture.begin();
    this.picture.commit();
    return { words };
  }

  /** What a peer with these clocks lacks, without what is not committed; then all deletions. */
  *missing(clocks: ReadonlyMap<number, number>): IterableIterator<Uint8Array> {
    if (!this.#covers(clocks)) yield* this.#tape.missing(clocks);
  }

  /** All deletions that are committed, as an update without structs. */
  deletions(): Uint8Array {
    return (this.#shownBytes ??= this.#shown.encode());
  }

  /** Everything that is committed, as updates in their order. */
  all(): readonly Uint8Array[] {
    return [...this.#tape.all(), this.deletions()];
  }

  /** To whom each client belongs that has something committed. Who wrote what may yet be lost is bound by nothing. */
  bindings(): readonly Binding[] {
    return this.index.table.writers
      .filter(({ client, lane }) => this.#clocks.has(client) || lane !== undefined)
      .map(({ client, owner, lane }) => ({
        client,
        owner: owner ?? '',
        ...(lane !== undefined && { lane: { run: lane.run, epoch: lane.epoch } }),
      }));
  }

  /** All that is committed now, to be merged. What comes meanwhile is not a part of it. */
  seal(): Sealed {
    const count = this.#tape.seal();
    const updates = [...this.#tape.all(count)];
    return { count, updates, deletions: this.deletions(), bindings: this.bindings() };
  }

  /** Serves other updates in the place of those that were sealed, which say the same. */
  replace({ count }: Sealed, updates: readonly Uint8Array[]): void {
    this.#tape.replace(
      count,
      updates.map((bytes) => ({ bytes, spans: spansOf(bytes) })),
    );
  }

  /** Who has something in what is not committed. */
  senders(): ReadonlySet<From> {
    const senders = [...this.#open, ...(this.#inFlight?.items ?? [])].map(({ from }) => from);
    return new Set(senders.filter((from) => from !== undefined));
  }

  #covers(clocks: ReadonlyMap<number, number>): boolean {
    for (const [client, clock] of this.#clocks) {
      if ((clocks.get(client) ?? 0) < clock) return false;
    }
    return true;
  }

  #addWords(bytes: Uint8Array, append: Append, from: From): void {
    const at = this.#openWords.get(append.client);
    const item = at === undefined ? undefined : this.#open[at];
    this.#openBytes += bytes.length;
    if (item?.append !== undefined && item.from === from) {
      const words = item.words ?? new WordsRun(item.bytes, item.append);
      if (words.continues(append)) {
        words.add(bytes, append);
        item.words = words;
        return;
      }
    }
    this.#openWords.set(append.client, this.#open.length);
    // A copy: what came may be a view of a larger buffer, which would be kept with it.
    this.#open.push({ from, bytes: new Uint8Array(bytes), append, words: undefined });
  }

  #show(bytes: Uint8Array): void {
    const append = readAppend(bytes);
    if (append !== undefined) {
      this.#tape.addAppend(bytes, append);
      this.#clocks.set(append.client, append.clock + append.length);
      return;
    }
    const update: StoredUpdate = { bytes, spans: spansOf(bytes) };
    this.#tape.add(update);
    for (const { client, to } of update.spans) this.#clocks.set(client, to);
  }

  #showDeleted(ranges: readonly DeleteRange[]): void {
    if (ranges.length > 0) this.#shownBytes = undefined;
    for (const { client, clock, length } of ranges) this.#shown.add(client, clock, length);
  }
}

const taken: Taken = {
  ok: true,
  updates: [],
  settled: { deleted: [], words: false },
  bound: [],
  leftOut: 0,
};

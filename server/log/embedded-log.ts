// The log of one process, with nothing to install: a journal in which everything is
// durable first, and SQLite, into which it is emptied. Sessions, claims, members and rows
// change in SQLite directly, which is slower and rarer.
//
//     append --> journal (one write takes all that came) --> answer
//                    '--> tail (memory) --mover--> store (SQLite, its own thread)
//     read   <-- store, then tail
//
// When something in it is damaged, it opens all the same: readers get what is sound, and
// nothing is written any more, because nobody can say what that would be written behind.

import { defined } from '../../src/base/assert.ts';
import { systemChance, type Chance } from '../../src/base/chance.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import { ClaimTable, type Claims } from './claims.ts';
import type { Pass } from './crash-point.ts';
import { embeddedClaims } from './embedded-claims.ts';
import {
  type Answer,
  embeddedMembers,
  embeddedRows,
  embeddedSummaries,
} from './embedded-members.ts';
import { embeddedUpkeep } from './embedded-upkeep.ts';
import { eraser } from './eraser.ts';
import { storeFault, StoreFault } from './fault.ts';
import { Journal } from './journal.ts';
import { nodeJournalFolder, type JournalFolder } from './journal-folder.ts';
import {
  pageBytesMax,
  type Appended,
  type Compacted,
  type Created,
  type Erased,
  type Listing,
  type Log,
  type LogRecord,
  type Opened,
  type Read,
} from './log.ts';
import {
  deleted,
  missing,
  unavailable,
  type Deleted,
  type Hold,
  type Missing,
  type Unavailable,
} from './refusal.ts';
import type { Member, Members } from './members.ts';
import { Mover } from './mover.ts';
import { mergePage, pageOfTail } from './page.ts';
import { assertWritable } from './record.ts';
import { replay } from './replay.ts';
import type { Rows } from './rows.ts';
import type { Summaries } from './summaries.ts';
import { headOf, refusalOf, type SessionState } from './session-state.ts';
import { SessionStates } from './states.ts';
import {
  embeddedLimits,
  leaseMs,
  type EmbeddedLimits,
  type EmbeddedOptions,
} from './embedded-options.ts';
import type { Store, StoreStart } from './store.ts';
import { Tail } from './tail.ts';
import type { Upkeep } from './upkeep.ts';

export class EmbeddedLog implements Log {
  readonly incarnation: string;
  readonly claims: Claims;
  readonly members: Members;
  readonly rows: Rows;
  readonly summaries: Summaries;
  readonly upkeep: Upkeep;
  #chance: Chance;
  #clock: Clock;
  #limits: EmbeddedLimits;
  #folder: JournalFolder;
  #pass: Pass | undefined;
  #store: Store;
  #start: StoreStart;
  #tail = new Tail();
  #states: SessionStates;
  #claims: ClaimTable;
  #journal: Journal | undefined;
  #mover: Mover | undefined;
  #erase: () => Promise<void>;
  #erasing: boolean;
  #faults: string[];
  /** Why the store cannot take anything just now. */
  #hindrance: StoreFault | undefined;
  #damagedSessions = new Set<string>();

  constructor(store: Store, start: StoreStart, options: EmbeddedOptions) {
    this.#chance = options.chance ?? systemChance();
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...embeddedLimits, ...options.limits };
    this.#folder = options.journalFolder ?? nodeJournalFolder(options.folder);
    this.#pass = options.pass;
    this.#store = store;
    this.#start = start;
    this.#faults = [...start.faults];
    this.#erasing = start.erasing;
    this.#erase = eraser(store);
    this.#states = new SessionStates(store, this.#tail, this.#limits.statesMax);
    this.#claims = new ClaimTable(this.#clock, options.leaseMs ?? leaseMs);
    this.incarnation = createId(this.#chance);
    const alone = <T>(
      session: string,
      act: () => Promise<T>,
    ): Promise<T | Missing | Deleted | Unavailable> => this.#change(session, act);
    this.claims = embeddedClaims(this.#claims, store, alone);
    const refusal = (session: string): Promise<Missing | Deleted | undefined> =>
      this.#states.use(session, async (state) => refusalOf(state));
    const answer: Answer = (act) => this.#answer(act);
    const closed = (): Unavailable | undefined => this.#closed();
    this.members = embeddedMembers(store, alone, answer, refusal);
    this.rows = embeddedRows(store, answer, closed);
    this.summaries = embeddedSummaries(store, answer, closed);
    const flush = async (): Promise<void> => this.#mover?.flush();
    const newId = (): string => createId(this.#chance);
    this.upkeep = embeddedUpkeep({ store, answer, closed, flush, createId: newId });
  }

  /** What was found damaged; empty as long as the log can be written. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Takes over what an earlier process left. Once, before anything else. */
  async replay(): Promise<void> {
    const found = await replay(this.#folder, this.#start.floor);
    this.#faults.push(...found.faults);
    const tail = this.#tail;
    this.#journal = new Journal(this.#journalParts(), found.next);
    for (const { number, bytes, records } of found.files) {
      this.#journal.adopt(number, bytes);
      tail.add(records, number);
    }
    this.#mover = new Mover({
      tail,
      journal: this.#journal,
      store: this.#store,
      clock: this.#clock,
      limits: this.#limits,
      pass: this.#pass,
      onFault: (fault) => this.#onFault(fault),
    });
    for (const claim of this.#start.claims) this.#claims.put(claim);
    if (this.#faults.length > 0) return;
    // What cannot be moved now (a full disk) stays readable where it is, and is tried again.
    await this.#mover.flush().catch(() => this.#mover?.nudge());
    if (this.#erasing && this.#faults.length === 0)
      await this.#finishErasing().catch(() => undefined);
  }

  async create(session: string, first?: Member): Promise<Created> {
    assertWritable(session);
    return this.#use(session, (state) =>
      state.alone(async () => {
        if (state.deleted) return deleted;
        if (state.generation !== undefined) return { ok: false, code: 'exists' };
        const closed = this.#closed();
        if (closed !== undefined) return closed;
        const generation = createId(this.#chance);
        await this.#store.create(session, generation, this.#clock.now(), first);
        state.generation = generation;
        return { ok: true, head: headOf(state) };
      }),
    );
  }

  async open(session: string): Promise<Opened> {
    return this.#use(
      session,
      async (state) => refusalOf(state) ?? { ok: true, head: headOf(state) },
    );
  }

  async append(
    session: string,
    expectedSeq: number,
    under: readonly Hold[],
    batch: Uint8Array,
  ): Promise<Appended> {
    assertWritable(session, batch);
    const known = this.#states.known(session);
    // Nearly always: it is known, nobody else is at it, and nothing stands before it.
    if (known?.users === 0 && this.#obstacle(known, expectedSeq) === undefined)
      return this.#appendNow(known, expectedSeq, under, batch);
    return this.#use(session, async (state) => {
      for (let wait = this.#obstacle(state, expectedSeq); wait !== undefined;) {
        await wait;
        wait = this.#obstacle(state, expectedSeq);
      }
      return this.#appendNow(state, expectedSeq, under, batch);
    });
  }

  async read(session: string, afterSeq: number, bytesMax = pageBytesMax): Promise<Read> {
    return this.#use(session, async (state) => {
      const refusal = refusalOf(state);
      if (refusal !== undefined) return refusal;
      const own = pageOfTail(this.#tail.of(session), afterSeq, bytesMax, state.durable);
      if (own !== undefined) return own;
      const stored = await this.#store.read(session, afterSeq, bytesMax);
      if (stored === 'deleted') return deleted;
      const page = mergePage(stored, this.#tail.of(session), afterSeq, bytesMax, state.durable);
      const goesOn = page.records.length > 0 || page.snapshot !== undefined || afterSeq >= page.seq;
      if (!goesOn) throw new StoreFault('damaged', 'records are missing', true);
      return page;
    });
  }

  async compact(
    session: string,
    throughSeq: number,
    snapshot: Uint8Array,
    index: Uint8Array,
  ): Promise<Compacted> {
    return this.#use(session, async (state) => {
      const refusal = refusalOf(state) ?? this.#closed(session);
      if (refusal !== undefined) return refusal;
      const conflict = { ok: false, code: 'conflict', seq: state.durable } as const;
      if (throughSeq > state.durable) return conflict;
      await this.#mover?.flush();
      const now = this.#clock.now();
      const put = { through: throughSeq, bytes: snapshot, index };
      const done = await this.#store.compact(session, put, now);
      if (state.deleted) return deleted;
      if (done === 'conflict') return conflict;
      state.base = Math.max(state.base, throughSeq);
      return { ok: true, head: headOf(state) };
    });
  }

  async delete(session: string): Promise<Erased> {
    return this.#use(session, (state) =>
      state.alone(async () => {
        if (state.generation === undefined) return missing;
        const closed = this.#closed();
        if (closed !== undefined) return closed;
        if (!state.deleted) {
          if (!(await this.#emptyJournal())) return unavailable('locked');
          await this.#store.bury(session);
          state.deleted = true;
          this.#erasing = true;
          this.#claims.forget(session);
        }
        if (this.#erasing) await this.#finishErasing();
        return { ok: true };
      }),
    );
  }

  async list(after: string, limit: number): Promise<Listing | Unavailable> {
    return this.#answer(async () => {
      const stored = await this.#store.list(after, limit);
      const sessions = stored.map((listed) => {
        const seq = Math.max(listed.seq, this.#tail.lastSeq(listed.session));
        return { ...listed, seq };
      });
      return { ok: true, sessions };
    });
  }

  async close(): Promise<void> {
    this.#claims.close();
    await this.#journal?.settled();
    if (this.#faults.length === 0) await this.#emptyJournal().catch(() => false);
    this.#mover?.stop();
    await this.#store.close();
  }

  /** From here to the journal in one step: what is judged is what is written. */
  #appendNow(
    state: SessionState,
    expectedSeq: number,
    under: readonly Hold[],
    bytes: Uint8Array,
  ): Appended | Promise<Appended> {
    const { session } = state;
    const refusal = refusalOf(state) ?? this.#claims.stale(session, under) ?? this.#closed(session);
    if (refusal !== undefined) return refusal;
    if (state.seq !== expectedSeq) return { ok: false, code: 'conflict', seq: state.seq };
    const seq = expectedSeq + 1;
    state.seq = seq;
    state.enter();
    return new Promise((resolve) => {
      this.#writer.append({ session, seq, bytes }, (refused) => {
        state.leave();
        resolve(refused ?? { ok: true, seq });
      });
    });
  }

  get #writer(): Journal {
    return defined(this.#journal, 'the journal of an open log');
  }

  #journalParts(): ConstructorParameters<typeof Journal>[0] {
    return {
      folder: this.#folder,
      chance: this.#chance,
      clock: this.#clock,
      limits: this.#limits,
      pass: this.#pass,
      onCommit: (records, file) => this.#onCommit(records, file),
      onRefuse: (records) => this.#onRefuse(records),
    };
  }

  #onCommit(records: readonly LogRecord[], file: number): void {
    this.#tail.add(records, file);
    for (const { session, seq } of records) {
      defined(this.#states.known(session), 'a session that is written to').durable = seq;
    }
    this.#mover?.nudge();
  }

  #onRefuse(records: readonly LogRecord[]): void {
    for (const { session, seq } of records) {
      const state = this.#states.known(session);
      if (state !== undefined) state.seq = Math.min(state.seq, seq - 1);
    }
  }

  #onFault(fault: StoreFault | undefined): void {
    this.#hindrance = fault;
    if (fault?.lasting === true) {
      this.#faults.push(fault.message);
      this.#mover?.stop();
    }
  }

  /** What an append has to wait for: somebody who acts alone, room, or an append that this one may need. */
  #obstacle(state: SessionState, expectedSeq: number): Promise<unknown> | undefined {
    const isCrowded = this.#tail.bytes > this.#limits.tailBytesMax;
    if (state.obstacle !== undefined) return state.obstacle;
    if (isCrowded && this.#hindrance === undefined) return this.#mover?.flush();
    const mayMatch = state.seq !== expectedSeq && state.durable !== state.seq;
    return mayMatch ? state.settled() : undefined;
  }

  async #use<T>(
    session: string,
    act: (state: SessionState) => Promise<T>,
  ): Promise<T | Unavailable> {
    return this.#answer(() => this.#states.use(session, act), session);
  }

  /** Acts on a living session while nothing else does. */
  async #change<T>(
    session: string,
    act: () => Promise<T>,
  ): Promise<T | Missing | Deleted | Unavailable> {
    return this.#use(session, (state) =>
      state.alone(async () => refusalOf(state) ?? this.#closed(session) ?? act()),
    );
  }

  /** Why nothing can be written now, to this session or at all. */
  #closed(session?: string): Unavailable | undefined {
    if (this.#faults.length > 0) return unavailable('damaged');
    if (session !== undefined && this.#damagedSessions.has(session)) return unavailable('damaged');
    const isCrowded = this.#tail.bytes > this.#limits.tailBytesMax;
    return isCrowded && this.#hindrance !== undefined
      ? unavailable(this.#hindrance.reason)
      : undefined;
  }

  /** Everything into the store, and every file away that was written to until now. */
  async #emptyJournal(): Promise<boolean> {
    const journal = this.#writer;
    await journal.rotate();
    const last = journal.current;
    await this.#mover?.flush();
    return journal.closed.every((file) => file >= last);
  }

  async #finishErasing(): Promise<void> {
    await this.#erase();
    this.#erasing = false;
  }

  /** A fault of the store becomes an answer. Damage that was found in one session's words closes that session. */
  async #answer<T>(act: () => Promise<T>, session?: string): Promise<T | Unavailable> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StoreFault)) throw error;
      const { lasting, reason } = storeFault(error);
      if (lasting && session !== undefined) this.#damagedSessions.add(session);
      return unavailable(reason);
    }
  }
}

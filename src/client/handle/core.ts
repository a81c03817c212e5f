// One session as this tab holds it: the document that counts now, what was written to it and
// how far that got, where it is kept, and the connection. Local first: what the store has is
// read before anything is dialled, and nothing here waits for a network.
//
//     store ──load──▶ Life ──────▶ Viewing ──▶ the app
//       ▲              │ ▲
//       │ outbox, base │ │ recovery: another Life in its place
//       '──────────────┘ '── connection ◀──▶ server

import { defined } from '../../base/assert.ts';
import { createEmitter, type Emitter } from '../../base/emitter.ts';
import { mayWriteBelow, type WritableRoot } from '../../protocol/root-rights.ts';
import { SessionError } from '../../session/error.ts';
import { openSession, type Session } from '../../session/session.ts';
import type { View } from '../../session/view.ts';
import type { Right } from '../../protocol/token.ts';
import * as Y from 'yjs';
import type { ConnectionState } from '../connection/connection-state.ts';
import { clientError } from '../error.ts';
import type { Intent } from '../intent.ts';
import type { Platform } from '../platform.ts';
import { type KeptDraft, fromStored } from '../recovery/kept.ts';
import type { Patient } from '../recovery/patient.ts';
import { Recovery, type RecoveryCause } from '../recovery/recovery.ts';
import type { Saved, Written } from '../saved.ts';
import type { Loaded, LocalSession, OfflineStore, OutboxEntry } from '../store/offline.ts';
import { Life } from './life.ts';
import { Orphans } from './orphans.ts';
import { Outbox } from './outbox.ts';
import { type Notice, StatusKeeper } from './status.ts';
import { Viewing } from './viewing.ts';

export interface CoreParts {
  readonly session: string;
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly platform: Platform;
}

/** Who writes here, and where that is kept. */
export interface Who {
  readonly principal: string;
  readonly store: OfflineStore;
}

/** What a verb is about to write. */
export interface Plan<Result> {
  readonly verb: Intent['verb'];
  /** Below which roots it will write at least. */
  readonly roots: readonly WritableRoot[];
  readonly refs?: readonly (string | null | undefined)[];
  readonly content?: Intent['content'];
  readonly run: (session: Session) => Result;
  readonly ids: (result: Result) => readonly (string | null | undefined)[];
}

export class SessionCore implements Patient {
  readonly id: string;
  readonly parts: CoreParts;
  readonly status = new StatusKeeper();
  readonly viewing: Viewing;
  /** Another document counts from now on. */
  readonly replaced: Emitter<Life> = createEmitter<Life>();
  readonly keptChanged: Emitter<void> = createEmitter<void>();
  readonly ready: Promise<void>;
  readonly outbox: Outbox;
  kept: readonly KeptDraft[] = [];
  generation: string | undefined;
  resets = 0;
  #who: Who | undefined;
  #local: LocalSession | undefined;
  #life: Life | undefined;
  #recovery: Recovery;
  #orphans: Orphans;
  #isClosed = false;
  #setReady: () => void;

  constructor(parts: CoreParts) {
    this.parts = parts;
    this.id = parts.session;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#setReady = resolve;
    const { clock, chance } = parts.platform;
    this.viewing = new Viewing(emptyView(parts));
    this.outbox = new Outbox({
      clock,
      chance,
      local: () => this.local,
      isDead: (life) => life !== this.#life || this.#recovery.isUnderWay,
    });
    this.#recovery = new Recovery(this);
    this.#orphans = new Orphans({
      clock,
      life: () => this.#life,
      entries: () => this.outbox.entries.values(),
      found: (entries) => this.recover({ kind: 'stale', entries }),
    });
    this.saved.subscribe(() => this.status.set({ unsent: this.saved.unsent }));
    this.viewing.subscribe(
      (view) => view,
      (view) => this.saved.look(view),
    );
  }

  /** Where it is kept. Not before it is known who writes. */
  get local(): LocalSession {
    return defined(this.#local, 'the store of a session');
  }

  get principal(): string {
    return defined(this.#who, 'who writes').principal;
  }

  get principalOrNull(): string | null {
    return this.#who?.principal ?? null;
  }

  /** Says who writes here, before anything else. */
  identify(who: Who): void {
    this.#who = who;
    this.#local = who.store.open(this.id, {
      state: () => this.#life?.encode() ?? new Uint8Array([0, 0]),
    });
    this.#listenToStore(this.#local);
  }

  get saved(): Saved {
    return this.outbox.saved;
  }

  get platform(): Platform {
    return this.parts.platform;
  }

  get view(): View {
    return this.viewing.view;
  }

  get rights(): readonly Right[] | null {
    return this.status.now.rights;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The document that counts, once there is one. */
  get life(): Life | undefined {
    return this.#life;
  }

  /** Reads what is kept, and dials. `make`: begins a session where nothing was kept. */
  async open(make?: (life: Life) => Session): Promise<void> {
    const loaded = await this.local.load();
    if (this.#isClosed) return;
    const life = this.newLife();
    this.take(loaded, life);
    try {
      const isNew = make !== undefined && loaded.base.length + loaded.outbox.length === 0;
      this.begin(life, isNew ? make : undefined);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.tell({ code: 'schema', sentence: error.message });
      this.#setReady();
      return;
    }
    if (loaded.stale.length > 0) this.recover({ kind: 'stale', entries: loaded.stale });
  }

  /** Begins a session that is new for certain, at once. */
  create(make: (life: Life) => Session): void {
    // Nothing is there to be read; the store is told which session it holds.
    void this.local.load();
    this.begin(this.newLife(), make);
  }

  /** A document that is not shown yet. */
  newLife(position?: number): Life {
    const { session, url, token, platform } = this.parts;
    const { principal } = this;
    const life: Life = new Life(
      {
        session,
        url,
        principal,
        token,
        platform,
        generation: () => this.generation,
        wrote: (update, roots) => this.outbox.changed(life, update, roots),
        came: (update) => this.#recovery.keepsBase(life) && this.local.base(update),
      },
      position,
    );
    return life;
  }

  /** Puts what was kept into a document, and notes what of it is unsent. */
  take(loaded: Loaded, life: Life): void {
    const { base, mixed, outbox, generation, kept, resets, quarantined } = loaded;
    if (quarantined > 0) this.tell({ code: 'quarantined', sentence: quarantinedSentence });
    life.applyAll(base, mixed ? 'unsent' : 'known');
    this.generation = generation ?? this.generation;
    this.resets = resets;
    for (const entry of outbox) this.outbox.take(entry, life, true);
    this.setKept(kept.map(fromStored).filter((draft) => draft !== undefined));
  }

  /** From now on this document counts. */
  show(life: Life): void {
    const before = this.#life;
    this.#life = life;
    const session = life.opened ?? life.open();
    this.viewing.show(session);
    this.replaced.emit(life);
    if (before !== life) before?.end();
  }

  begin(life: Life, make?: (life: Life) => Session): void {
    if (make === undefined) {
      life.open();
    } else {
      this.#life = life;
      this.outbox.write(
        () => make(life),
        () => ({ verb: 'create', ids: [], refs: [] }),
      );
    }
    this.show(life);
    this.#setReady();
    this.connect(life);
  }

  connect(life: Life): void {
    life.connect({
      state: (state) => this.#connected(life, state),
      ready: ({ generation, rights }) => {
        this.status.set({ rights });
        if (generation !== this.generation) {
          this.generation = generation;
          this.local.setGeneration(generation);
        }
        this.#recovery.heardRights(rights);
      },
      sent: (position) => {
        life.sent = position;
        this.outbox.reach(life);
      },
      durable: (position) => {
        life.durable = position;
        this.outbox.reach(life);
        this.status.set({ lastSyncedAt: this.parts.platform.clock.now() });
        this.#recovery.caughtUp(life);
      },
      refused: (refused) => this.recover({ kind: 'refused', refused }),
      command: (command) => command.type === 'agents' && this.#heardAgents(command.agents),
      error: () => undefined,
    });
    this.#connected(life, life.connection?.state ?? { name: 'offline', why: 'not-wanted' });
  }

  recover(cause: RecoveryCause): void {
    this.#recovery.begin(cause);
  }

  tell(notice: Notice): void {
    this.status.set({ notice });
  }

  setKept(kept: readonly KeptDraft[]): void {
    this.kept = Object.freeze([...kept]);
    this.keptChanged.emit();
  }

  /** Runs a verb. What it writes is one write, whose way can be watched. */
  verb<Result extends object>(plan: Plan<Result>): Written & Result {
    const session = this.#life?.opened;
    if (this.#isClosed) throw clientError('closed', 'This session was closed; open it again.');
    if (session === undefined) {
      throw clientError('not-ready', 'Nothing of this session was read yet; wait for ready.');
    }
    this.#checkRights(plan.roots);
    const { verb, refs = [], content } = plan;
    const { result, written } = this.outbox.write(
      () => plan.run(session),
      (made) => ({ verb, refs: named(refs), ids: named(plan.ids(made)), content }),
    );
    return Object.assign(written, result);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#recovery.stop();
    this.#orphans.end();
    this.viewing.close();
    this.#life?.end();
    this.status.set({ connection: { name: 'offline', why: 'closed' } });
    this.#setReady();
    await this.#local?.close();
  }

  #checkRights(roots: readonly WritableRoot[]): void {
    const { rights } = this.status.now;
    if (rights === null) return;
    const closed = roots.find((root) => !mayWriteBelow(root, (right) => rights.includes(right)));
    if (closed === undefined) return;
    throw clientError('read-only', 'You may not do this in this session; nothing was written.', {
      session: this.id,
      root: closed,
    });
  }

  #listenToStore(local: LocalSession): void {
    local.on({
      stored: (ids) => this.saved.stored(ids),
      update: (update, from, entry) => this.#fromTab(update, from, entry),
      settled: (ids) => {
        this.saved.settled(ids);
        this.outbox.forget(ids);
      },
      reset: (resets) => {
        if (resets !== this.resets) this.recover({ kind: 'reset' });
      },
      state: (storage) => this.status.set({ storage }),
    });
    this.status.set({ storage: local.state });
  }

  #fromTab(update: Uint8Array, from: 'base' | 'own', entry: OutboxEntry | undefined): void {
    const life = this.#life;
    // A document that was ended takes nothing, and would call it durable.
    if (life === undefined || this.#isClosed) return;
    if (entry !== undefined) this.outbox.take(entry, life, false);
    else if (from === 'own') life.applyUnsent(update, () => undefined);
    else life.apply(update);
    this.outbox.reach(life);
    this.#orphans.look();
    this.#recovery.fromTab(update, from);
  }

  #heardAgents(agents: readonly { readonly name: string; readonly connected: number }[]): void {
    const pairs = agents.map(({ name, connected }) => [name, connected] as const);
    this.status.set({ agents: Object.freeze(Object.fromEntries(pairs)) });
  }

  #connected(life: Life, connection: ConnectionState): void {
    const before = this.status.now.connection.name;
    const now = this.parts.platform.clock.now();
    this.status.set({ connection });
    if (connection.name === 'live') {
      this.status.set({ lastSyncedAt: now });
      this.#recovery.caughtUp(life);
      this.#orphans.look();
      if (isOfConnection(this.status.now.notice)) this.status.set({ notice: null });
    } else if (before === 'live') {
      this.status.set({ lastSyncedAt: now, agents: null });
    }
    if (connection.name !== 'refused') return;
    const { code, sentence } = connection.reason;
    if (code === 'generation') this.recover({ kind: 'generation' });
    else this.tell({ code, sentence });
  }
}

const named = (ids: readonly unknown[]): readonly string[] =>
  ids.filter((id): id is string => typeof id === 'string');

/** Whether it is about a connection, and so is over when there is a good one. */
function isOfConnection(notice: Notice | null): boolean {
  return (
    notice !== null &&
    !['recovered', 'restored', 'stuck', 'schema', 'quarantined'].includes(notice.code)
  );
}

const quarantinedSentence =
  'Some of what this device kept here cannot be read: what the server has comes back, what was not sent may be missing.';

function emptyView({ session, platform }: CoreParts): Session['view'] {
  const doc = new Y.Doc();
  const { clock, chance } = platform;
  const empty = openSession(doc, { principal: 'nobody', id: session, clock, chance });
  const { view } = empty;
  empty.close();
  doc.destroy();
  return view;
}

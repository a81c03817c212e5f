// Goes on after a refusal. Once a server has refused a write, or has become an older one, the
// document in which that was written is dead: nothing later of its client will ever be taken.
// So another document is prepared beside it, from what the server is known to have; when it is
// in step with the server, and only then is it known what of ours has landed, what is still
// allowed is issued again into it, once, and it is shown in the place of the dead one.
//
//     working --refused, other generation--> preparing --caught up--> replacing --> working
//        ^                                     |  the dead document is     |
//        |                                     |  shown and written to     | another tab was first
//        '----- adopts what that tab stored <--'---------------------------'
//
// Nothing waits for this: where the network goes away in the middle, the dead document serves
// as well as any, and all that was written stays in the store.

import { createId } from '../../base/id.ts';
import { mayWriteBelow } from '../../protocol/root-rights.ts';
import type { Right } from '../../protocol/token.ts';
import type { View } from '../../session/view.ts';
import type { RefusedUpdate } from '../connection/connection.ts';
import type { Life } from '../handle/life.ts';
import { decodeIntent, encodeIntent, type Intent } from '../intent.ts';
import type { Loaded, OutboxEntry } from '../store/offline.ts';
import { beyondRights, blame, type BlamedWrite } from './blame.ts';
import { ruleOfLeftOut } from './fate.ts';
import { type KeptDraft, keptOf, missingDrafts, reasonOf, toStored } from './kept.ts';
import type { Patient } from './patient.ts';
import { Reissuing } from './reissue.ts';

export type RecoveryCause =
  | { readonly kind: 'refused'; readonly refused: RefusedUpdate }
  /** Some of what is unsent is beyond what this principal may do. */
  | { readonly kind: 'rights' }
  | { readonly kind: 'generation' }
  /** Another tab has replaced what is stored. */
  | { readonly kind: 'reset' }
  /** These were written under a document that was replaced since. */
  | { readonly kind: 'stale'; readonly entries: readonly OutboxEntry[] };

/** Recoveries in a row that leave nothing out; after so many the server is not asked again. */
const IDLE_MAX = 3;

interface Preparing {
  readonly cause: RecoveryCause;
  /** The base is not trusted: all comes from the server. */
  readonly isFromNothing: boolean;
  life: Life | undefined;
  isReplacing: boolean;
  /** The store was given what it shall hold, and says who was first. */
  isStoring: boolean;
}

/** A write with what it meant. */
interface Entry extends BlamedWrite {
  readonly entry: OutboxEntry;
}

export class Recovery {
  #patient: Patient;
  #under: Preparing | undefined;
  #idle = 0;
  #isStopped = false;

  constructor(patient: Patient) {
    this.#patient = patient;
  }

  get isUnderWay(): boolean {
    return this.#under !== undefined;
  }

  begin(cause: RecoveryCause): void {
    if (this.#isStopped) return;
    const under = this.#under;
    if (cause.kind === 'reset') {
      // Our own replacement is told like any other; one that comes before it is another tab's.
      if (under === undefined || !under.isStoring) void this.#adopt();
      return;
    }
    if (under === undefined) return void this.#prepare(cause, cause.kind === 'generation');
    // What is prepared has nothing of ours yet: so it is the base that will not do.
    const isWorse = cause.kind === 'generation' || cause.kind === 'refused';
    if (isWorse && under.life !== undefined) void this.#prepare(under.cause, true);
  }

  /** Whether what a server sends into this document belongs to the stored base. */
  keepsBase(life: Life): boolean {
    if (life === this.#patient.life) return this.#under?.isFromNothing !== true;
    return life === this.#under?.life && !this.#under.isFromNothing;
  }

  /** What another tab got belongs into the document that is prepared as well. */
  fromTab(update: Uint8Array, from: 'base' | 'own'): void {
    const under = this.#under;
    if (from === 'base' && under?.isFromNothing === false) under.life?.apply(update);
  }

  heardRights(rights: readonly Right[]): void {
    if (this.isUnderWay) return;
    const entries = [...this.#patient.outbox.entries.values()].map(readEntry);
    if (beyondRights(entries, rights).size > 0) this.begin({ kind: 'rights' });
  }

  /** A connection may have come to know all that the server has. */
  caughtUp(life: Life): void {
    const patient = this.#patient;
    if (life === patient.life && life.durable > 0) this.#idle = 0;
    const under = this.#under;
    if (under === undefined || life !== under.life || under.isReplacing) return;
    // Who may not write is never asked for anything, so no barrier says when all is there.
    const may = (right: Right): boolean => patient.rights?.includes(right) !== false;
    const isReader = !mayWriteBelow('participants', may) && life.connection?.state.name === 'live';
    if (life.durable > 0 || isReader) void this.#replace(under, life);
  }

  stop(): void {
    this.#isStopped = true;
    this.#abandon();
  }

  #abandon(): void {
    this.#under?.life?.end();
    this.#under = undefined;
  }

  async #prepare(cause: RecoveryCause, isFromNothing: boolean): Promise<void> {
    const patient = this.#patient;
    this.#abandon();
    patient.saved.suspend();
    patient.life?.disconnect();
    if (++this.#idle > IDLE_MAX) {
      return patient.tell({ code: 'stuck', sentence: stuckSentence });
    }
    const under: Preparing = {
      cause,
      isFromNothing,
      life: undefined,
      isReplacing: false,
      isStoring: false,
    };
    this.#under = under;
    const loaded = await patient.local.load();
    if (this.#under !== under) return;
    const fromNothing = isFromNothing || loaded.mixed;
    const prepared: Preparing = { ...under, isFromNothing: fromNothing };
    this.#under = prepared;
    // Begun with a position, so that a barrier is placed although nothing is written.
    const life = patient.newLife(1);
    if (fromNothing) patient.generation = undefined;
    else life.applyAll(loaded.base);
    prepared.life = life;
    patient.connect(life);
  }

  async #replace(under: Preparing, life: Life): Promise<void> {
    const patient = this.#patient;
    under.isReplacing = true;
    const loaded = await patient.local.load();
    if (this.#under !== under) return;
    if (loaded.resets !== patient.resets) return this.#adopt();
    const { again, stay } = this.#sorted(under.cause, loaded);
    const blamed = this.#blamed(under.cause, again);
    const { chance } = patient.platform;
    const client = chance.uint32();
    const reissuing = new Reissuing({ known: life.known, client });
    const first = reissuing.run(again, (id) => blamed.has(id));
    const issued = first.writes.map((write) => this.#issued(again, write, client));
    const drafts = this.#draftsOf(again, blamed, first.lost, under.cause);
    under.isStoring = true;
    const done = await patient.local.replace({
      ...(under.isFromNothing && { base: [life.encode()] }),
      outbox: [...stay.map(({ entry }) => entry), ...issued.map(({ entry }) => entry)],
      kept: drafts.map(toStored),
      ...(patient.generation !== undefined && { generation: patient.generation }),
    });
    if (this.#under !== under) return;
    if (done === 'overtaken') return this.#adopt();
    patient.resets = loaded.resets + 1;
    const before = patient.view;
    for (const { entry } of stay) patient.outbox.take(entry, life, true);
    for (const { old, entry } of issued) patient.outbox.issueAgain(old, entry, life);
    this.#leave(again, blamed, first);
    this.#under = undefined;
    patient.show(life);
    // What was written while the store was at work.
    const processed = new Set([...again, ...stay].map(({ id }) => id));
    this.#issueLate(reissuing, client, life, processed, issued);
    const missing = under.isFromNothing ? this.#missing(before, life, drafts) : [];
    patient.setKept([...patient.kept, ...drafts, ...missing]);
    for (const draft of missing) patient.local.keep(toStored(draft));
    this.#tell(under.cause, [...drafts, ...missing], blamed.size + first.lost.length);
    patient.outbox.reach(life);
  }

  /** What is to be issued again, and what is good as it is. */
  #sorted(
    cause: RecoveryCause,
    loaded: Loaded,
  ): { readonly again: readonly Entry[]; readonly stay: readonly Entry[] } {
    const stale = new Map(loaded.stale.map((entry) => [entry.id, entry]));
    if (cause.kind === 'stale') for (const entry of cause.entries) stale.set(entry.id, entry);
    const others = new Map(loaded.outbox.map((entry) => [entry.id, entry]));
    for (const [id, entry] of this.#patient.outbox.entries) others.set(id, entry);
    for (const id of stale.keys()) others.delete(id);
    const [old, rest] = [[...stale.values()].map(readEntry), [...others.values()].map(readEntry)];
    return cause.kind === 'stale'
      ? { again: old, stay: rest }
      : { again: [...old, ...rest], stay: [] };
  }

  #blamed(cause: RecoveryCause, entries: readonly Entry[]): ReadonlyMap<string, string> {
    const rights = this.#patient.rights ?? [];
    const beyond = rights.length === 0 ? new Map<string, string>() : beyondRights(entries, rights);
    if (cause.kind !== 'refused') return beyond;
    return new Map([...beyond, ...blame(entries, cause.refused, rights)]);
  }

  #issued(
    again: readonly Entry[],
    { id, update }: { readonly id: string; readonly update: Uint8Array },
    client: number,
  ): { readonly old: string; readonly entry: OutboxEntry } {
    const old = again.find((entry) => entry.id === id);
    const intent: Intent | undefined = old?.intent && { ...old.intent, again: id };
    return {
      old: id,
      entry: {
        id: createId(this.#patient.platform.chance),
        at: old?.entry.at ?? 0,
        client,
        update,
        intent: intent === undefined ? null : encodeIntent(intent),
      },
    };
  }

  #draftsOf(
    again: readonly Entry[],
    blamed: ReadonlyMap<string, string>,
    lost: readonly string[],
    cause: RecoveryCause,
  ): readonly KeptDraft[] {
    const ruleOfLost = cause.kind === 'generation' ? 'generation' : 'depends';
    return again
      .map(({ id, intent, entry }) => {
        const rule = blamed.get(id) ?? (lost.includes(id) ? ruleOfLost : undefined);
        return rule === undefined ? undefined : keptOf({ id, at: entry.at, intent }, rule);
      })
      .filter((draft) => draft !== undefined);
  }

  /** Says of each that was not issued again what became of it. */
  #leave(
    again: readonly Entry[],
    blamed: ReadonlyMap<string, string>,
    { landed, lost }: { readonly landed: readonly string[]; readonly lost: readonly string[] },
  ): void {
    const { saved } = this.#patient;
    this.#patient.outbox.forget(again.map(({ id }) => id));
    saved.settled(landed);
    for (const [id, rule] of blamed) saved.refuse(id, { rule, sentence: reasonOf(rule) });
    for (const id of lost) saved.refuse(id, { rule: 'depends', sentence: reasonOf('depends') });
    if (blamed.size + lost.length > 0) this.#idle = 0;
  }

  #issueLate(
    reissuing: Reissuing,
    client: number,
    life: Life,
    processed: ReadonlySet<string>,
    issued: readonly { readonly entry: OutboxEntry }[],
  ): void {
    const patient = this.#patient;
    const known = new Set(issued.map(({ entry }) => entry.id));
    const late = [...patient.outbox.entries.values()]
      .filter(({ id }) => !processed.has(id) && !known.has(id))
      .map(readEntry);
    if (late.length === 0) return;
    const { writes, landed, lost } = reissuing.run(late, () => false);
    patient.local.drop(late.map(({ id }) => id));
    patient.outbox.forget(late.map(({ id }) => id));
    for (const write of writes) {
      const { old, entry } = this.#issued(late, write, client);
      patient.outbox.issueAgain(old, entry, life);
      patient.local.own(entry);
    }
    this.#leave(late, new Map(), { landed, lost });
  }

  #missing(before: View, life: Life, drafts: readonly KeptDraft[]): readonly KeptDraft[] {
    const { principal, platform } = this.#patient;
    const after = life.opened?.view;
    if (after === undefined) return [];
    return missingDrafts(before, after, principal, drafts, () => createId(platform.chance));
  }

  #tell(cause: RecoveryCause, drafts: readonly KeptDraft[], left: number): void {
    const kept = drafts.length === 0 ? '' : ' What was not sent is kept as a draft.';
    if (cause.kind === 'generation') {
      const sentence = `This session was restored from an older state.${kept}`;
      return this.#patient.tell({ code: 'restored', sentence });
    }
    if (left === 0) return;
    const [draft] = drafts;
    const sentence = draft?.reason ?? 'Something that was done here was not taken by the server.';
    this.#patient.tell({ code: 'recovered', sentence: `${sentence}${kept}` });
  }

  /** Takes over what another tab has made of it. */
  async #adopt(): Promise<void> {
    const patient = this.#patient;
    this.#abandon();
    const under: Preparing = {
      cause: { kind: 'reset' },
      isFromNothing: false,
      life: undefined,
      isReplacing: true,
      isStoring: false,
    };
    this.#under = under;
    patient.saved.suspend();
    patient.life?.disconnect();
    const loaded = await patient.local.load();
    if (this.#under !== under) return;
    const mine = [...patient.outbox.entries.values()];
    const life = patient.newLife();
    patient.outbox.entries.clear();
    for (const entry of loaded.outbox) {
      const again = decodeIntent(entry.intent)?.again;
      if (again !== undefined) patient.saved.move(again, entry.id, 0);
    }
    patient.take(loaded, life);
    const left = this.#leftOf(mine, loaded, life);
    this.#under = undefined;
    patient.show(life);
    patient.connect(life);
    const stale = [...left, ...loaded.stale];
    if (stale.length > 0) this.begin({ kind: 'stale', entries: stale });
  }

  /** What of ours the other tab did not know of. */
  #leftOf(mine: readonly OutboxEntry[], loaded: Loaded, life: Life): readonly OutboxEntry[] {
    const { saved, outbox } = this.#patient;
    const again = new Set(loaded.outbox.map(({ intent }) => decodeIntent(intent)?.again));
    const kept = new Map(this.#patient.kept.map((draft) => [draft.id, draft]));
    const handled = new Set(loaded.handled);
    const isThere = (entry: OutboxEntry): boolean =>
      new Reissuing({ known: life.known, client: 0 }).run([entry], () => false).landed.length > 0;
    return mine.filter((entry) => {
      if (again.has(entry.id) || outbox.entries.has(entry.id)) return false;
      const draft = kept.get(entry.id);
      if (draft !== undefined) {
        saved.refuse(entry.id, { rule: draft.rule, sentence: draft.reason });
        return false;
      }
      if (handled.has(entry.id)) return this.#tellFate(entry, life);
      if (!isThere(entry)) return true;
      saved.settled([entry.id]);
      return false;
    });
  }

  /** The other tab knew of it, and it is not under way any more. False: nothing is to be done. */
  #tellFate(entry: OutboxEntry, life: Life): false {
    const { saved, rights } = this.#patient;
    const { view } = life.opened ?? life.open();
    const rule = ruleOfLeftOut(readEntry(entry), view, rights);
    if (rule === undefined) saved.settled([entry.id]);
    else saved.refuse(entry.id, { rule, sentence: reasonOf(rule) });
    return false;
  }
}

const stuckSentence =
  'The server does not take what is written here. It is kept on this device; reload to try again.';

const readEntry = (entry: OutboxEntry): Entry => ({
  id: entry.id,
  update: entry.update,
  intent: decodeIntent(entry.intent),
  entry,
});

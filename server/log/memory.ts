// The log that forgets: for tests, for trying things out, and as the plainest reading of
// what a log is. Everything is as in a durable one, but that its end is the end of
// everything in it.

import { assertWritable } from './record.ts';
import { systemChance, type Chance } from '../../src/base/chance.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import { ClaimTable, workMark, type Claims } from './claims.ts';
import {
  pageBytesMax,
  type Appended,
  type Compacted,
  type Created,
  type Erased,
  type Head,
  type Listing,
  type Log,
  type LogRecord,
  type Opened,
  type Page,
  type Read,
  type Snapshot,
} from './log.ts';
import { deleted, missing, type Deleted, type Hold, type Missing } from './refusal.ts';
import type { Member } from './members.ts';
import { MemoryMembers } from './memory-members.ts';
import { MemoryRows } from './memory-rows.ts';
import { MemorySummaries } from './memory-summaries.ts';

interface Session {
  readonly id: string;
  readonly generation: string;
  readonly createdAt: number;
  changedAt: number;
  seq: number;
  snapshot: Snapshot | undefined;
  records: readonly LogRecord[];
}

export interface MemoryOptions {
  readonly clock?: Clock;
  readonly chance?: Chance;
  readonly leaseMs?: number;
}

export class MemoryLog implements Log {
  readonly incarnation: string;
  readonly claims: Claims;
  readonly members: MemoryMembers;
  readonly rows = new MemoryRows();
  readonly summaries: MemorySummaries;
  #chance: Chance;
  #clock: Clock;
  #claims: ClaimTable;
  #sessions = new Map<string, Session | 'deleted'>();

  constructor(options: MemoryOptions = {}) {
    this.#chance = options.chance ?? systemChance();
    this.#clock = options.clock ?? systemClock;
    this.#claims = new ClaimTable(this.#clock, options.leaseMs ?? 10_000);
    this.incarnation = createId(this.#chance);
    const refuse = (session: string): Missing | Deleted | undefined => {
      const found = this.#find(session);
      return 'code' in found ? found : undefined;
    };
    this.claims = memoryClaims(this.#claims, refuse);
    this.members = new MemoryMembers(refuse);
    this.summaries = new MemorySummaries({
      all: () => this.#living().map(({ id, createdAt }) => ({ session: id, createdAt })),
      has: (principal, session) => this.members.has(principal, session),
    });
  }

  async create(id: string, first?: Member): Promise<Created> {
    assertWritable(id);
    const present = this.#sessions.get(id);
    if (present === 'deleted') return deleted;
    if (present !== undefined) return { ok: false, code: 'exists' };
    const now = this.#clock.now();
    const at = { createdAt: now, changedAt: now };
    const generation = createId(this.#chance);
    const session = { id, generation, ...at, seq: 0, snapshot: undefined, records: [] };
    this.#sessions.set(id, session);
    if (first !== undefined) await this.members.set(id, first.principal, first.role);
    return { ok: true, head: headOf(session) };
  }

  async open(id: string): Promise<Opened> {
    const session = this.#find(id);
    return 'code' in session ? session : { ok: true, head: headOf(session) };
  }

  async append(
    id: string,
    expectedSeq: number,
    under: readonly Hold[],
    batch: Uint8Array,
  ): Promise<Appended> {
    assertWritable(id, batch);
    const session = this.#find(id);
    if ('code' in session) return session;
    const stale = this.#claims.stale(id, under);
    if (stale !== undefined) return stale;
    if (session.seq !== expectedSeq) return { ok: false, code: 'conflict', seq: session.seq };
    session.seq += 1;
    session.changedAt = this.#clock.now();
    session.records = [...session.records, { session: id, seq: session.seq, bytes: batch }];
    return { ok: true, seq: session.seq };
  }

  async read(id: string, afterSeq: number, bytesMax = pageBytesMax): Promise<Read> {
    const session = this.#find(id);
    if ('code' in session) return session;
    const { snapshot, seq } = session;
    const begins = snapshot !== undefined && afterSeq < snapshot.through ? snapshot : undefined;
    const page: Page = { ok: true, snapshot: begins, records: [], seq };
    let bytes = begins?.bytes.length ?? 0;
    const records: LogRecord[] = [];
    for (const record of session.records) {
      if (record.seq <= afterSeq) continue;
      if (records.length > 0 && bytes >= bytesMax) break;
      bytes += record.bytes.length;
      records.push(record);
    }
    return { ...page, records };
  }

  async compact(
    id: string,
    throughSeq: number,
    bytes: Uint8Array,
    index: Uint8Array,
  ): Promise<Compacted> {
    const session = this.#find(id);
    if ('code' in session) return session;
    const base = session.snapshot?.through ?? 0;
    if (throughSeq <= base || throughSeq > session.seq) {
      return { ok: false, code: 'conflict', seq: session.seq };
    }
    session.snapshot = { through: throughSeq, bytes, index };
    session.records = session.records.filter(({ seq }) => seq > throughSeq);
    return { ok: true, head: headOf(session) };
  }

  async delete(id: string): Promise<Erased> {
    if (!this.#sessions.has(id)) return missing;
    this.#sessions.set(id, 'deleted');
    this.#claims.forget(id);
    this.members.forget(id);
    this.summaries.forget(id);
    return { ok: true };
  }

  async list(after: string, limit: number): Promise<Listing> {
    const rest = this.#living().filter(({ id }) => id > after);
    const living = rest.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const sessions = living.slice(0, limit).map((session) => ({
      ...headOf(session),
      bytes: bytesOf(session),
      createdAt: session.createdAt,
      changedAt: session.changedAt,
    }));
    return { ok: true, sessions };
  }

  async close(): Promise<void> {
    this.#claims.close();
  }

  #living(): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => session !== 'deleted');
  }

  #find(id: string): Session | Missing | Deleted {
    const session = this.#sessions.get(id);
    return session === 'deleted' ? deleted : (session ?? missing);
  }
}

function headOf({ id, generation, seq, snapshot }: Session): Head {
  return { session: id, generation, seq, base: snapshot?.through ?? 0 };
}

function bytesOf({ records, snapshot }: Session): number {
  return records.reduce((sum, { bytes }) => sum + bytes.length, snapshot?.bytes.length ?? 0);
}

function memoryClaims(
  table: ClaimTable,
  refuse: (session: string) => Missing | Deleted | undefined,
): Claims {
  return {
    leaseMs: table.leaseMs,
    async grant(session, run, holder) {
      const claim = refuse(session) ?? table.grantable(session, run, holder);
      if ('code' in claim) return claim;
      table.put(claim);
      return { ok: true, claim };
    },
    renew: (session, run, epoch) => table.renew(session, run, epoch),
    async release(session, run, epoch) {
      const claim = refuse(session) ?? table.living(session, run, epoch);
      if ('code' in claim) return claim;
      table.put({ ...claim, living: false });
      return { ok: true };
    },
    async mark(session, hasWork) {
      const refusal = refuse(session);
      if (refusal !== undefined) return refusal;
      table.put(workMark(session, hasWork));
      return { ok: true };
    },
    isMarked: (session) => table.marked.has(session),
    marked: () => [...table.marked],
    of: (session) => table.of(session),
    onLapse: (listener) => table.onLapse(listener),
  };
}

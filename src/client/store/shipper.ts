// When one tab's holding of a session goes to disk, and what happens when it does not get there. Who
// writes gathers for a moment; who does not waits for the writer's receipt, and writes all the same
// when none comes. A disk that refuses is asked again, ever less often; what was lost is opened again
// and given all that is known. Nothing is thrown, and nothing waits for this.

import type { Json } from '../../base/json.ts';
import type { Clock } from '../../base/clock.ts';
import {
  type DiskBatch,
  type DiskRefusal,
  diskRefusal,
  type DiskSession,
  type DiskSize,
} from './disk.ts';
import type { Holding, Shipment } from './holding.ts';
import { storeLimits } from './limits.ts';
import type { SessionDisk } from './session-disk.ts';

export interface ShipperParts {
  readonly clock: Clock;
  readonly disk: SessionDisk;
  readonly holding: () => Holding;
  /** All facts of the session, as they are known. */
  readonly facts: () => ReadonlyMap<string, Json>;
  /** All that the document holds, where somebody has it. */
  readonly state: () => Uint8Array | undefined;
  /** Frees space on the disk; how much. */
  readonly makeRoom: (bytes: number) => Promise<number>;
  readonly arrived: (shipment: Shipment, news: readonly string[], size: DiskSize) => void;
  /** The disk holds another count of resets. */
  readonly overtaken: () => Promise<void>;
}

/** A batch that has to come before everything else, and whoever waits for it. */
interface Express {
  readonly batch: DiskBatch;
  readonly done: (outcome: DiskSize | DiskRefusal) => void;
}

export class Shipper {
  isWriter = false;
  readonly #parts: ShipperParts;
  /** Facts of this tab that are not stored. */
  #facts = new Map<string, Json | undefined>();
  #express: Express[] = [];
  #running: Promise<void> | undefined;
  #stopTimer: (() => void) | undefined;
  #due = Infinity;
  #gatherBaseMs: number = storeLimits.gatherMs;
  #retryMs = 0;
  #shippedAt = 0;
  #wasLost = false;
  #isClosed = false;

  constructor(parts: ShipperParts) {
    this.#parts = parts;
    parts.disk.lost.subscribe(() => this.#lose());
  }

  fact(name: string, value: Json | undefined): void {
    this.#facts.set(name, value);
    this.nudge();
  }

  /**
   * Ships this alone, before anything else. Resolves with the first outcome; a batch that was refused
   * for another reason than being overtaken is shipped later.
   */
  express(batch: DiskBatch): Promise<DiskSize | DiskRefusal> {
    return new Promise((done) => {
      this.#express.push({ batch, done });
      void this.flush();
    });
  }

  /** Something is to be shipped, or the office changed. */
  nudge(): void {
    if (this.#isClosed) return;
    const now = this.#parts.clock.now();
    if (now - this.#shippedAt > storeLimits.gatherBaseMsMax * 2) {
      this.#gatherBaseMs = storeLimits.gatherMs;
    }
    const ms = this.#waitMs();
    const due = now + ms;
    if (due >= this.#due && this.#stopTimer !== undefined) return;
    this.#arm(ms);
  }

  /** A receipt came: what is left is waited for anew. */
  receipted(): void {
    if (this.#stopTimer === undefined || this.isWriter || this.#retryMs > 0) return;
    this.#disarm();
    this.nudge();
  }

  /** Ships all that is there; resolves when it arrived or was refused. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#disarm();
    const running = this.#shipAll().finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    await running;
    this.nudge();
  }

  async close(): Promise<void> {
    await this.flush();
    this.abandon();
  }

  /** Closes without another word. */
  abandon(): void {
    this.#isClosed = true;
    this.#disarm();
    for (const { done } of this.#express.splice(0)) {
      done(diskRefusal('lost', 'The session was closed.'));
    }
  }

  #waitMs(): number {
    if (this.#express.length > 0 && this.#retryMs === 0) return 0;
    const { waiting } = this.#parts.holding();
    const isOwn = waiting === 'own' || this.#facts.size > 0;
    if (!isOwn && waiting === 'nothing' && this.#express.length === 0) return Infinity;
    if (this.#retryMs > 0) return this.#retryMs;
    if (this.#facts.size > 0) return storeLimits.gatherMs;
    if (this.isWriter) return isOwn ? storeLimits.gatherMs : this.#gatherBaseMs;
    return isOwn ? storeLimits.receiptMs : storeLimits.receiptBaseMs;
  }

  #arm(ms: number): void {
    this.#disarm();
    if (ms === Infinity) return;
    this.#due = this.#parts.clock.now() + ms;
    this.#stopTimer = this.#parts.clock.after(ms, () => {
      this.#disarm();
      void this.flush();
    });
  }

  #disarm(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#due = Infinity;
  }

  async #shipAll(): Promise<void> {
    for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
      const refusal = await this.#shipOnce();
      if (refusal === 'done') return;
      if (refusal === undefined) continue;
      if (refusal.fault === 'overtaken') {
        await this.#parts.overtaken();
        continue;
      }
      if (refusal.fault === 'quota' && attempts === 0) {
        if ((await this.#parts.makeRoom(ROOM_BYTES)) > 0) continue;
      }
      this.#refused(refusal);
      return;
    }
  }

  async #shipOnce(): Promise<DiskRefusal | 'done' | undefined> {
    if (this.#isClosed) return 'done';
    const express = this.#express[0];
    const holding = this.#parts.holding();
    const isIdle = holding.waiting === 'nothing' && this.#facts.size === 0 && !this.#wasLost;
    if (express === undefined && isIdle) return 'done';
    const session = await this.#parts.disk.session();
    if ('ok' in session) return session;
    if (this.#wasLost) await this.#replenish(session);
    if (express !== undefined) return this.#shipExpress(session, express);
    if (holding.waiting === 'nothing' && this.#facts.size === 0) {
      this.#succeeded();
      return 'done';
    }
    return this.#shipHolding(session, holding);
  }

  async #shipExpress(session: DiskSession, express: Express): Promise<DiskRefusal | undefined> {
    const outcome = await session.commit(express.batch, 'strict');
    express.done(outcome);
    if (!outcome.ok && outcome.fault !== 'overtaken') return outcome;
    this.#express = this.#express.filter((other) => other !== express);
    if (outcome.ok) this.#succeeded();
    return undefined;
  }

  /** One shipment: what comes while it is under way is gathered for the next. */
  async #shipHolding(session: DiskSession, holding: Holding): Promise<DiskRefusal | 'done'> {
    const shipment = holding.ship();
    const { batch } = shipment;
    const facts = new Map(this.#facts);
    const state = holding.isOverfull ? this.#parts.state() : undefined;
    // It stands in for what was lost, and the document does not tell its own words from others'.
    if (state !== undefined && holding.unsent > 0) facts.set('mixed', true);
    const base = state === undefined ? (batch.base ?? []) : [...(batch.base ?? []), state];
    const outcome = await session.commit(
      { ...batch, base, facts, ifResets: holding.resets },
      shipment.isOwn ? 'strict' : 'relaxed',
    );
    if (!outcome.ok) return outcome;
    for (const [name, value] of facts) {
      if (this.#facts.get(name) === value) this.#facts.delete(name);
    }
    if (holding.isOverfull) holding.relieve();
    this.#gather(shipment);
    this.#succeeded();
    this.#parts.arrived(shipment, holding.shipped(shipment), outcome);
    return 'done';
  }

  /** A stream is gathered for longer, turn by turn; whoever writes a word is not kept waiting. */
  #gather({ isOwn }: Shipment): void {
    const { gatherMs, gatherBaseMsMax } = storeLimits;
    this.#shippedAt = this.#parts.clock.now();
    this.#gatherBaseMs = isOwn ? gatherMs : Math.min(this.#gatherBaseMs * 2, gatherBaseMsMax);
  }

  #succeeded(): void {
    this.#retryMs = 0;
    this.#parts.disk.told(undefined);
  }

  #refused(refusal: DiskRefusal): void {
    if (refusal.fault === 'lost') {
      this.#retryMs = storeLimits.reopenMs;
    } else {
      this.#parts.disk.told(refusal);
      const { retryMsMin, retryMsMax } = storeLimits;
      this.#retryMs = Math.max(retryMsMin, Math.min(this.#retryMs * 2, retryMsMax));
    }
    this.nudge();
  }

  /** What was only closed still has it all; what was deleted gets it again. */
  async #replenish(session: DiskSession): Promise<void> {
    const contents = await session.read();
    if (!contents.ok) return;
    this.#wasLost = false;
    const { base, outbox, facts } = contents;
    if (base.length + outbox.length + facts.size > 0) return;
    this.#parts.holding().startAgain();
    for (const [name, value] of this.#parts.facts()) this.#facts.set(name, value);
  }

  #lose(): void {
    this.#wasLost = true;
    if (this.#retryMs === 0) this.#retryMs = storeLimits.reopenMs;
    this.#disarm();
    // Even with nothing to say: what is gone has to be noticed and written again.
    this.#arm(this.#retryMs);
  }
}

const ATTEMPTS_MAX = 8;
/** What is asked for when there is no space. */
const ROOM_BYTES = 8 * 1024 * 1024;

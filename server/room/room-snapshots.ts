// When the log of a room is merged: after so many records, updates or bytes, sooner where
// somebody joined and was given many updates, because others will come; and at once where words
// of messages were deleted, because what is served must not hold them any more. One at a
// time; what is committed meanwhile stays behind the snapshot.

import type { Ledger } from './ledger.ts';
import type { Loaded } from './load.ts';
import type { Peer } from './peer.ts';
import { encodeRoomRecord } from './record.ts';
import type { RoomParts } from './room-parts.ts';

export class RoomSnapshots {
  #parts: RoomParts;
  #session: string;
  #ledger: Ledger<Peer>;
  #seq: () => number;
  #base: number;
  #bytes = 0;
  /** How many entries were left by the last merge. */
  #entries: number;
  #running: Promise<void> | undefined;
  /** Words were deleted that are still served, or that a merge under way does not know of. */
  #isStale: boolean;
  #isAgain = false;

  /** `seq` is the last record that is committed. */
  constructor(parts: RoomParts, session: string, loaded: Loaded<Peer>, seq: () => number) {
    this.#parts = parts;
    this.#session = session;
    this.#ledger = loaded.ledger;
    this.#seq = seq;
    this.#base = loaded.base;
    this.#entries = loaded.base === 0 ? 0 : loaded.ledger.tapeSize;
    this.#isStale = loaded.isStale;
    if (this.#isStale) this.#start();
  }

  /**
   * Resolves when the words that are deleted by now are not served any more; undefined where they
   * are not. Whoever deletes on and on makes nobody wait for more than that.
   */
  get cleared(): Promise<void> | undefined {
    if (!this.#isStale) return undefined;
    return this.#isAgain ? this.settled.then(() => this.settled) : this.settled;
  }

  /** Resolves when no merge is under way. */
  get settled(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** A batch was committed: merges, if it is time. */
  committed(words: boolean, bytes: number): void {
    const { compactRecords, compactEntries, compactBytes } = this.#parts.limits;
    this.#bytes += bytes;
    this.#isStale ||= words;
    const isLong = this.#seq() - this.#base >= compactRecords || this.#isLoose(compactEntries);
    const isLarge = this.#bytes >= Math.max(compactBytes, this.#ledger.bytes / 2);
    if (!words && !isLong && !isLarge) return;
    if (this.#running === undefined) this.#start();
    else this.#isAgain ||= words;
  }

  /** Somebody was given so many updates. */
  gave(updates: number): void {
    const { joinEntries } = this.#parts.limits;
    const isWorthIt = updates >= joinEntries && this.#isLoose(joinEntries);
    if (isWorthIt && this.#running === undefined) this.#start();
  }

  /** A merge costs as much as the session is large, and saves a joiner the updates that came since the last. */
  #isLoose(entriesMax: number): boolean {
    const { mergedBytesMax } = this.#parts.limits;
    const entries = this.#ledger.tapeSize - this.#entries;
    return entries >= Math.max(entriesMax, this.#ledger.bytes / mergedBytesMax);
  }

  #start(): void {
    this.#isAgain = false;
    this.#bytes = 0;
    this.#base = this.#seq();
    this.#entries = this.#ledger.tapeSize;
    this.#running = this.#merge(this.#base)
      .catch((error: unknown) => this.#parts.report.broken(this.#session, error))
      .then(() => {
        this.#running = undefined;
        if (this.#isAgain) return this.#start();
        this.#isStale = false;
        return undefined;
      });
  }

  async #merge(seq: number): Promise<void> {
    const { log, merge, report } = this.#parts;
    const sealed = this.#ledger.seal();
    const merged = await merge(sealed);
    if (!merged.ok) return report.notCompacted(this.#session, merged.fault);
    const before = sealed.updates.reduce((sum, { length }) => sum + length, 0);
    const after = merged.updates.reduce((sum, { length }) => sum + length, 0);
    this.#ledger.replace(sealed, merged.updates);
    this.#entries = merged.updates.length;
    const record = encodeRoomRecord({ bindings: sealed.bindings, updates: merged.updates });
    const compacted = await log.compact(this.#session, seq, record, new Uint8Array());
    if (compacted.ok) report.compacted(this.#session, before, after);
    else report.notCompacted(this.#session, compacted.code);
  }
}

// Every bound of what is kept on a device, in one table, with its unit last in the name.

import { assert } from '../../base/assert.ts';
import type { UpdateBudget } from '../../protocol/limits.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export const storeLimits = {
  /** How long words of this device wait for others, so that one transaction takes them all. */
  gatherMs: 50,
  /** Words that a server has already can wait longer; each full turn of waiting doubles it up to this. */
  gatherBaseMsMax: 400,
  /** A tab that does not write takes matters in its own hands when its words are not stored by then. */
  receiptMs: 1_000,
  /** The same for words that a server has already. */
  receiptBaseMs: 5_000,
  /** What came from the server is told to other tabs in frames of this length. */
  tabFrameMs: 16,
  retryMsMin: 1_000,
  retryMsMax: 60_000,
  /** A database that was deleted is opened again after this, unless somebody said goodbye meanwhile. */
  reopenMs: 250,
  /** Words that could not be stored are held in memory up to this; then the whole document stands in. */
  unstoredBytesMax: 16 * MiB,
  unstoredUpdatesMax: 20_000,
  /** When so many records have gathered they are merged into one... */
  trimRecords: 64,
  /** ...provided that they are worth it: so much of what there is already, or so many of them. */
  trimShare: 0.25,
  trimRecordsMax: 1_000,
  /** A record is not made larger than this by merging a turn's words. */
  recordBytesMax: 4 * MiB,
  /** Ids whose fate is remembered, so that a late word of them changes nothing. */
  fatesMax: 10_000,
  /** Ids that a replacement dealt with. */
  handledMax: 2_000,
  keptMax: 200,
  /** What is held is noted for the list of sessions at most this often. */
  noteMs: 1_000,
  /** How long another tab may take to say that it has a session open, where there are no locks. */
  askMs: 200,
  /** How long a wipe waits for what stands in its way; the browser finishes it later. */
  wipeMsMax: 5_000,
} as const;

/** What is read back from this device: its own bounds are those of memory. */
export const storedBudget: UpdateBudget = {
  bytesMax: 512 * MiB,
  structsMax: 50_000_000,
  clientsMax: 1_000_000,
  rangesMax: 50_000_000,
  typesMax: 50_000_000,
};

assert(storeLimits.gatherMs < storeLimits.receiptMs, 'a receipt comes before it is missed');
assert(storeLimits.gatherBaseMsMax < storeLimits.receiptMs, 'words of a stream are waited for');

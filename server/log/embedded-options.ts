// What an embedded log is opened with.

import type { Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { CrashPoint, Pass } from './crash-point.ts';
import type { JournalFolder } from './journal-folder.ts';
import { journalLimits, type JournalLimits } from './journal.ts';
import { moverLimits, type MoverLimits } from './mover.ts';
import { statesMax } from './states.ts';
import type { Store } from './store.ts';

export interface EmbeddedLimits extends JournalLimits, MoverLimits {
  /** How much may wait for the store; beyond it, writers wait or are told why. */
  readonly tailBytesMax: number;
  readonly statesMax: number;
}

export const embeddedLimits: EmbeddedLimits = {
  ...journalLimits,
  ...moverLimits,
  tailBytesMax: 64 * 1024 * 1024,
  statesMax,
};

export interface EmbeddedOptions {
  /** An existing folder of its own. */
  readonly folder: string;
  readonly clock?: Clock;
  readonly chance?: Chance;
  readonly leaseMs?: number;
  readonly limits?: Partial<EmbeddedLimits>;
  /** The folder is a backup that was put back: every session is of a new generation. */
  readonly restored?: boolean;
  /** For tests: another disk, another store, and where to die. */
  readonly journalFolder?: JournalFolder;
  readonly store?: Store;
  readonly pass?: Pass;
  readonly killStoreAt?: { readonly point: CrashPoint; readonly passes: number };
}

/** The default lease of a claim. */
export const leaseMs = 10_000;

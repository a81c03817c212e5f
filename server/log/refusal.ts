// Why the log does not do what it is asked. Each refusal is an expected outcome, has a
// code, and says what its receiver needs to go on.

/** The claim under which a batch was written: refused once `epoch` is not the run's living claim. */
export interface Hold {
  readonly run: string;
  readonly epoch: number;
}

/**
 * Why the log cannot be written: no space, no permission or somebody else's, or the
 * disk gave an error or other bytes than were written. All three heal by themselves
 * when the cause ends, but for damage found in what was stored.
 */
export type UnavailableReason = 'full' | 'locked' | 'damaged';

export interface Unavailable {
  readonly ok: false;
  readonly code: 'unavailable';
  readonly reason: UnavailableReason;
  /**
   * `unknown`: the disk took bytes and did not let them be taken back. They are gone once
   * the log has answered any later write; should the process end before, they may be found.
   */
  readonly stored: 'no' | 'unknown';
}

/** Nobody ever created it. */
export interface Missing {
  readonly ok: false;
  readonly code: 'missing';
}

/** It was deleted, for ever: its id is never used again. */
export interface Deleted {
  readonly ok: false;
  readonly code: 'deleted';
}

/** The session stands elsewhere: read up to `seq`, and judge anew. */
export interface Conflict {
  readonly ok: false;
  readonly code: 'conflict';
  readonly seq: number;
}

export interface StaleEpoch {
  readonly ok: false;
  readonly code: 'stale-epoch';
  readonly run: string;
  /** The epoch of its last claim, living or not; 0 when there was none. */
  readonly epoch: number;
}

export const missing: Missing = { ok: false, code: 'missing' };
export const deleted: Deleted = { ok: false, code: 'deleted' };

export function unavailable(
  reason: UnavailableReason,
  stored: Unavailable['stored'] = 'no',
): Unavailable {
  return { ok: false, code: 'unavailable', reason, stored };
}

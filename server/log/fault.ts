// What the errors of a disk and of SQLite mean to a writer: no space, no access, or
// damage. Everything that is not known counts as damage, because then it is not safe to
// go on as if nothing were.

import type { UnavailableReason } from './refusal.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const LOCKED = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EMFILE', 'ENFILE', 'ETXTBSY']);

/** Primary result codes of SQLite: https://sqlite.org/rescode.html */
const SQLITE_REASONS: ReadonlyMap<number, UnavailableReason> = new Map([
  [5, 'locked'], // BUSY
  [6, 'locked'], // LOCKED
  [8, 'locked'], // READONLY
  [13, 'full'], // FULL
  [14, 'locked'], // CANTOPEN
]);

/** The store could not do what it was asked. It did nothing. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
  readonly reason: UnavailableReason;
  /** It found other bytes than it had written: it does not heal by itself. */
  readonly lasting: boolean;

  constructor(reason: UnavailableReason, message: string, lasting: boolean, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.lasting = lasting;
  }
}

export function reasonOf(error: unknown): UnavailableReason {
  const code = field(error, 'code');
  if (typeof code === 'string' && FULL.has(code)) return 'full';
  return typeof code === 'string' && LOCKED.has(code) ? 'locked' : 'damaged';
}

/** An input/output error (10) may pass; a page that is no page (11, 26) or a broken schema (1) will not. */
export function storeFault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const errcode = field(error, 'errcode');
  const code = typeof errcode === 'number' ? errcode & 0xff : undefined;
  const reason = (code === undefined ? undefined : SQLITE_REASONS.get(code)) ?? 'damaged';
  const message = error instanceof Error ? error.message : String(error);
  return new StoreFault(reason, message, reason === 'damaged' && code !== 10, error);
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

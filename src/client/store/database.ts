// IndexedDB with promises and with the faults that it has in the field: an open that is blocked by
// another tab, a connection that is closed under us, a transaction that fails when it commits. A
// transaction counts from `complete`, never before: requests that succeeded can still be undone.

import type { Clock } from '../../base/clock.ts';
import { type DiskFault, type DiskRefusal, diskRefusal } from './disk.ts';

/** What is used of a page's or worker's globals. */
export interface DatabaseScope {
  readonly indexedDB: IDBFactory;
  readonly IDBKeyRange: typeof IDBKeyRange;
}

const BLOCKED_MS_MAX = 5_000;

export interface DatabaseShape {
  readonly version: number;
  /** Makes what is missing; called with a version that may be another program's. */
  readonly upgrade: (db: IDBDatabase) => void;
}

/** The answer of one request. */
export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('a request failed')));
  });
}

/** Opens a database, and makes it where it is not there. Rejects with what the browser says. */
export function openDatabase(
  { indexedDB }: DatabaseScope,
  clock: Clock,
  name: string,
  shape: DatabaseShape,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    // A newer version of the app was here: what it made holds what this one needs.
    const open = (version: number | undefined): void => {
      const request = indexedDB.open(name, version);
      let isTooLate = false;
      let stopWaiting: (() => void) | undefined;
      request.addEventListener('upgradeneeded', () => shape.upgrade(request.result));
      request.addEventListener('blocked', () => {
        stopWaiting = clock.after(BLOCKED_MS_MAX, () => {
          isTooLate = true;
          reject(new DOMException('another tab holds an older version open', 'TimeoutError'));
        });
      });
      request.addEventListener('success', () => {
        stopWaiting?.();
        if (isTooLate) request.result.close();
        else resolve(request.result);
      });
      request.addEventListener('error', () => {
        stopWaiting?.();
        if (request.error?.name === 'VersionError' && version !== undefined) open(undefined);
        else reject(request.error ?? new Error('a database did not open'));
      });
    };
    open(shape.version);
  });
}

/** Resolves when it is deleted, or `ms` later: then the browser does it when nobody holds it any more. */
export function deleteDatabase(
  { indexedDB }: DatabaseScope,
  clock: Clock,
  name: string,
  ms: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const stopWaiting = clock.after(ms, () => resolve(false));
    const end = (isGone: boolean): void => {
      stopWaiting();
      resolve(isGone);
    };
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener('success', () => end(true));
    request.addEventListener('error', () => end(false));
  });
}

/**
 * Runs `act` in one transaction and gives what it gives, after `complete`. Where it throws, the
 * transaction is undone, and this rejects with the reason.
 */
export async function transact<T>(
  db: IDBDatabase,
  stores: readonly string[],
  mode: 'readonly' | { readonly durability: 'strict' | 'relaxed' },
  act: (transaction: IDBTransaction) => Promise<T>,
): Promise<T> {
  const transaction =
    mode === 'readonly'
      ? db.transaction([...stores], mode)
      : db.transaction([...stores], 'readwrite', mode);
  const ended = new Promise<void>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => {
      reject(transaction.error ?? new DOMException('a transaction was undone', 'AbortError'));
    });
  });
  const [result] = await Promise.all([actOrUndo(transaction, act), ended]);
  return result;
}

async function actOrUndo<T>(
  transaction: IDBTransaction,
  act: (transaction: IDBTransaction) => Promise<T>,
): Promise<T> {
  try {
    return await act(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has undone itself.
    }
    throw transaction.error ?? error;
  }
}

const faults: Readonly<Record<string, DiskFault>> = {
  QuotaExceededError: 'quota',
  SecurityError: 'unavailable',
  NotSupportedError: 'unavailable',
};

const sentences: Readonly<Record<DiskFault, string>> = {
  quota: 'There is no space left on this device, so what you write is not stored here.',
  lost: 'The storage of this page was closed.',
  unavailable:
    'This browser does not let this page store anything, so what you write is gone when it is closed before it was sent.',
  overtaken: 'Another tab was faster.',
  other: 'What you write cannot be stored on this device at the moment.',
};

/** What an error of the browser means. Its name is told, its words differ everywhere. */
export function faultOf(error: unknown, isLost: boolean): DiskRefusal {
  const name = error instanceof Error || error instanceof DOMException ? error.name : 'unknown';
  const fault = isLost || name === 'InvalidStateError' ? 'lost' : (faults[name] ?? 'other');
  const why = sentences[fault];
  return diskRefusal(fault, fault === 'other' ? `${why} (${name})` : why);
}

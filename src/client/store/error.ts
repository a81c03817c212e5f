// How a record or a file was not stored, towards whoever asked for it.

import { HoldfastError } from '../../base/error.ts';
import type { DiskFault } from './disk.ts';

export type StoreErrorCode =
  /** There is no space left on the device. */
  | 'storage-full'
  /** Storage was closed, deleted or is broken; it may work later. */
  | 'storage-failed';

export class StoreError extends HoldfastError<StoreErrorCode> {
  override readonly name = 'StoreError';
}

export function storeError(fault: DiskFault, why: string, cause: unknown): StoreError {
  const code = fault === 'quota' ? 'storage-full' : 'storage-failed';
  return new StoreError(code, why, { facts: { fault }, retryable: true, cause });
}

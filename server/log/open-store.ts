// Opens a store, and says why where that is not possible.

import { storeFault } from './fault.ts';
import { LogOpenError } from './migration.ts';
import type { Store, StoreStart } from './store.ts';

const MESSAGES = {
  locked: 'Another process has this folder, or this one may not write to it.',
  damaged: 'The store of this folder cannot be read. Put a backup in its place.',
  full: 'There is no space to open the store of this folder. Make some.',
} as const;

/** With a generation, all sessions are of it from now on. */
export async function openStore(store: Store, generation: string | undefined): Promise<StoreStart> {
  try {
    const start = await store.start();
    if (generation !== undefined) await store.renewGenerations(generation);
    return start;
  } catch (error) {
    await store.close().catch(() => undefined);
    throw openError(error);
  }
}

function openError(error: unknown): unknown {
  if (error instanceof LogOpenError) return error;
  const { reason, message, cause } = storeFault(error);
  const code: unknown = Reflect.get(Object(cause), 'code');
  if (code === 'log-newer' || code === 'log-not-ours') {
    return new LogOpenError(code, message);
  }
  const options = { cause: error, retryable: reason !== 'damaged' };
  return new LogOpenError(`log-${reason}`, `${MESSAGES[reason]} (${message})`, options);
}

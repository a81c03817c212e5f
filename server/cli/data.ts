// The data folder of a command that reads it: through the server that has it open, or, where
// none has, opened here for as long as the command runs. A folder that holds nothing is said
// to hold nothing, and is left as it is.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../../src/base/error.ts';
import { isSessionId } from '../../src/protocol/session-id.ts';
import { openEmbeddedLog } from '../log/embedded.ts';
import { LogOpenError } from '../log/migration.ts';
import type { Deleted, Missing, Unavailable } from '../log/refusal.ts';
import { connectControl } from '../upkeep/control-client.ts';
import type { LogReader } from '../upkeep/reader.ts';
import { readStored, type Stored, type StoredSession } from '../upkeep/stored-session.ts';
import { readDataFolder } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage.ts';

/** A process that starts has the folder before it answers for it. */
const RETRY_MS = 250;
const RETRIES_MAX = 20;

export class DataError extends HoldfastError<
  'no-data' | 'busy' | 'no-session' | 'unavailable' | 'damaged' | 'unreadable'
> {
  override readonly name = 'DataError';
}

export interface OpenData {
  /** The folder, absolute. */
  readonly data: string;
  readonly log: LogReader;
}

/** Rejects with a DataError where there is nothing to open, and with what `act` rejects with. */
export async function withData<T>(
  flags: { readonly data?: string | undefined },
  surroundings: Surroundings,
  act: (open: OpenData) => Promise<T>,
): Promise<T> {
  const data = readDataFolder(flags, surroundings);
  assertData(data);
  const log = await openReader(data, surroundings);
  try {
    return await act({ data, log });
  } finally {
    await log.close();
  }
}

function assertData(data: string): void {
  if (existsSync(join(data, 'log', 'store.sqlite'))) return;
  const what = existsSync(data) ? 'holds no data of a server' : 'does not exist';
  throw new DataError('no-data', `${data} ${what}: say which folder with --data.`);
}

async function openReader(
  data: string,
  surroundings: Surroundings,
): Promise<LogReader & { close(): Promise<void> }> {
  for (let tries = 0; ; tries++) {
    const remote = await connectControl(data);
    if (remote !== undefined) return remote;
    try {
      return await openEmbeddedLog({ folder: join(data, 'log') });
    } catch (error) {
      if (!(error instanceof LogOpenError) || error.code !== 'log-locked') throw error;
      if (tries === RETRIES_MAX) throw busy(data, error);
    }
    await new Promise<void>((resolve) => void surroundings.clock.after(RETRY_MS, resolve));
  }
}

function busy(data: string, cause: LogOpenError): DataError {
  const message = `Another process has ${data}, or this user may not write to it: run this as the user of the server, or when the other one is done.`;
  return new DataError('busy', message, { cause, retryable: true });
}

/** The name of a session as it was given. Throws a UsageError. */
export function sessionName(text: string): string {
  const shown = text.slice(0, 100);
  if (isSessionId(text)) return text;
  throw new UsageError(
    `A session is named by 16 to 64 letters, digits, - and _, and "${shown}" is none.`,
  );
}

export async function storedSession(log: LogReader, session: string): Promise<StoredSession> {
  const stored = await readStored(log, session);
  if (stored.ok) return stored;
  throw new DataError(
    stored.code === 'missing' || stored.code === 'deleted' ? 'no-session' : 'damaged',
    `${session} ${whyNot(stored)}.`,
  );
}

/** Goes behind the name of a session. */
export function whyNot(refusal: Exclude<Stored, StoredSession>): string {
  switch (refusal.code) {
    case 'missing':
      return 'is no session of this folder';
    case 'deleted':
      return 'was deleted';
    case 'unavailable':
      return `cannot be read: ${whyUnavailable(refusal)}`;
    case 'broken':
      return `cannot be read: record ${refusal.seq} is missing`;
  }
}

export function whyUnavailable({ reason }: Unavailable): string {
  switch (reason) {
    case 'damaged':
      return 'something in it is not what was written';
    case 'full':
      return 'the disk is full';
    case 'locked':
      return 'something keeps the disk from being used';
  }
}

/** Throws a DataError for what a log refuses as a whole. */
export function unavailableError(refusal: Unavailable | Missing | Deleted): DataError {
  const why = refusal.code === 'unavailable' ? whyUnavailable(refusal) : refusal.code;
  return new DataError('unavailable', `The data cannot be read: ${why}. See holdfast verify.`);
}

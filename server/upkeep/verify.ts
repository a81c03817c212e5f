// Looks at everything in a data folder: what the log found when it was opened, every row of
// its store, every session, every file. Beside a server that goes on working, each part is
// looked at as of its own moment.

import type { ListedSession } from '../log/log.ts';
import type { Unavailable } from '../log/refusal.ts';
import type { CheckPlace } from '../log/upkeep.ts';
import { fileFault, filesIn } from './files-check.ts';
import type { LogReader } from './reader.ts';
import { checkSession } from './session-check.ts';
import { readStored, type Stored, type StoredSession } from './stored-session.ts';

export interface Verified {
  readonly sessions: number;
  readonly records: number;
  readonly bytes: number;
  readonly files: number;
  readonly faults: number;
}

export interface VerifyOptions {
  readonly data: string;
  /** Called with each fault, as it is found. */
  readonly onFault: (fault: string) => void;
  /** What a refusal means, behind the name of a session. */
  readonly whyNot: (refusal: Exclude<Stored, StoredSession>) => string;
}

const LIST_SESSIONS = 100;

export async function verify(log: LogReader, options: VerifyOptions): Promise<Verified> {
  let faults = 0;
  const tell = (fault: string): void => {
    faults += 1;
    options.onFault(fault);
  };
  for (const fault of log.faults) tell(`the log: ${fault}`);
  await verifyRows(log, tell);
  const found = { sessions: 0, records: 0, bytes: 0 };
  for await (const { session } of sessionsOf(log, tell)) {
    const checked = await verifySession(log, session, { ...options, onFault: tell });
    if (checked === undefined) continue;
    found.sessions += 1;
    found.records += checked.records;
    found.bytes += checked.bytes;
  }
  const files = await filesIn(options.data);
  for (const file of files) {
    const fault = await fileFault(options.data, file);
    if (fault !== undefined) tell(fault);
  }
  return { ...found, files: files.length, faults };
}

async function verifyRows(log: LogReader, tell: (fault: string) => void): Promise<void> {
  let place: CheckPlace | undefined;
  do {
    const step = await log.upkeep.check(place);
    if (!step.ok) return tell(unavailableLine(step));
    for (const fault of step.faults) tell(`the log: ${fault}`);
    place = step.next;
  } while (place !== undefined);
}

async function* sessionsOf(
  log: LogReader,
  tell: (fault: string) => void,
): AsyncIterable<ListedSession> {
  for (let after = ''; ;) {
    const listing = await log.list(after, LIST_SESSIONS);
    if (!listing.ok) return tell(unavailableLine(listing));
    yield* listing.sessions;
    const last = listing.sessions.at(-1);
    if (last === undefined) return;
    after = last.session;
  }
}

const unavailableLine = ({ reason }: Unavailable): string => `the log: its store is ${reason}`;

/** Undefined where the session was deleted meanwhile. */
async function verifySession(
  log: LogReader,
  session: string,
  { whyNot, onFault }: VerifyOptions,
): Promise<{ records: number; bytes: number } | undefined> {
  const stored = await readStored(log, session);
  if (!stored.ok) {
    if (stored.code === 'missing' || stored.code === 'deleted') return undefined;
    onFault(`${session} ${whyNot(stored)}`);
    return { records: 0, bytes: 0 };
  }
  for (const fault of checkSession(stored).faults) onFault(`${session}: ${fault}`);
  const { snapshot, records } = stored;
  const pieces = [...(snapshot === undefined ? [] : [snapshot]), ...records];
  return {
    records: records.length,
    bytes: pieces.reduce((all, { bytes }) => all + bytes.length, 0),
  };
}

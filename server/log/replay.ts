// What an earlier process left in the journal, put where it would be had that process not
// ended: in memory, on its way to the store. The store passes over what it has already,
// so it does not matter how far the last move came.

import { journalFormat, scan, type Scan } from './journal-block.ts';
import { journalName, journalNumber, type JournalFolder } from './journal-folder.ts';
import { LogOpenError } from './migration.ts';
import type { LogRecord } from './log.ts';

export interface Replayed {
  /** The first number that no journal file has had. */
  readonly next: number;
  /** Oldest first. */
  readonly files: readonly { number: number; bytes: number; records: readonly LogRecord[] }[];
  /** What of the journal cannot be what was written, in words for an operator. */
  readonly faults: readonly string[];
}

/** Reads all files from `floor` on, and removes those below it. */
export async function replay(folder: JournalFolder, floor: number): Promise<Replayed> {
  const numbers = (await folder.list()).map(journalNumber).toSorted((a, b) => a - b);
  for (const number of numbers) if (number < floor) await removeIfPossible(folder, number);
  const needed = numbers.filter((number) => number >= floor);
  const contents = new Map<number, Uint8Array>();
  for (const number of needed) contents.set(number, await folder.read(journalName(number)));
  const ends = endsOf([...contents.values()]);
  const faults: string[] = [];
  const files = needed.map((number) => {
    const found = scan(contents.get(number) ?? new Uint8Array(), ends.get(number));
    const fault = faultOf(number, found);
    if (fault !== undefined) faults.push(fault);
    return { number, bytes: found.bytes, records: found.records };
  });
  for (const [number, bytes] of ends) {
    const lost = number >= floor && bytes > 0 && !contents.has(number);
    if (lost) faults.push(`${journalName(number)} is missing`);
  }
  return { next: Math.max(floor, 0, ...numbers.map((number) => number + 1)), files, faults };
}

/** How far each file is true, by the notes of later ones; they never change their mind. */
function endsOf(files: readonly Uint8Array[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  for (const file of files) {
    const { note } = scan(file, undefined);
    if (note !== undefined && note.format > journalFormat) {
      const message = `This journal was written by a newer version (format ${note.format}, this one knows ${journalFormat}). Start that version.`;
      const facts = { format: note.format, known: journalFormat };
      throw new LogOpenError('log-newer', message, { facts });
    }
    for (const [number, bytes] of note?.ends ?? []) ends.set(number, bytes);
  }
  return ends;
}

function faultOf(number: number, { note, ending }: Scan): string | undefined {
  if (ending === 'damaged') return `${journalName(number)} is damaged`;
  return note !== undefined && note.number !== number
    ? `${journalName(number)} is another file under its name`
    : undefined;
}

/** What cannot be removed now is passed over at every start, and removed at one of them. */
async function removeIfPossible(folder: JournalFolder, number: number): Promise<void> {
  await folder.remove(journalName(number)).catch(() => undefined);
}

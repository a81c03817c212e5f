// The code in README and docs is code: every `ts` or `tsx` block compiles against the public
// entries, and a block marked `ts run` runs. A block marked `ts continued` goes on where the block
// before it in its document ended. `ts no-check REASON` leaves a block out and has to say why.
// Each program keeps the line numbers of its document, so that an error of the compiler points
// into the document.

import { blocksOf } from './markdown.ts';
import type { Source, Violation } from './source.ts';

export interface Program {
  /** The document, from the root. */
  readonly doc: string;
  /** The line, from 1, where its first block begins. */
  readonly line: number;
  /** A file name that says where it comes from. */
  readonly file: string;
  readonly text: string;
  readonly run: boolean;
}

export function readPrograms(doc: Source): {
  programs: readonly Program[];
  faults: readonly Violation[];
} {
  const programs: Program[] = [];
  const faults: Violation[] = [];
  for (const { info, text, line } of blocksOf(doc)) {
    const [language = '', mark, ...reason] = info.split(/\s+/);
    if (language !== 'ts' && language !== 'tsx') continue;
    const fault = faultOf(mark, reason, programs.length);
    if (fault !== undefined) faults.push({ path: doc.path, line, message: fault });
    if (fault !== undefined || mark === 'no-check') continue;
    const before = mark === 'continued' ? programs.pop() : undefined;
    programs.push({
      doc: doc.path,
      line: before?.line ?? line,
      file: before?.file ?? `${doc.path.replaceAll('/', '-')}.${line}.${language}`,
      text: padTo(line, before?.text ?? '') + text,
      run: before?.run ?? mark === 'run',
    });
  }
  return { programs, faults };
}

function faultOf(
  mark: string | undefined,
  reason: readonly string[],
  before: number,
): string | undefined {
  if (mark === undefined || mark === 'run') return undefined;
  if (mark === 'no-check') return reason.length >= 3 ? undefined : 'no-check says why';
  if (mark !== 'continued') return `a block is ts, ts run, ts continued or ts no-check: ${mark}`;
  return before === 0 ? 'there is no block that could be continued' : undefined;
}

/** The text with so many empty lines after it that what follows is on `line`. */
function padTo(line: number, text: string): string {
  const lines = text.split('\n').length;
  return text + '\n'.repeat(Math.max(0, line - lines));
}

// What is wrong with a document, in words. Documents are hostile until read: what
// is malformed is left out of the view and listed here, so that a damaged session
// still opens and its owner can see what was left out. Reading never throws.

import { limits } from './limits.ts';

export type FaultCode =
  /** A root type that no schema has. */
  | 'unknown-root'
  /** A container holds something else than its schema says. */
  | 'wrong-type'
  /** A head, state or value is missing, or not of its shape. */
  | 'malformed'
  /** Two entries carry one id; the first in document order counts. */
  | 'duplicate-id'
  /** A message's parent is neither a message nor the reply of a run. */
  | 'orphan'
  /** Messages or runs that are their own ancestors. */
  | 'cycle'
  /** Above a limit. */
  | 'too-large'
  | 'schema-newer'
  | 'schema-unknown'
  /** The session's budget is nearly used, or used up. */
  | 'budget';

export interface Fault {
  readonly code: FaultCode;
  /** Where: root and ids, joined by slashes, at most 200 characters. */
  readonly where: string;
  readonly message: string;
}

const WHERE_CHARS_MAX = 200;

export function fault(code: FaultCode, where: string, message: string): Fault {
  return Object.freeze({ code, where: where.slice(0, WHERE_CHARS_MAX), message });
}

/** At most `faultsListedMax` faults, the last of them telling how many more there are. */
export function listFaults(all: Iterable<Fault>): readonly Fault[] {
  const listed: Fault[] = [];
  let more = 0;
  for (const one of all) {
    if (listed.length < limits.faultsListedMax - 1) listed.push(one);
    else more++;
  }
  if (more > 0) listed.push(fault('too-large', 'faults', `${more} further faults`));
  return Object.freeze(listed);
}

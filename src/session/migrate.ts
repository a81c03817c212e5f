// From an older schema to this one. A document is never rebuilt from JSON: a
// migration changes the Yjs document in place, in one transaction, and may run on
// two devices at the same time, so each step writes only plain values under fixed
// keys, the same ones on every device. Schema 1 is the first: the list is empty.

import type * as Y from 'yjs';
import { sessionError } from './error.ts';
import { readSchema } from './meta.ts';
import { META, rootsOf, SCHEMA, type Roots } from './shape.ts';

/** Brings a document from schema `from` to `from + 1`. Idempotent, and convergent when run twice at once. */
export interface Migration {
  readonly from: number;
  readonly migrate: (roots: Roots) => void;
}

const migrations: readonly Migration[] = [];

/**
 * Refuses what cannot be read and brings what is older up to date. Returns the schema
 * that was found, null for a document that has not arrived yet. Throws
 * `schema-newer` and `schema-unknown`.
 */
export function checkSchema(
  doc: Y.Doc,
  steps: readonly Migration[] = migrations,
  current = SCHEMA,
): number | null {
  const roots = rootsOf(doc);
  const { version, fault } = readSchema(roots.meta, current);
  if (fault?.code === 'schema-newer' || fault?.code === 'schema-unknown') {
    throw sessionError(fault.code, fault.message, { schema: version, known: current });
  }
  if (version === null || version === current) return version;
  const way = wayFrom(version, current, steps);
  doc.transact(() => {
    for (const step of way) step.migrate(roots);
    roots.meta.set(META.schema, current);
  });
  return version;
}

/** Every step in order, found before the first is taken: half a migration is worse than none. */
function wayFrom(from: number, current: number, steps: readonly Migration[]): readonly Migration[] {
  const way: Migration[] = [];
  for (let at = from; at < current; at++) {
    const step = steps.find((one) => one.from === at);
    if (step === undefined) {
      throw sessionError('schema-unknown', `There is no way from schema ${at} to ${at + 1}.`, {
        schema: at,
      });
    }
    way.push(step);
  }
  return way;
}

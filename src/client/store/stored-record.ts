// What comes back from a device, and whether it can be used. Disks lose bits, and other programs write
// where this one reads: nothing of it is applied before it was read here.

import * as v from 'valibot';
import * as Y from 'yjs';
import { isJson, isJsonObject, type JsonObject } from '../../base/json.ts';
import type { StoredEntry } from './disk.ts';
import { extentOf } from './extent.ts';

const bounds = { depthMax: 32, nodesMax: 1_000_000 };

/** Whether it is an update that a document takes. */
export function canBeRead(record: unknown): record is Uint8Array {
  if (!(record instanceof Uint8Array)) return false;
  if (extentOf(record) !== undefined) return true;
  // Not in the canonical form, or of types that a session has not: then Yjs itself is asked.
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, record);
    return true;
  } catch {
    return false;
  } finally {
    doc.destroy();
  }
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const schema: v.GenericSchema<unknown, StoredEntry> = v.object({
  id: v.string(),
  at: v.pipe(v.number(), v.finite()),
  client: count,
  update: v.custom<Uint8Array>(canBeRead),
  intent: v.custom<JsonObject | null>(
    (value) => value === null || (isJson(value, bounds) && isJsonObject(value)),
  ),
  resets: count,
});

/** An entry of an outbox; undefined of anything else. */
export function readEntry(record: unknown): StoredEntry | undefined {
  const result = v.safeParse(schema, record, { abortEarly: true });
  return result.success ? result.output : undefined;
}

// What is only true right now: who is here, where, typing what. An awareness frame
// holds entries of clients; each client counts its own clock up, and a state of
// null means that it left. Nothing in a state is believed: a server stamps who it
// is from the connection.
//
//   count (client clock size json)*
//
// A stock client sends every entry it hears back again, so with many viewers most
// entries are echoes. Whoever reads says which clients it wants; of all others only
// the outside is judged, and no JSON is parsed.

import { isJsonObject, type JsonObject } from '../base/json.ts';
import { ByteCursor } from './byte-cursor.ts';
import { ByteWriter } from './byte-writer.ts';
import { ClientSet } from './client-set.ts';
import { parseJson } from './json-text.ts';
import { limits } from './limits.ts';
import type { Refusal } from './refusal.ts';
import { textOf } from './utf8.ts';

export interface AwarenessEntry {
  readonly client: number;
  /** Counts up with every change; a lower or equal one is old news. */
  readonly clock: number;
  /** Null when the client left. */
  readonly state: JsonObject | null;
}

export interface Awareness {
  readonly ok: true;
  readonly entries: readonly AwarenessEntry[];
  /** Entries of clients that were not wanted: echoes, on a server. */
  readonly others: number;
}

/** What goes into an awareness frame. */
export function encodeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  const out = new ByteWriter();
  out.varUint(entries.length);
  for (const { client, clock, state } of entries) {
    out.varUint(client);
    out.varUint(clock);
    out.text(JSON.stringify(state));
  }
  return out.finish();
}

/** The entries of wanted clients, or why the whole is refused. */
export function decodeAwareness(
  bytes: Uint8Array,
  isWanted: (client: number) => boolean = () => true,
): Awareness | Refusal {
  const cursor = new ByteCursor(bytes);
  const entries: AwarenessEntry[] = [];
  const seen = new ClientSet();
  if (bytes.length > limits.awarenessBytesMax) cursor.fail('frame-bytes');
  const count = cursor.count(3);
  if (count > limits.awarenessClientsMax) cursor.fail('client-count', 0);
  for (let i = 0; i < count && cursor.fault === undefined; i++) {
    const entry = readEntry(cursor, seen, isWanted);
    if (entry !== undefined) entries.push(entry);
  }
  if (cursor.left > 0) cursor.fail('trailing-bytes');
  if (cursor.fault !== undefined) return cursor.refusal();
  return { ok: true, entries, others: count - entries.length };
}

function readEntry(
  cursor: ByteCursor,
  seen: ClientSet,
  isWanted: (client: number) => boolean,
): AwarenessEntry | undefined {
  const at = cursor.at;
  const client = cursor.varUint();
  if (!seen.add(client)) cursor.fail('client-twice', at);
  const clockAt = cursor.at;
  const clock = cursor.varUint();
  if (clock >= limits.clockBelow) cursor.fail('clock', clockAt);
  const start = cursor.at;
  cursor.text();
  if (cursor.fault !== undefined) return undefined;
  if (cursor.at - cursor.textStart > limits.awarenessStateBytesMax) {
    cursor.fail('frame-bytes', start);
  } else if (isWanted(client)) {
    const state = parseState(textOf(cursor.bytes, cursor.textStart, cursor.at));
    if (state !== undefined) return { client, clock, state };
    cursor.fail('json-shape', start);
  }
  return undefined;
}

/** An object or null; undefined of anything else. */
function parseState(json: string): JsonObject | null | undefined {
  const value = parseJson(json);
  return value === null || isJsonObject(value) ? value : undefined;
}

// What tabs say to each other. Any script of the origin can write on the channel, also one of an older
// or newer version of the app, so a message is taken only when it is whole; anything else is as if it
// had not been said.
//
//   base     words that a server has               own      words that it has not, with their ids
//   stored   what a writer stored: ids and extent  settle   ids that are durable, as a tab learned
//   settled  ids that are in the base on disk      drop, dropped   ids that nobody wants, and that are gone
//   fact     generation, drafts                    reset    the session was replaced
//   hello    who comes asks for what it lacks      answer   base and own, to the one who asked
//   who, beat, bye     the election of a writer where there are no locks
//   open?, open        whether a session is open somewhere
//   wiped    all is deleted                        note     an app's own

import * as v from 'valibot';
import { isJson, type Json, type JsonObject, isJsonObject } from '../../base/json.ts';
import type { Extent } from '../store/extent.ts';
import type { OutboxEntry } from '../store/offline.ts';

const VERSION = 1;
const idCharsMax = 200;
const listMax = 100_000;
const jsonBounds = { depthMax: 32, nodesMax: 1_000_000 };

export type TabEntry = OutboxEntry & { readonly resets: number };

export type TabWords =
  | { readonly kind: 'base'; readonly resets: number; readonly updates: readonly Uint8Array[] }
  | { readonly kind: 'own'; readonly entries: readonly TabEntry[] }
  | {
      readonly kind: 'stored';
      readonly resets: number;
      readonly ids: readonly string[];
      readonly extent: Extent;
    }
  | { readonly kind: 'settle' | 'settled' | 'drop' | 'dropped'; readonly ids: readonly string[] }
  | { readonly kind: 'fact'; readonly facts: readonly (readonly [string, Json | undefined])[] }
  | { readonly kind: 'reset'; readonly resets: number; readonly handled: readonly string[] }
  | { readonly kind: 'hello'; readonly clocks: Uint8Array }
  | {
      readonly kind: 'answer';
      readonly to: string;
      readonly resets: number;
      readonly updates: readonly Uint8Array[];
      readonly entries: readonly TabEntry[];
      /** Words that no server may have are among the updates. */
      readonly isMixed?: boolean | undefined;
    }
  | { readonly kind: 'who' | 'beat' | 'bye' | 'open?' | 'open' | 'wiped' }
  | { readonly kind: 'note'; readonly note: Json };

/** A tab's words about something: a session by its id, or another topic of the store. */
export interface TabMessage {
  readonly from: string;
  readonly topic: string;
  readonly words: TabWords;
}

const word = v.pipe(v.string(), v.maxLength(idCharsMax));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const bytes = v.instance(Uint8Array);
const json = v.custom<Json>((value) => isJson(value, jsonBounds));
const intent = v.custom<JsonObject | null>(
  (value) => value === null || (isJson(value, jsonBounds) && isJsonObject(value)),
);
const ids = v.pipe(v.array(word), v.maxLength(listMax));
const numbers = v.pipe(v.array(count), v.maxLength(listMax * 30));
const updates = v.pipe(v.array(bytes), v.maxLength(listMax));
const entry: v.GenericSchema<unknown, TabEntry> = v.object({
  id: word,
  at: v.pipe(v.number(), v.finite()),
  client: count,
  update: bytes,
  intent,
  resets: count,
});
const entries = v.pipe(v.array(entry), v.maxLength(listMax));

const words: v.GenericSchema<unknown, TabWords> = v.variant('kind', [
  v.object({ kind: v.literal('base'), resets: count, updates }),
  v.object({ kind: v.literal('own'), entries }),
  v.object({
    kind: v.literal('stored'),
    resets: count,
    ids,
    extent: v.object({ structs: numbers, deletions: numbers }),
  }),
  v.object({ kind: v.picklist(['settle', 'settled', 'drop', 'dropped']), ids }),
  v.object({
    kind: v.literal('fact'),
    facts: v.pipe(v.array(v.tuple([word, v.union([json, v.undefined()])])), v.maxLength(listMax)),
  }),
  v.object({ kind: v.literal('reset'), resets: count, handled: ids }),
  v.object({ kind: v.literal('hello'), clocks: bytes }),
  v.object({
    kind: v.literal('answer'),
    to: word,
    resets: count,
    updates,
    entries,
    isMixed: v.optional(v.boolean()),
  }),
  v.object({ kind: v.picklist(['who', 'beat', 'bye', 'open?', 'open', 'wiped']) }),
  v.object({ kind: v.literal('note'), note: json }),
]);

const message = v.object({ v: v.literal(VERSION), from: word, topic: word, words });

export function encodeTabMessage({ from, topic, words: said }: TabMessage): unknown {
  return { v: VERSION, from, topic, words: said };
}

/** Never throws. */
export function decodeTabMessage(value: unknown): TabMessage | undefined {
  const result = v.safeParse(message, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

// What a write meant, kept beside its bytes in the outbox: by which verb, which ids it made,
// on which it leans, below which roots it wrote. The bytes say what the document gets; this
// says which write stands or falls with which other, and what to show of one that was refused,
// also after a reload.

import * as v from 'valibot';
import { isId } from '../base/id.ts';
import { isJson, type Json, type JsonObject } from '../base/json.ts';
import { isWritableRoot, type WritableRoot } from '../protocol/root-rights.ts';

export const verbs = [
  'create',
  'send',
  'edit',
  'regenerate',
  'steer',
  'cancel',
  'approve',
  'deny',
  'answer',
  'pause',
  'resume',
  'annotate',
  'retract',
  'rename',
  'reorder',
  'remove',
  'set-policy',
  'set-agent',
  'introduce',
  'choose',
  'fork',
] as const;

export type Verb = (typeof verbs)[number];

export interface Intent {
  readonly verb: Verb;
  /** What it made: messages, runs, replies to come, requests. */
  readonly ids: readonly string[];
  /** What it names. It cannot stand without those of them that the same device wrote. */
  readonly refs: readonly string[];
  readonly roots: readonly WritableRoot[];
  /** The words, where there are some that a person would want back. */
  readonly content?: Json | undefined;
  /** The write that this is, issued again. */
  readonly again?: string | undefined;
}

const CONTENT_DEPTH_MAX = 20;
const CONTENT_NODES_MAX = 40_000;
const IDS_MAX = 1_000;

const ids = v.pipe(v.array(v.custom<string>(isId)), v.maxLength(IDS_MAX));
const isContent = (value: unknown): boolean =>
  isJson(value, { depthMax: CONTENT_DEPTH_MAX, nodesMax: CONTENT_NODES_MAX });

const intentSchema: v.GenericSchema<unknown, Intent> = v.object({
  verb: v.picklist(verbs),
  ids,
  refs: ids,
  roots: v.array(
    v.custom<WritableRoot>((name) => typeof name === 'string' && isWritableRoot(name)),
  ),
  content: v.optional(v.custom<Json>(isContent)),
  again: v.optional(v.custom<string>(isId)),
});

/** Never throws. An outbox of another version may hold what is undefined here. */
export function decodeIntent(value: unknown): Intent | undefined {
  const result = v.safeParse(intentSchema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

/** As the store keeps it. */
export function encodeIntent(intent: Intent): JsonObject {
  const { verb, ids: made, refs, roots, content, again } = intent;
  return {
    verb,
    ids: made,
    refs,
    roots,
    ...(content !== undefined && { content }),
    ...(again !== undefined && { again }),
  };
}

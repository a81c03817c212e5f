// Words that were refused and are kept for the person who wrote them, with the reason in one
// sentence. They stay on the device until they are dismissed.

import * as v from 'valibot';
import { canonicalJson, isJson, type Json } from '../../base/json.ts';
import type { Part } from '../../session/part.ts';
import type { View } from '../../session/view.ts';
import { type Intent, type Verb, verbs } from '../intent.ts';
import type { KeptRecord } from '../store/offline.ts';

export interface KeptDraft {
  readonly id: string;
  /** Milliseconds since 1970, when it was written. */
  readonly at: number;
  readonly verb: Verb;
  /** What the verb was given: the content of a prompt, a title, a judgement. */
  readonly content: Json;
  /** The rule by which it was refused. */
  readonly rule: string;
  /** Why, for the person. */
  readonly reason: string;
}

const draftSchema: v.GenericSchema<unknown, Omit<KeptDraft, 'id'>> = v.object({
  at: v.pipe(v.number(), v.finite()),
  verb: v.picklist(verbs),
  content: v.custom<Json>((value) => isJson(value, { depthMax: 20, nodesMax: 40_000 })),
  rule: v.string(),
  reason: v.string(),
});

/** A draft that was read from the store; undefined where it is not one of ours. */
export function fromStored({ id, draft }: KeptRecord): KeptDraft | undefined {
  const read = v.safeParse(draftSchema, draft, { abortEarly: true });
  return read.success ? { id, ...read.output } : undefined;
}

export function toStored({ id, at, verb, content, rule, reason }: KeptDraft): KeptRecord {
  return { id, draft: { at, verb, content, rule, reason } };
}

/** The draft of a write that was refused; undefined where it had no words. */
export function keptOf(
  {
    id,
    at,
    intent,
  }: { readonly id: string; readonly at: number; readonly intent?: Intent | undefined },
  rule: string,
): KeptDraft | undefined {
  if (intent?.content === undefined) return undefined;
  const { verb, content } = intent;
  return { id, at, verb, content, rule, reason: reasonOf(rule) };
}

const reasons: Readonly<Record<string, string>> = {
  'read-only': 'You may only read this session now, so this was not sent.',
  right: 'You may not do this in this session, so it was not sent.',
  'session-full': 'The session is full, so this was not sent. Go on in a fork of it.',
  'delete-count': 'This deletes too much at once, so it was not done.',
  depends: 'This follows something that was not sent, so it was not sent either.',
  generation: 'The session was restored from an older state, which this no longer fits.',
};

/** For the person. */
export function reasonOf(rule: string): string {
  return reasons[rule] ?? `The server did not take this (${rule}). It is kept here.`;
}

/** One's own prompts that were there and are not any more, where no draft holds them. */
export function missingDrafts(
  before: View,
  after: View,
  principal: string,
  drafts: readonly KeptDraft[],
  newId: () => string,
): readonly KeptDraft[] {
  const held = new Set(drafts.map(({ content }) => canonicalJson(content)));
  const missing: KeptDraft[] = [];
  for (const message of before.messages) {
    const { id, author, role, createdAt, deleted, expected, parts } = message;
    if (author !== principal || role !== 'user' || deleted || expected) continue;
    if (after.messages.get(id) !== undefined) continue;
    const content = contentOf(parts);
    if (held.has(canonicalJson(content))) continue;
    const reason = reasonOf('generation');
    missing.push({ id: newId(), at: createdAt, verb: 'send', content, rule: 'generation', reason });
  }
  return missing;
}

/** A prompt's parts, as an app gives them. */
function contentOf(parts: readonly Part[]): Json {
  const [first] = parts;
  if (parts.length === 1 && first?.type === 'text') return first.text;
  return parts.flatMap((part): Json[] => {
    switch (part.type) {
      case 'text':
        return [{ type: 'text', text: part.text }];
      case 'file': {
        const { mediaType, size, hash, name } = part;
        return [{ type: 'file', mediaType, size, hash, name }];
      }
      case 'source': {
        const { title, url, mediaType, snippet } = part;
        return [{ type: 'source', title, url, mediaType, snippet }];
      }
      case 'data':
        return [{ type: 'data', name: part.name, data: part.data }];
      default:
        return [];
    }
  });
}

// What passes between search and the place where its index lives, be that a worker: requests
// that are answered once each, in their order. Both sides read what comes like a stranger's:
// a page may have an older worker than itself.

import * as v from 'valibot';
import { countSchema } from '../../protocol/envelope.ts';
import { isSessionId } from '../../protocol/session-id.ts';
import { searchLimits as limits } from './limits.ts';
import type { SearchHit } from './search-index.ts';
import { searchTextSchema, type SearchText } from './texts.ts';

export type SearchRequest =
  | {
      readonly type: 'put';
      readonly id: number;
      readonly session: string;
      readonly texts: readonly SearchText[];
    }
  | {
      readonly type: 'remove';
      readonly id: number;
      readonly session: string;
      readonly messages: readonly string[];
    }
  | { readonly type: 'forget'; readonly id: number; readonly session: string }
  | {
      readonly type: 'query';
      readonly id: number;
      readonly text: string;
      readonly limit: number;
      readonly session?: string | undefined;
      readonly now: number;
    };

export type SearchReply =
  /** `chars`: of all that is indexed now. */
  | { readonly type: 'done'; readonly id: number; readonly chars: number }
  | { readonly type: 'hits'; readonly id: number; readonly hits: readonly SearchHit[] };

const id = countSchema;
const session = v.custom<string>(isSessionId);

const requestSchema: v.GenericSchema<unknown, SearchRequest> = v.variant('type', [
  v.object({ type: v.literal('put'), id, session, texts: v.array(searchTextSchema) }),
  v.object({ type: v.literal('remove'), id, session, messages: v.array(v.string()) }),
  v.object({ type: v.literal('forget'), id, session }),
  v.object({
    type: v.literal('query'),
    id,
    text: v.pipe(v.string(), v.maxLength(limits.queryCharsMax)),
    limit: countSchema,
    session: v.optional(session),
    now: v.number(),
  }),
]);

const rangeSchema: v.GenericSchema<unknown, readonly [number, number]> = v.strictTuple([
  countSchema,
  countSchema,
]);
const hitSchema: v.GenericSchema<unknown, SearchHit> = v.object({
  session,
  message: v.nullable(v.string()),
  author: v.string(),
  at: countSchema,
  snippet: v.object({ text: v.string(), ranges: v.array(rangeSchema), isCut: v.boolean() }),
  score: v.number(),
});
const replySchema: v.GenericSchema<unknown, SearchReply> = v.variant('type', [
  v.object({ type: v.literal('done'), id, chars: countSchema }),
  v.object({ type: v.literal('hits'), id, hits: v.array(hitSchema) }),
]);

export function decodeSearchRequest(value: unknown): SearchRequest | undefined {
  const request = v.safeParse(requestSchema, value);
  return request.success ? request.output : undefined;
}

export function decodeSearchReply(value: unknown): SearchReply | undefined {
  const reply = v.safeParse(replySchema, value);
  return reply.success ? reply.output : undefined;
}

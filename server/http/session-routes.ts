// A session over HTTP: what was said in it, its state as one Yjs update, and its end.

import type { Log } from '../log/log.ts';
import type { Unavailable } from '../log/refusal.ts';
import { nothing, type Answer } from './answer.ts';
import { inSession, refusalAnswer, type Doorman } from './doorman.ts';
import { hasAlready } from './etag.ts';
import { failure, passing } from './failure.ts';
import { httpLimits } from './limits.ts';
import { preferred } from './preference.ts';
import { encodings, type Encoding, type RenderForm } from './render.ts';
import type { RenderAnswer, Renderer } from './renderer.ts';
import { route, type Asked, type Route } from './router.ts';

/** What the rooms know. */
export interface SessionStates {
  /** The committed state: v1 updates in causal order, then one update with all deletions. */
  state(session: string): Promise<
    | {
        readonly ok: true;
        readonly generation: string;
        readonly seq: number;
        readonly updates: readonly Uint8Array[];
      }
    | { readonly ok: false; readonly code: 'missing' | 'deleted' }
    | Unavailable
  >;
  /** Ends it for everybody and for ever. Asked for again, it is as good as done. */
  delete(
    session: string,
  ): Promise<
    { readonly ok: true } | { readonly ok: false; readonly code: 'missing' } | Unavailable
  >;
}

export interface SessionRouteOptions {
  readonly doorman: Doorman;
  readonly states: SessionStates;
  /** Where a session stands is known without reading it. */
  readonly log: Pick<Log, 'open'>;
  readonly renderer: Renderer;
  /** Takes away what a session has beside its log. Called before its end and after it. */
  readonly erase: (session: string) => Promise<void>;
}

const TYPES: Readonly<Record<RenderForm, string>> = {
  update: 'application/octet-stream',
  json: 'application/json; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
};

export function sessionRoutes(options: SessionRouteOptions): readonly Route[] {
  const { doorman, states, erase } = options;
  return [
    route(
      'GET',
      '/api/sessions/:session',
      inSession(doorman, ['read'], (asked, { principal }) => {
        const form = wantedForm(asked);
        const expected = { where: 'format', expected: 'json or markdown' };
        return form === undefined
          ? failure('bad-request', expected)
          : rendered(options, asked, form, principal.id);
      }),
    ),
    route(
      'GET',
      '/api/sessions/:session/state',
      inSession(doorman, ['read'], (asked, { principal }) =>
        rendered(options, asked, 'update', principal.id),
      ),
    ),
    route(
      'DELETE',
      '/api/sessions/:session',
      inSession(doorman, ['admin'], async ({ params: { session } }) => {
        // Before, so that a failure leaves a session whose deletion can be asked for again;
        // after, for what came while it ended.
        await erase(session);
        const deleted = await states.delete(session);
        if (!deleted.ok) return refusalAnswer(deleted);
        await erase(session);
        return nothing;
      }),
    ),
  ];
}

function wantedForm({ query, request }: Asked<'session'>): 'json' | 'markdown' | undefined {
  const named = query.get('format');
  if (named === 'json' || named === 'markdown') return named;
  if (named !== null) return undefined;
  const wanted = preferred(request.headers.accept, ['application/json', 'text/markdown']);
  return wanted === 'text/markdown' ? 'markdown' : 'json';
}

async function rendered(
  { states, log, renderer }: SessionRouteOptions,
  { params: { session }, request }: Asked<'session'>,
  form: RenderForm,
  principal: string,
): Promise<Answer> {
  const opened = await log.open(session);
  if (!opened.ok) return refusalAnswer(opened);
  const tag = tagOf(opened.head, form);
  if (hasAlready(request, tag))
    return { status: 304, headers: freshness(opened.head.generation, tag) };
  const place = renderer.enter(principal);
  if (place === undefined) return passing('busy');
  try {
    const state = await states.state(session);
    if (!state.ok) return refusalAnswer(state);
    const bytes = state.updates.reduce((sum, { length }) => sum + length, 0);
    const bytesMax = httpLimits.stateBytesMax;
    if (bytes > bytesMax) return failure('too-large', { bytesMax });
    const encoding = wantedEncoding(request.headers['accept-encoding']);
    const made = await place.render({ form, encoding, updates: state.updates });
    return answerOf(made, form, state);
  } finally {
    place.leave();
  }
}

function answerOf(made: RenderAnswer, form: RenderForm, at: Place): Answer {
  if (made.ok) {
    const { bytes, encoding } = made;
    const encoded = encoding === 'identity' ? {} : { 'content-encoding': encoding };
    const headers = {
      'content-type': TYPES[form],
      ...encoded,
      ...freshness(at.generation, tagOf(at, form)),
    };
    return { status: 200, headers, body: bytes };
  }
  switch (made.code) {
    case 'slow':
      return passing('unavailable', { reason: 'slow' });
    case 'too-large':
      return failure('too-large', { bytesMax: httpLimits.renderedBytesMax });
    case 'unreadable':
      return failure('unreadable');
  }
}

interface Place {
  readonly generation: string;
  readonly seq: number;
}

/** Weak: the same state can be encoded in several ways. */
const tagOf = (at: Place, form: string): string => `W/"${at.generation}-${at.seq}-${form}"`;

/** Kept by its reader alone, and asked about each time. A peer names the generation when it connects. */
const freshness = (generation: string, tag: string): Readonly<Record<string, string>> => ({
  etag: tag,
  'holdfast-generation': generation,
  'cache-control': 'private, no-cache',
  vary: 'authorization, accept, accept-encoding',
});

/** Uncompressed where nothing that is wanted can be made, as every client can read that. */
function wantedEncoding(header: string | undefined): Encoding {
  return header === undefined ? 'identity' : (preferred(header, encodings) ?? 'identity');
}

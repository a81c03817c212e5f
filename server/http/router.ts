// Which handler answers which address. A pattern is a path whose segments are words or
// `:names`; GET answers HEAD too. What no pattern knows is the page's, but for the
// addresses that are never a page.

import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { failure } from './failure.ts';
import type { Target } from './path.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

type Names<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;

/** A request, as its handler sees it. */
export interface Asked<Name extends string = never> {
  readonly params: Readonly<Record<Name, string>>;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  /** The request as a stream: its sender is told to go on where it waits for that. */
  readonly receive: () => IncomingMessage;
}

export type Handle<Name extends string = never> = (asked: Asked<Name>) => Answer | Promise<Answer>;

export interface Route {
  readonly method: Method;
  readonly pattern: string;
  readonly handle: Handle<string>;
}

export function route<Pattern extends string>(
  method: Method,
  pattern: Pattern,
  handle: Handle<Names<Pattern>>,
): Route {
  return { method, pattern, handle };
}

export type Found =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly answer: Answer }
  /** Nobody's address: the page's. */
  | undefined;

/** Never a page, whatever stands behind them. */
const RESERVED = new Set(['api', 'sync', 'library', 'agents', 'healthz', 'readyz', 'metrics']);
const SOCKETS = new Set(['sync', 'library', 'agents']);

interface Place {
  readonly segments: readonly string[];
  readonly routes: Route[];
}

export class Router {
  #places: readonly Place[];

  constructor(routes: readonly Route[]) {
    const places = new Map<string, Place>();
    for (const entry of routes) {
      const place = places.get(entry.pattern) ?? {
        segments: entry.pattern.slice(1).split('/'),
        routes: [],
      };
      place.routes.push(entry);
      places.set(entry.pattern, place);
    }
    this.#places = [...places.values()];
  }

  find(method: string, { segments }: Target): Found {
    for (const place of this.#places) {
      const params = match(place.segments, segments);
      if (params === undefined) continue;
      const asked = method === 'HEAD' ? 'GET' : method;
      const found = place.routes.find((entry) => entry.method === asked);
      return found === undefined
        ? { answer: failure('method', {}, { allow: allowed(place.routes) }) }
        : { route: found, params };
    }
    const [first = ''] = segments;
    if (SOCKETS.has(first)) return { answer: failure('socket', {}, { upgrade: 'websocket' }) };
    return RESERVED.has(first) ? { answer: failure('no-such-address') } : undefined;
  }
}

/** In the order in which they were given: of two patterns that fit, the first counts. */
function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const segment = segments[at] ?? '';
    if (expected.startsWith(':')) {
      if (segment === '') return undefined;
      params[expected.slice(1)] = segment;
    } else if (expected !== segment) return undefined;
  }
  return params;
}

function allowed(routes: readonly Route[]): string {
  const methods = routes.map(({ method }) => method as string);
  if (methods.includes('GET')) methods.push('HEAD');
  return methods.toSorted().join(', ');
}

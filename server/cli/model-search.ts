// Which model there is to talk to without a word of configuration: the one that the environment names,
// else one that runs on this machine where Ollama or llama.cpp usually listen. Looking takes a
// moment at most, and finding none is no fault.

import * as v from 'valibot';
import type { Clock } from '../../src/base/clock.ts';
import type { Surroundings } from './surroundings.ts';

export interface FoundModel {
  readonly baseUrl: string;
  readonly model: string;
  /** For people: `OPENAI_BASE_URL`, `Ollama`, `llama.cpp`. */
  readonly from: string;
}

export interface ModelSearch {
  readonly env: Surroundings['env'];
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** After which nobody is waited for. */
export const searchMsMax = 300;

const PLACES = [
  { from: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { from: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
] as const;

/** Never rejects. */
export async function findModel(search: ModelSearch): Promise<FoundModel | undefined> {
  const baseUrl = search.env['OPENAI_BASE_URL'];
  const named = search.env['OPENAI_MODEL'] || undefined;
  if (baseUrl) {
    const model = named ?? (await firstModel(baseUrl, search)) ?? 'default';
    return { baseUrl, model, from: 'OPENAI_BASE_URL' };
  }
  const found = await Promise.all(PLACES.map((place) => firstModel(place.baseUrl, search)));
  for (const [at, place] of PLACES.entries()) {
    const model = found[at];
    if (model !== undefined) return { ...place, model: named ?? model };
  }
  return undefined;
}

const listSchema = v.object({ data: v.array(v.object({ id: v.string() })) });

/** The first that the server lists; undefined where it has none, or is none. */
async function firstModel(baseUrl: string, search: ModelSearch): Promise<string | undefined> {
  const { env, clock, fetch } = search;
  const late = new AbortController();
  const cancel = clock.after(searchMsMax, () => late.abort());
  try {
    const key = env['OPENAI_API_KEY'];
    const isNamed = env['OPENAI_BASE_URL'] === baseUrl;
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      signal: late.signal,
      // The key belongs to the server that was named with it.
      headers: key && isNamed ? { authorization: `Bearer ${key}` } : {},
    });
    if (!response.ok) return undefined;
    const list = v.safeParse(listSchema, await response.json());
    return list.success ? list.output.data[0]?.id : undefined;
  } catch {
    return undefined;
  } finally {
    cancel();
  }
}

// The desk over HTTP, for programs without a socket. Values are JSON here, not its text.

import * as v from 'valibot';
import type { Clock } from '../../src/base/clock.ts';
import type { Json } from '../../src/base/json.ts';
import { rowKeySchema } from '../../src/protocol/library.ts';
import { limits } from '../../src/protocol/limits.ts';
import type { Claims } from '../../src/protocol/token.ts';
import { jsonAnswer, type Answer } from '../http/answer.ts';
import { readJson } from '../http/body.ts';
import { refusalAnswer, signedIn, type Doorman } from '../http/doorman.ts';
import { failure, passing } from '../http/failure.ts';
import { route, type Asked, type Route } from '../http/router.ts';
import type { Row } from '../log/rows.ts';
import type { Desk } from './desk.ts';

export interface DeskRouteOptions {
  readonly doorman: Doorman;
  readonly desk: Desk;
  readonly clock: Clock;
}

const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A write without a value removes the row. */
const writeSchema = v.object({
  value: v.optional(v.custom<Json>(() => true)),
  known: v.optional(countSchema, 0),
});

export function deskRoutes({ doorman, desk, clock }: DeskRouteOptions): readonly Route[] {
  return [
    route(
      'GET',
      '/api/desk',
      signedIn(doorman, ({ query }, claims) => read(desk, query, claims)),
    ),
    route(
      'PUT',
      '/api/desk/:key',
      signedIn<'key'>(doorman, (asked, claims) => write(desk, asked, claims, clock)),
    ),
  ];
}

async function read(desk: Desk, query: URLSearchParams, { sub }: Claims): Promise<Answer> {
  const after = v.safeParse(countSchema, Number(query.get('after') ?? 0));
  if (!after.success) return failure('bad-request', { where: 'after' });
  const found = await desk.since(sub, after.output, limits.rowsPageMax + 1);
  if (!found.ok) return refusalAnswer(found);
  const rows = found.rows.slice(0, limits.rowsPageMax);
  return jsonAnswer({ rows: rows.map(shown), more: found.rows.length > rows.length });
}

async function write(
  desk: Desk,
  asked: Asked<'key'>,
  { sub }: Claims,
  clock: Clock,
): Promise<Answer> {
  const key = v.safeParse(rowKeySchema, asked.params.key);
  if (!key.success) return failure('bad-request', { where: 'key' });
  const body = await readJson(asked, writeSchema, clock);
  if (!body.ok) return body.answer;
  const { value, known } = body.value;
  const json = value === undefined ? undefined : JSON.stringify(value);
  if (json !== undefined && Buffer.byteLength(json) > limits.rowBytesMax) {
    return failure('too-large', { bytesMax: limits.rowBytesMax });
  }
  const written = await desk.write(sub, { key: key.output, json, known });
  if (written.ok) return jsonAnswer(shown(written.row));
  switch (written.code) {
    case 'full':
      return failure('desk-full', { rowsMax: limits.rowsMax });
    case 'busy':
      return passing('busy');
    case 'unavailable':
      return refusalAnswer(written);
  }
}

/** What is missing was removed. */
function shown({ key, json, seq, alternative }: Row): object {
  const value = (text: string | undefined): unknown =>
    text === undefined ? undefined : (JSON.parse(text) as unknown);
  return { key, value: value(json), seq, alternative: value(alternative) };
}

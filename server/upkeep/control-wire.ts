// What is said over a control socket: HTTP, one POST for each call with its arguments as a
// JSON array, and its answer as JSON. Only pages of a session are bytes: a line of JSON that
// says how long each piece is, then the pieces.

import * as v from 'valibot';
import { HoldfastError } from '../../src/base/error.ts';
import type { LogRecord, Page, Read } from '../log/log.ts';

/** Another one is another language: both sides name theirs. */
export const controlVersion = 1;

export const calls = ['about', 'list', 'open', 'read', 'members', 'copy', 'check'] as const;

export type Call = (typeof calls)[number];

/** The address of a call. */
export const callPath = (call: Call): string => `/v${controlVersion}/${call}`;

export class ControlError extends HoldfastError<
  'control-lost' | 'control-denied' | 'control-version' | 'control-garbled'
> {
  override readonly name = 'ControlError';
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const head = { session: v.string(), generation: v.string(), seq: whole, base: whole };
const unavailable = v.object({
  ok: v.literal(false),
  code: v.literal('unavailable'),
  reason: v.picklist(['full', 'locked', 'damaged']),
  stored: v.picklist(['no', 'unknown']),
});
const refusal = v.variant('code', [
  v.object({ ok: v.literal(false), code: v.literal('missing') }),
  v.object({ ok: v.literal(false), code: v.literal('deleted') }),
  unavailable,
]);
const ok = v.literal(true);

/** The answers that are JSON. */
export const answers = {
  about: v.object({
    version: whole,
    pid: whole,
    url: v.optional(v.string()),
    faults: v.array(v.string()),
  }),
  list: v.union([
    v.object({
      ok,
      sessions: v.array(
        v.object({ ...head, bytes: whole, createdAt: v.number(), changedAt: v.number() }),
      ),
    }),
    unavailable,
  ]),
  open: v.union([v.object({ ok, head: v.object(head) }), refusal]),
  members: v.union([
    v.object({ ok, members: v.array(v.object({ principal: v.string(), role: v.string() })) }),
    refusal,
  ]),
  copy: v.union([v.object({ ok, path: v.string() }), unavailable]),
  check: v.union([
    v.object({
      ok,
      rows: whole,
      faults: v.array(v.string()),
      next: v.optional(v.object({ table: v.string(), after: v.array(v.string()) })),
    }),
    unavailable,
  ]),
} as const;

/** The arguments of a call, as they are asked for. */
export const questions = {
  about: v.tuple([]),
  list: v.tuple([v.string(), whole]),
  open: v.tuple([v.string()]),
  read: v.tuple([v.string(), whole]),
  members: v.tuple([v.string()]),
  copy: v.tuple([]),
  check: v.tuple([v.nullable(v.object({ table: v.string(), after: v.array(v.string()) }))]),
} as const;

const pageHead = v.object({
  ok,
  seq: whole,
  /** Its `through`, and the lengths of its two pieces. */
  snapshot: v.nullable(v.tuple([whole, whole, whole])),
  /** The seq of the first, and the length of each. */
  first: whole,
  records: v.array(whole),
});

/** As pieces, so that nobody has to copy them. */
export function encodeRead(read: Read): readonly Uint8Array[] {
  if (!read.ok) return [line(read)];
  const { snapshot, records, seq } = read;
  const through =
    snapshot === undefined
      ? null
      : [snapshot.through, snapshot.bytes.length, snapshot.index.length];
  const lengths = records.map(({ bytes }) => bytes.length);
  const first = records[0]?.seq ?? 0;
  return [
    line({ ok: true, seq, snapshot: through, first, records: lengths }),
    ...(snapshot === undefined ? [] : [snapshot.bytes, snapshot.index]),
    ...records.map(({ bytes }) => bytes),
  ];
}

const line = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);

/** Throws a ControlError. */
export function decodeRead(session: string, body: Buffer): Read {
  const end = body.indexOf(10);
  const said = parseJson(body.subarray(0, Math.max(end, 0)));
  const refused = v.safeParse(refusal, said);
  if (refused.success) return refused.output;
  const told = v.safeParse(pageHead, said);
  if (!told.success) throw garbled();
  let at = end + 1;
  const piece = (length: number): Uint8Array => {
    at += length;
    if (at > body.length) throw garbled();
    return new Uint8Array(body.buffer, body.byteOffset + at - length, length);
  };
  const { seq, first, snapshot: merged } = told.output;
  const snapshot: Page['snapshot'] = merged === null ? undefined : snapshotOf(merged, piece);
  const records = told.output.records.map((length, index): LogRecord => ({
    session,
    seq: first + index,
    bytes: piece(length),
  }));
  return { ok: true, seq, snapshot, records };
}

function snapshotOf(
  [through, bytes, index]: readonly [number, number, number],
  piece: (length: number) => Uint8Array,
): Page['snapshot'] {
  return { through, bytes: piece(bytes), index: piece(index) };
}

/** Undefined where it is none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

export function garbled(): ControlError {
  const message =
    'The server on this folder said something that is no answer: is it of the same version as this command?';
  return new ControlError('control-garbled', message);
}

// What every JSON message of ours begins with: the version it is written in, a number to
// answer to, and its type. `command.ts` and `library.ts` say what follows.
//
//   { "v": [1, 0], "id": 7, "type": "renew-token", ... }
//   { "v": [1, 0], "id": 3, "re": 7, "type": "token-renewed", ... }
//
// Keys that a message does not know are left out. A type that is not known is ignored
// when it comes from a newer minor version, and is an error otherwise; another major
// version is refused.

import * as v from 'valibot';
import { parseJson } from './json-text.ts';
import { limits } from './limits.ts';
import { type Refusal, refusal } from './refusal.ts';
import { type ProtocolVersion, protocolVersion } from './version.ts';

export interface Envelope {
  /** Counts up from 1 on each connection and side. */
  readonly id: number;
  /** In an answer, the id of what it answers. */
  readonly re?: number | undefined;
}

/** A kind of message for each type. */
export type EnvelopeSchemas<Message extends Envelope & { readonly type: string }> = {
  readonly [T in Message['type']]: v.GenericSchema<unknown, Extract<Message, { type: T }>>;
};

/** A message, or something to pass over: a type that only a newer minor version knows. */
export type Opened<Message> =
  | { readonly ok: true; readonly message: Message; readonly version: ProtocolVersion }
  | { readonly ok: true; readonly ignored: string };

/** Why a message is refused. `re` is its id, where that could be read, for the answer. */
export interface EnvelopeRefusal extends Refusal {
  readonly re?: number;
}

export const countSchema: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
);

export const textSchema = (charsMax: number): v.GenericSchema<unknown, string> =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(charsMax));

/** The fields of an envelope, for the schema of a message. */
export const envelopeFields: {
  readonly id: v.GenericSchema<unknown, number>;
  readonly re: v.OptionalSchema<v.GenericSchema<unknown, number>, undefined>;
} = { id: countSchema, re: v.optional(countSchema) };

const headSchema = v.object({
  v: v.strictTuple([countSchema, countSchema]),
  id: countSchema,
  type: textSchema(limits.wordCharsMax),
});

/** In our version. */
export function seal(message: Envelope): string {
  return JSON.stringify({ v: [protocolVersion.major, protocolVersion.minor], ...message });
}

export function open<Message extends Envelope & { readonly type: string }>(
  json: string,
  schemas: EnvelopeSchemas<Message>,
): Opened<Message> | EnvelopeRefusal {
  const value = parseJson(json);
  if (value === undefined) return refusal('json-shape');
  const head = v.safeParse(headSchema, value);
  if (!head.success) return refusal('command-shape');
  const { id, type } = head.output;
  const [major, minor] = head.output.v;
  if (major !== protocolVersion.major) return { ...refusal('command-version'), re: id };
  if (!isKnown(type, schemas)) {
    return minor > protocolVersion.minor
      ? { ok: true, ignored: type }
      : { ...refusal('command-unknown'), re: id };
  }
  const message = v.safeParse(schemas[type], value, { abortEarly: true });
  return message.success
    ? { ok: true, message: message.output, version: { major, minor } }
    : { ...refusal('command-shape'), re: id };
}

function isKnown<Message extends Envelope & { readonly type: string }>(
  type: string,
  schemas: EnvelopeSchemas<Message>,
): type is Message['type'] {
  return Object.hasOwn(schemas, type);
}

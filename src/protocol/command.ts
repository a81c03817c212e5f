// Commands: what peers that know Holdfast say to one another beside the document.
// Each is one JSON object in a frame of type 103, a request, an answer or an event,
// and says which version of the protocol it is written in.
//
//   { "v": [1, 0], "id": 7, "type": "renew-token", ... }
//   { "v": [1, 0], "id": 3, "re": 7, "type": "token-renewed", ... }
//
// Keys that a command does not know are left out. A type that is not known is
// ignored when it comes from a newer minor version, and is an error otherwise;
// another major version is refused.

import * as v from 'valibot';
import { parseJson } from './json-text.ts';
import { limits } from './limits.ts';
import { type Refusal, refusal, type WireRule, wireRules } from './refusal.ts';
import { type Right, rights, rightSchema } from './token.ts';
import { type ProtocolVersion, protocolVersion } from './version.ts';

interface Envelope {
  /** Counts up from 1 on each connection and side. */
  readonly id: number;
  /** In an answer, the id of what it answers. */
  readonly re?: number | undefined;
}

/** The first frame of a connection, from the client. */
export interface Hello extends Envelope {
  readonly type: 'hello';
  /** Missing where the connection brought one already, by header or subprotocol. */
  readonly token?: string | undefined;
  /** The generation of what the client has; missing where it has nothing. */
  readonly generation?: string | undefined;
}

/** The server has let the client in. */
export interface Ready extends Envelope {
  readonly type: 'ready';
  /** Changes when the session went back to an older state: what the client has is then not a part of it. */
  readonly generation: string;
  /** Changes with every start of the server's log. */
  readonly incarnation: string;
  readonly principal: string;
  readonly rights: readonly Right[];
  /** When the token ends, in milliseconds since 1970 by the server's clock. */
  readonly expiresAt: number;
}

/** An update was refused as a whole, for good; later ones of this client are ignored. */
export interface Refused extends Envelope {
  readonly type: 'refused';
  readonly client: number;
  /** The first clock that was refused. */
  readonly clock: number;
  /** A rule of the wire or of the server's gate. */
  readonly rule: string;
}

/** From the client, before its token ends. */
export interface RenewToken extends Envelope {
  readonly type: 'renew-token';
  readonly token: string;
}

export interface TokenRenewed extends Envelope {
  readonly type: 'token-renewed';
  readonly rights: readonly Right[];
  readonly expiresAt: number;
}

/** The request named by `re` failed, or a command was not understood. */
export interface CommandError extends Envelope {
  readonly type: 'error';
  /** Stable, for programs. */
  readonly code: string;
  /** What happened and what to do, for people. */
  readonly message: string;
  /** The same request can succeed later. */
  readonly retryable: boolean;
}

export type Command = Hello | Ready | Refused | RenewToken | TokenRenewed | CommandError;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = (charsMax: number): v.GenericSchema<unknown, string> =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(charsMax));
const word = text(limits.wordCharsMax);
const token = text(limits.tokenBytesMax);
const rightList = v.pipe(v.array(rightSchema), v.maxLength(rights.length));
const envelope = { id: count, re: v.optional(count) };

type Schemas = {
  readonly [T in Command['type']]: v.GenericSchema<unknown, Extract<Command, { type: T }>>;
};

/** How each command looks on the wire, its version aside. */
export const commandSchemas: Schemas = {
  hello: v.object({
    ...envelope,
    type: v.literal('hello'),
    token: v.optional(token),
    generation: v.optional(word),
  }),
  ready: v.object({
    ...envelope,
    type: v.literal('ready'),
    generation: word,
    incarnation: word,
    principal: text(limits.principalCharsMax),
    rights: rightList,
    expiresAt: count,
  }),
  refused: v.object({
    ...envelope,
    type: v.literal('refused'),
    client: count,
    clock: count,
    rule: word,
  }),
  'renew-token': v.object({ ...envelope, type: v.literal('renew-token'), token }),
  'token-renewed': v.object({
    ...envelope,
    type: v.literal('token-renewed'),
    rights: rightList,
    expiresAt: count,
  }),
  error: v.object({
    ...envelope,
    type: v.literal('error'),
    code: word,
    message: text(limits.sentenceCharsMax),
    retryable: v.boolean(),
  }),
};

const headSchema = v.object({ v: v.strictTuple([count, count]), id: count, type: word });

/** The JSON of a command frame, in our version. */
export function encodeCommand(command: Command): string {
  return JSON.stringify({ v: [protocolVersion.major, protocolVersion.minor], ...command });
}

/** A command, or something to pass over: a type that only a newer minor version knows. */
export type DecodedCommand =
  | { readonly ok: true; readonly command: Command; readonly version: ProtocolVersion }
  | { readonly ok: true; readonly ignored: string };

/** Why a command is refused. `re` is its id, where that could be read, for the answer. */
export interface CommandRefusal extends Refusal {
  readonly re?: number;
}

export function decodeCommand(json: string): DecodedCommand | CommandRefusal {
  const value = parseJson(json);
  if (value === undefined) return refusal('json-shape');
  const head = v.safeParse(headSchema, value);
  if (!head.success) return refusal('command-shape');
  const {
    id,
    type,
    v: [major, minor],
  } = head.output;
  if (major !== protocolVersion.major) return { ...refusal('command-version'), re: id };
  if (!isKnown(type)) {
    return minor > protocolVersion.minor
      ? { ok: true, ignored: type }
      : { ...refusal('command-unknown'), re: id };
  }
  const command = v.safeParse(commandSchemas[type], value, { abortEarly: true });
  return command.success
    ? { ok: true, command: command.output, version: { major, minor } }
    : { ...refusal('command-shape'), re: id };
}

/** The answer to a command that was refused. */
export function refusedCommand(id: number, { rule, re }: CommandRefusal): CommandError {
  const message = `This was not understood: ${wireRules[rule]}.`;
  return { id, re, type: 'error', code: rule satisfies WireRule, message, retryable: false };
}

const isKnown = (type: string): type is Command['type'] => Object.hasOwn(commandSchemas, type);

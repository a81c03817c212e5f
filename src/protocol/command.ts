// Commands: what peers that know Holdfast say to one another beside the document.
// Each is one JSON object in a frame of type 103, a request, an answer or an event, in the
// envelope of all our messages (envelope.ts). What the holder of a run says, and is told,
// stands in claim.ts.

import * as v from 'valibot';
import { type ClaimCommand, claimSchemas } from './claim.ts';
import {
  countSchema,
  envelopeFields,
  open,
  seal,
  textSchema,
  type Envelope,
  type EnvelopeRefusal,
  type EnvelopeSchemas,
} from './envelope.ts';
import { limits } from './limits.ts';
import { type WireRule, wireRules } from './refusal.ts';
import { type Right, rights, rightSchema } from './token.ts';
import type { ProtocolVersion } from './version.ts';

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

/** Which agents wait for runs of this session: after `ready`, and whenever it is another number. */
export interface AgentsHere extends Envelope {
  readonly type: 'agents';
  /** By name. Whoever is not named has nobody: a run for it waits. */
  readonly agents: readonly { readonly name: string; readonly connected: number }[];
}

export type Command =
  | Hello
  | Ready
  | Refused
  | RenewToken
  | TokenRenewed
  | AgentsHere
  | ClaimCommand
  | CommandError;

const word = textSchema(limits.wordCharsMax);
const token = textSchema(limits.tokenBytesMax);
const rightList = v.pipe(v.array(rightSchema), v.maxLength(rights.length));

/** How each command looks on the wire, its version aside. */
export const commandSchemas: EnvelopeSchemas<Command> = {
  hello: v.object({
    ...envelopeFields,
    type: v.literal('hello'),
    token: v.optional(token),
    generation: v.optional(word),
  }),
  ready: v.object({
    ...envelopeFields,
    type: v.literal('ready'),
    generation: word,
    incarnation: word,
    principal: textSchema(limits.principalCharsMax),
    rights: rightList,
    expiresAt: countSchema,
  }),
  refused: v.object({
    ...envelopeFields,
    type: v.literal('refused'),
    client: countSchema,
    clock: countSchema,
    rule: word,
  }),
  'renew-token': v.object({ ...envelopeFields, type: v.literal('renew-token'), token }),
  'token-renewed': v.object({
    ...envelopeFields,
    type: v.literal('token-renewed'),
    rights: rightList,
    expiresAt: countSchema,
  }),
  agents: v.object({
    ...envelopeFields,
    type: v.literal('agents'),
    agents: v.pipe(
      v.array(v.object({ name: textSchema(limits.nameCharsMax), connected: countSchema })),
      v.maxLength(limits.agentNamesMax),
    ),
  }),
  ...claimSchemas,
  error: v.object({
    ...envelopeFields,
    type: v.literal('error'),
    code: word,
    message: textSchema(limits.sentenceCharsMax),
    retryable: v.boolean(),
  }),
};

/** The JSON of a command frame, in our version. */
export function encodeCommand(command: Command): string {
  return seal(command);
}

/** A command, or something to pass over: a type that only a newer minor version knows. */
export type DecodedCommand =
  | { readonly ok: true; readonly command: Command; readonly version: ProtocolVersion }
  | { readonly ok: true; readonly ignored: string };

/** Why a command is refused. */
export type CommandRefusal = EnvelopeRefusal;

export function decodeCommand(json: string): DecodedCommand | CommandRefusal {
  const opened = open(json, commandSchemas);
  if (!opened.ok || 'ignored' in opened) return opened;
  const { message, version } = opened;
  return { ok: true, command: message, version };
}

/** The answer to a command that was refused. */
export function refusedCommand(id: number, { rule, re }: CommandRefusal): CommandError {
  const message = `This was not understood: ${wireRules[rule]}.`;
  return { id, re, type: 'error', code: rule satisfies WireRule, message, retryable: false };
}

// What the holder of a run and the server say to one another. The holder asks, the server
// writes it into the document and answers when that is durable; so the holder acts on
// nothing that could still be lost. Commands are obeyed in order with the updates of their
// connection: what was written before `advance` belongs to the run, what comes after does not.
//
//     holder                              server
//     claim ----------------------------->
//           <----------------------------- claimed (epoch, lanes) | error
//     updates under the lanes, renew every few seconds ... <------ done
//     advance, ack, usage, title, release ->
//           <----------------------------- done | error
//           <----------------------------- lease-lost: nothing is taken from it any more

import * as v from 'valibot';
import type { JsonObject } from '../base/json.ts';
import { isId } from '../base/id.ts';
import {
  countSchema,
  envelopeFields,
  textSchema,
  type Envelope,
  type EnvelopeSchemas,
} from './envelope.ts';
import { limits } from './limits.ts';

/** A client to write under, and the clock of the next struct. */
export interface GrantedLane {
  readonly client: number;
  readonly clock: number;
}

/** Asks for an offered run. */
export interface ClaimRun extends Envelope {
  readonly type: 'claim';
  readonly run: string;
  /** How many lanes; one where it is missing. */
  readonly lanes?: number | undefined;
  /** Takes it from its present holder, which the right `control` allows. */
  readonly take?: boolean | undefined;
}

/** The run is the asker's, and that is durable. */
export interface Claimed extends Envelope {
  readonly type: 'claimed';
  readonly run: string;
  /** Every later command names it. */
  readonly epoch: number;
  /** Written in by nobody else; the first is the reply's own. */
  readonly lanes: readonly GrantedLane[];
  /** How long the claim lives without being renewed. */
  readonly leaseMs: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly expiresAt: number;
}

interface OfHolder extends Envelope {
  readonly run: string;
  readonly epoch: number;
}

/** The holder is alive. Answered by `done` with `expiresAt`. */
export interface RenewClaim extends OfHolder {
  readonly type: 'renew';
}

/** Moves the run along its table. */
export interface AdvanceRun extends OfHolder {
  readonly type: 'advance';
  readonly to: 'waiting' | 'running' | 'complete' | 'cancelled' | 'failed';
  /** What a waiting run waits for, in a word. */
  readonly for?: string | undefined;
  /** Of a failed one, safe to show. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** Answers a control request. */
export interface AckRequest extends OfHolder {
  readonly type: 'ack';
  readonly request: string;
  readonly state: 'accepted' | 'settled' | 'refused' | 'void';
  readonly reason?: string | undefined;
  /** Where in the reply it took effect. */
  readonly place?: AckPlace | undefined;
}

export interface AckPlace {
  readonly message: string;
  readonly part?: string | undefined;
  /** UTF-16 units of that part. */
  readonly chars?: number | undefined;
  readonly step?: string | undefined;
}

/** Replaces what was reported of what the run cost. */
export interface ReportUsage extends OfHolder {
  readonly type: 'usage';
  readonly usage: JsonObject;
}

/** Names the session, as long as no person did. */
export interface NameSession extends OfHolder {
  readonly type: 'title';
  readonly title: string;
}

/** Gives the run back: somebody else may go on at once. */
export interface ReleaseClaim extends OfHolder {
  readonly type: 'release';
}

/** What the command named by `re` asked for is durable. */
export interface Done extends Envelope {
  readonly type: 'done';
  /** After `renew`: when the claim ends now. */
  readonly expiresAt?: number | undefined;
}

/** The claim is over, and its lanes with it. */
export interface LeaseLost extends OfHolder {
  readonly type: 'lease-lost';
  readonly why: 'expired' | 'taken-over' | 'revoked';
}

/** What a holder asks once it has a claim. */
export type HolderRequest =
  | RenewClaim
  | AdvanceRun
  | AckRequest
  | ReportUsage
  | NameSession
  | ReleaseClaim;

export type ClaimRequest = ClaimRun | HolderRequest;

export type ClaimCommand = ClaimRequest | Claimed | Done | LeaseLost;

const id = v.custom<string>(isId);
const word = textSchema(limits.wordCharsMax);
const sentence = textSchema(limits.sentenceCharsMax);
const epoch = v.pipe(countSchema, v.minValue(1));
const ofHolder = { ...envelopeFields, run: id, epoch };
const lane: v.GenericSchema<unknown, GrantedLane> = v.object({
  client: countSchema,
  clock: countSchema,
});
const place: v.GenericSchema<unknown, AckPlace> = v.object({
  message: id,
  part: v.optional(id),
  chars: v.optional(countSchema),
  step: v.optional(id),
});
/** Counts, and words such as the name of a model. */
const usage: v.GenericSchema<unknown, JsonObject> = v.pipe(
  v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(limits.wordCharsMax)),
    v.union([v.pipe(v.number(), v.finite()), sentence]),
  ),
  v.maxEntries(limits.usageKeysMax),
);

export const claimSchemas: EnvelopeSchemas<ClaimCommand> = {
  claim: v.object({
    ...envelopeFields,
    type: v.literal('claim'),
    run: id,
    lanes: v.optional(v.pipe(countSchema, v.minValue(1), v.maxValue(limits.claimLanesMax))),
    take: v.optional(v.boolean()),
  }),
  claimed: v.object({
    ...ofHolder,
    type: v.literal('claimed'),
    lanes: v.pipe(v.array(lane), v.minLength(1), v.maxLength(limits.claimLanesMax)),
    leaseMs: countSchema,
    expiresAt: countSchema,
  }),
  renew: v.object({ ...ofHolder, type: v.literal('renew') }),
  advance: v.object({
    ...ofHolder,
    type: v.literal('advance'),
    to: v.picklist(['waiting', 'running', 'complete', 'cancelled', 'failed']),
    for: v.optional(textSchema(limits.nameCharsMax)),
    error: v.optional(v.object({ code: word, message: sentence })),
  }),
  ack: v.object({
    ...ofHolder,
    type: v.literal('ack'),
    request: id,
    state: v.picklist(['accepted', 'settled', 'refused', 'void']),
    reason: v.optional(sentence),
    place: v.optional(place),
  }),
  usage: v.object({ ...ofHolder, type: v.literal('usage'), usage }),
  title: v.object({
    ...ofHolder,
    type: v.literal('title'),
    title: textSchema(limits.sentenceCharsMax),
  }),
  release: v.object({ ...ofHolder, type: v.literal('release') }),
  done: v.object({
    ...envelopeFields,
    type: v.literal('done'),
    expiresAt: v.optional(countSchema),
  }),
  'lease-lost': v.object({
    ...ofHolder,
    type: v.literal('lease-lost'),
    why: v.picklist(['expired', 'taken-over', 'revoked']),
  }),
};

/** Whether a command is the business of a session's bookkeeping. */
export function isClaimRequest(command: { readonly type: string }): command is ClaimRequest {
  return requests.has(command.type);
}

const requests: ReadonlySet<string> = new Set([
  'claim',
  'renew',
  'advance',
  'ack',
  'usage',
  'title',
  'release',
] satisfies readonly ClaimRequest['type'][]);

// What an agent and the server say to one another on `WS /agents/:name`, where an agent
// waits for runs that are addressed to its name, in every session that its token may see.
// Messages of text, each one JSON object in the envelope of all our messages. The words
// themselves are written in the sessions; an offer only says where there is work.
//
//     agent                        server
//     hello (concurrency) ------->
//           <--------------------- ready
//           <--------------------- offer (session, run): meant for this connection alone
//     accept | decline ---------->
//           ... joins the session there, claims, writes, ends ...
//     finished ------------------> its place is free again
//
// An offer that is not answered in time is made to somebody else, and one that was accepted
// and not claimed in time as well.

import * as v from 'valibot';
import { isId } from '../base/id.ts';
import {
  countSchema,
  envelopeFields,
  open,
  seal,
  textSchema,
  type Envelope,
  type EnvelopeRefusal,
  type EnvelopeSchemas,
  type Opened,
} from './envelope.ts';
import { limits } from './limits.ts';
import { isSessionId } from './session-id.ts';
import { type Right, rights, rightSchema } from './token.ts';

/** The first message, from the agent, within 5 s. */
export interface AgentHello extends Envelope {
  readonly type: 'hello';
  /** Missing where the connection brought one already. */
  readonly token?: string | undefined;
  /** How many runs it takes at once; 0 while it takes none. */
  readonly concurrency: number;
}

export interface AgentReady extends Envelope {
  readonly type: 'ready';
  readonly incarnation: string;
  readonly principal: string;
  readonly rights: readonly Right[];
  readonly expiresAt: number;
}

/** From now on it takes so many at once. 0: it stops, and keeps what it has. */
export interface AgentCapacity extends Envelope {
  readonly type: 'capacity';
  readonly concurrency: number;
}

interface OfRun extends Envelope {
  readonly session: string;
  readonly run: string;
}

/** A run to claim. */
export interface Offer extends OfRun {
  readonly type: 'offer';
  /** `stalled`: somebody began it, and it is to be continued. */
  readonly state: 'queued' | 'stalled';
}

/** It will claim the run. */
export interface AcceptOffer extends OfRun {
  readonly type: 'accept';
}

/** It will not: somebody else is asked. */
export interface DeclineOffer extends OfRun {
  readonly type: 'decline';
}

/** It has nothing to do with the run any more, whatever became of it. */
export interface FinishedRun extends OfRun {
  readonly type: 'finished';
}

/** The offer does not stand any more; where it was accepted, its place is free again. */
export interface OfferGone extends OfRun {
  readonly type: 'gone';
}

export interface RenewAgentToken extends Envelope {
  readonly type: 'renew-token';
  readonly token: string;
}

export interface AgentTokenRenewed extends Envelope {
  readonly type: 'token-renewed';
  readonly rights: readonly Right[];
  readonly expiresAt: number;
}

/** Every 15 s, so that silence means that the connection is lost. */
export interface AgentBeat extends Envelope {
  readonly type: 'beat';
}

export interface AgentError extends Envelope {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What an agent says. */
export type AgentRequest =
  | AgentHello
  | AgentCapacity
  | AcceptOffer
  | DeclineOffer
  | FinishedRun
  | RenewAgentToken;

/** What the server says. */
export type AgentNews = AgentReady | Offer | OfferGone | AgentTokenRenewed | AgentBeat | AgentError;

const token = textSchema(limits.tokenBytesMax);
const concurrency = v.pipe(countSchema, v.maxValue(limits.agentRunsMax));
const ofRun = {
  ...envelopeFields,
  session: v.custom<string>(isSessionId),
  run: v.custom<string>(isId),
};
const rightList = v.pipe(v.array(rightSchema), v.maxLength(rights.length));

export const agentRequestSchemas: EnvelopeSchemas<AgentRequest> = {
  hello: v.object({
    ...envelopeFields,
    type: v.literal('hello'),
    token: v.optional(token),
    concurrency,
  }),
  capacity: v.object({ ...envelopeFields, type: v.literal('capacity'), concurrency }),
  accept: v.object({ ...ofRun, type: v.literal('accept') }),
  decline: v.object({ ...ofRun, type: v.literal('decline') }),
  finished: v.object({ ...ofRun, type: v.literal('finished') }),
  'renew-token': v.object({ ...envelopeFields, type: v.literal('renew-token'), token }),
};

export const agentNewsSchemas: EnvelopeSchemas<AgentNews> = {
  ready: v.object({
    ...envelopeFields,
    type: v.literal('ready'),
    incarnation: textSchema(limits.wordCharsMax),
    principal: textSchema(limits.principalCharsMax),
    rights: rightList,
    expiresAt: countSchema,
  }),
  offer: v.object({
    ...ofRun,
    type: v.literal('offer'),
    state: v.picklist(['queued', 'stalled']),
  }),
  gone: v.object({ ...ofRun, type: v.literal('gone') }),
  'token-renewed': v.object({
    ...envelopeFields,
    type: v.literal('token-renewed'),
    rights: rightList,
    expiresAt: countSchema,
  }),
  beat: v.object({ ...envelopeFields, type: v.literal('beat') }),
  error: v.object({
    ...envelopeFields,
    type: v.literal('error'),
    code: textSchema(limits.wordCharsMax),
    message: textSchema(limits.sentenceCharsMax),
    retryable: v.boolean(),
  }),
};

/** The text of a message, in our version. */
export function encodeAgentMessage(message: AgentRequest | AgentNews): string {
  return seal(message);
}

export function decodeAgentRequest(text: string): Opened<AgentRequest> | EnvelopeRefusal {
  return open(text, agentRequestSchemas);
}

export function decodeAgentNews(text: string): Opened<AgentNews> | EnvelopeRefusal {
  return open(text, agentNewsSchemas);
}

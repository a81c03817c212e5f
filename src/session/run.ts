// A run is one agent's answer to one message. The peer that asks writes its head
// once, in the same transaction as the message; from then on the server alone
// writes its bookkeeping (bookkeeping.ts), so that cancel against completion and
// claim against claim are each one decision at one place.
//
//     queued --claim--> running <--wait/proceed--> waiting
//       |                 |  ^                      |
//       |                 |  '------- claim --------|---.   (epoch + 1)
//       | cancel, fail    +-------- lose -----------+-> stalled
//       v                 v                         v    |
//     cancelled | failed  complete | cancelled | failed <+  (cancel, fail)
//
// A final run never changes.

import * as v from 'valibot';
import { isId } from '../base/id.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import {
  countSchema,
  decode,
  fields,
  idSchema,
  isMessageId,
  isPrincipal,
  isText,
  isTime,
  nameSchema,
  optional,
  principalSchema,
  sentenceSchema,
  timeSchema,
} from './decode.ts';
import { limits } from './limits.ts';
import { RUN } from './shape.ts';

export interface RunHead {
  readonly id: string;
  /** The name of the agent that is asked. */
  readonly agent: string;
  /** The message to answer. */
  readonly message: string;
  /** The id that the reply will have, named by the asker so that others can follow it before it exists. */
  readonly reply: string;
  readonly createdBy: string;
  readonly createdAt: number;
  /** The run that asked, of a sub-run. */
  readonly parentRun?: string | undefined;
}

/** Why a run was cancelled: asked by a control request, or settled while it was still queued. */
export type CancelReason = 'asked' | 'withdrawn' | 'replaced' | 'steered';

/** What went wrong, safe to show. `code` is for programs: `rejected`, `crashed`, or the agent's own. */
export interface RunError {
  readonly code: string;
  readonly message: string;
}

/** Where a run stands. Each state carries only its own fields; `at` is when it was entered, by the server. */
export type RunStatus =
  /** `at` is absent until the server has seen it and applied the policy. */
  | { readonly state: 'queued'; readonly at?: number | undefined }
  | { readonly state: 'running'; readonly at: number }
  | { readonly state: 'waiting'; readonly at: number; readonly for: string }
  | { readonly state: 'stalled'; readonly at: number }
  | { readonly state: 'complete'; readonly at: number }
  | {
      readonly state: 'cancelled';
      readonly at: number;
      readonly why: CancelReason;
      /** The run that took its place (`replaced`), or the one it steers (`steered`). */
      readonly run?: string | undefined;
    }
  | { readonly state: 'failed'; readonly at: number; readonly error: RunError };

export type RunState = RunStatus['state'];

/** Who may write the reply. Epochs only rise; a lower one is a zombie's. */
export interface Claim {
  readonly holder: string;
  readonly epoch: number;
  readonly since: number;
}

/** Counts as the agent reports them (`inputTokens`, `outputTokens`, `costUsd`, ...). */
export type Usage = JsonObject;

export interface Run extends RunHead {
  readonly status: RunStatus;
  /** The last claim; null before the first. A stalled or final run keeps it as a record. */
  readonly claim: Claim | null;
  readonly usage: Usage | null;
  /** When the first claim was granted; null while nobody ever held it. */
  readonly startedAt: number | null;
  /**
   * The place in the queue: lower first. `createdAt` unless somebody moved it; a move
   * that comes when the run has left the queue has no effect.
   */
  readonly order: number;
}

export type RunEvent = 'claim' | 'wait' | 'proceed' | 'complete' | 'cancel' | 'fail' | 'lose';

type Row = { readonly [On in RunEvent]: RunState | null };

const never: Row = {
  claim: null,
  wait: null,
  proceed: null,
  complete: null,
  cancel: null,
  fail: null,
  lose: null,
};

/** The whole machine: where each event leads from each state, null where it is refused. */
export const runTable: { readonly [From in RunState]: Row } = {
  queued: { ...never, claim: 'running', cancel: 'cancelled', fail: 'failed' },
  running: {
    ...never,
    wait: 'waiting',
    complete: 'complete',
    cancel: 'cancelled',
    fail: 'failed',
    lose: 'stalled',
  },
  waiting: {
    ...never,
    wait: 'waiting',
    proceed: 'running',
    complete: 'complete',
    cancel: 'cancelled',
    fail: 'failed',
    lose: 'stalled',
  },
  stalled: { ...never, claim: 'running', cancel: 'cancelled', fail: 'failed' },
  complete: never,
  cancelled: never,
  failed: never,
};

const finalStates: ReadonlySet<RunState> = new Set(['complete', 'cancelled', 'failed']);

export const isFinal = (state: RunState): boolean => finalStates.has(state);

/** Whether somebody holds it, or held it and may come back: what a new prompt has to wait for. */
export const isActive = (state: RunState): boolean => state !== 'queued' && !isFinal(state);

/** Whether its claim is good: the holder may write. */
export const isHeld = (state: RunState): boolean => state === 'running' || state === 'waiting';

/** Ended before anybody began: its reply will never come. */
export const neverStarted = (run: Run): boolean =>
  isFinal(run.status.state) && run.startedAt === null;

const headSchema = fields<RunHead>({
  id: isId,
  agent: isText(limits.nameCharsMax, 1),
  message: isId,
  reply: isMessageId,
  createdBy: isPrincipal,
  createdAt: isTime,
  parentRun: optional(isId),
});

const errorSchema: v.GenericSchema<unknown, RunError> = v.looseObject({
  code: nameSchema,
  message: sentenceSchema,
});

const statusSchemas: { readonly [State in RunState]: v.GenericSchema<unknown, RunStatus> } = {
  queued: v.looseObject({ state: v.literal('queued'), at: v.optional(timeSchema) }),
  running: v.looseObject({ state: v.literal('running'), at: timeSchema }),
  waiting: v.looseObject({ state: v.literal('waiting'), at: timeSchema, for: nameSchema }),
  stalled: v.looseObject({ state: v.literal('stalled'), at: timeSchema }),
  complete: v.looseObject({ state: v.literal('complete'), at: timeSchema }),
  cancelled: v.looseObject({
    state: v.literal('cancelled'),
    at: timeSchema,
    why: v.picklist(['asked', 'withdrawn', 'replaced', 'steered']),
    run: v.optional(idSchema),
  }),
  failed: v.looseObject({ state: v.literal('failed'), at: timeSchema, error: errorSchema }),
};

const isRunState = (state: unknown): state is RunState =>
  typeof state === 'string' && Object.hasOwn(statusSchemas, state);

/** Looked up by the state: `v.variant` tries one after the other, and makes a sentence about each that fails. */
const statusSchema: v.GenericSchema<unknown, RunStatus> = v.lazy((status: unknown) => {
  const state = isJsonObject(status) ? status['state'] : undefined;
  return isRunState(state) ? statusSchemas[state] : v.never();
});

const claimSchema: v.GenericSchema<unknown, Claim> = v.looseObject({
  holder: principalSchema,
  epoch: v.pipe(countSchema, v.minValue(1)),
  since: timeSchema,
});

const usageSchema: v.GenericSchema<unknown, Usage> = v.record(v.string(), v.any());
const orderSchema = v.pipe(v.number(), v.finite());

const valueSchemas = {
  status: statusSchema,
  claim: claimSchema,
  usage: usageSchema,
  startedAt: timeSchema,
  order: orderSchema,
} as const;

/** Whether a value can be read where it is to be written. */
export const isRunValue = (key: keyof typeof valueSchemas, value: unknown): boolean =>
  decode<unknown>(valueSchemas[key], value) !== undefined;

const QUEUED: RunStatus = Object.freeze({ state: 'queued' });

const decodeRunHead = (value: unknown): RunHead | undefined => decode(headSchema, value);

/** What is wrong with a stored run, beside the run as far as it can be read. */
export interface DecodedRun {
  readonly run: Run;
  /** The keys that were there but malformed, and so were left out. */
  readonly malformed: readonly string[];
}

/** Reads a run by its keys. Undefined where the head is malformed; never throws. */
export function decodeRun(stored: (key: string) => unknown): DecodedRun | undefined {
  const head = decodeRunHead(stored(RUN.head));
  if (head === undefined) return undefined;
  const malformed: string[] = [];
  const known = <Shape>(
    key: string,
    schema: v.GenericSchema<unknown, Shape>,
  ): Shape | undefined => {
    const value = stored(key);
    if (value === undefined) return undefined;
    const decoded = decode(schema, value);
    if (decoded === undefined) malformed.push(key);
    return decoded;
  };
  const status = known(RUN.status, statusSchema) ?? QUEUED;
  const moved = known(RUN.order, orderSchema);
  const run: Run = {
    ...head,
    status,
    claim: known(RUN.claim, claimSchema) ?? null,
    usage: known(RUN.usage, usageSchema) ?? null,
    startedAt: known(RUN.startedAt, timeSchema) ?? null,
    order: (status.state === 'queued' ? moved : undefined) ?? head.createdAt,
  };
  return { run: Object.freeze(run), malformed };
}

/** Queue order: by `order`, then by who asked first, then by id, so that all devices agree. */
export function compareQueued(a: Run, b: Run): number {
  return a.order - b.order || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

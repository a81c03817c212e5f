// A tool call inside a reply: its states, in the words that the AI SDK made common,
// and what each of them knows. The run's holder is the only writer of these
// states; an approval is asked for here and answered by a control request, whose
// winner the run's acks record.
//
//   input-streaming -> input-available -> approval-requested -> approval-responded
//          |                 |                    |                     |
//          +-----------------+--------+-----------+---------------------+
//                                     v
//                 output-available | output-error | output-denied
//
// `output-available` may be written again while it is preliminary.

import * as v from 'valibot';
import { sha256Hex } from './hash.ts';
import { canonicalJson, type Json } from '../base/json.ts';
import {
  decode,
  idSchema,
  jsonSchema,
  nameSchema,
  principalSchema,
  sentenceSchema,
  timeSchema,
} from './decode.ts';

export type ToolState =
  | 'input-streaming'
  | 'input-available'
  | 'approval-requested'
  | 'approval-responded'
  | 'output-available'
  | 'output-error'
  | 'output-denied';

/** What the agent asks people to allow. */
export interface Approval {
  /** `argumentHash` of the input that is asked about; a decision names it. */
  readonly hash: string;
  /** Why the agent asks, for people to read. */
  readonly reason?: string | undefined;
  /** Milliseconds since 1970 after which the agent takes silence for a denial. */
  readonly deadline?: number | undefined;
}

/** The decision the agent obeyed. */
export interface Decision {
  readonly approved: boolean;
  /** The control request that won; absent where the deadline decided. */
  readonly request?: string | undefined;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

interface ToolBase {
  readonly type: 'tool';
  readonly id: string;
  readonly name: string;
  readonly step?: string | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

export type ToolPart = ToolBase &
  (
    | { readonly state: 'input-streaming'; readonly rawInput: string }
    | { readonly state: 'input-available'; readonly input: Json }
    | { readonly state: 'approval-requested'; readonly input: Json; readonly approval: Approval }
    | {
        readonly state: 'approval-responded';
        readonly input: Json;
        readonly approval: Approval;
        readonly decision: Decision;
      }
    | {
        readonly state: 'output-available';
        readonly input: Json;
        readonly output: Json;
        /** True while a later output may replace this one. */
        readonly preliminary: boolean;
        readonly approval?: Approval | undefined;
        readonly decision?: Decision | undefined;
      }
    | {
        readonly state: 'output-error';
        readonly error: string;
        /** Absent where the input itself could not be read; `rawInput` has what came. */
        readonly input?: Json | undefined;
        readonly rawInput?: string | undefined;
      }
    | {
        readonly state: 'output-denied';
        readonly input: Json;
        readonly approval?: Approval | undefined;
        readonly decision?: Decision | undefined;
      }
  );

/** Which states may follow. Total: a state added to the type does not compile without its row. */
export const toolTable: { readonly [From in ToolState]: readonly ToolState[] } = {
  'input-streaming': ['input-available', 'output-error'],
  'input-available': ['approval-requested', 'output-available', 'output-error', 'output-denied'],
  'approval-requested': ['approval-responded', 'output-error', 'output-denied'],
  'approval-responded': ['output-available', 'output-error', 'output-denied'],
  'output-available': ['output-available', 'output-error'],
  'output-error': [],
  'output-denied': [],
};

/** A tool's name and states as a reply stores them: the keys of its part, undecoded. */
export interface StoredTool {
  readonly input: unknown;
  readonly output: unknown;
  readonly error: unknown;
  readonly approval: unknown;
  readonly decision: unknown;
  readonly rawInput: string;
}

const approvalSchema: v.GenericSchema<unknown, Approval> = v.looseObject({
  hash: nameSchema,
  reason: v.optional(sentenceSchema),
  deadline: v.optional(timeSchema),
});

const decisionSchema: v.GenericSchema<unknown, Decision> = v.looseObject({
  approved: v.boolean(),
  request: v.optional(idSchema),
  by: v.optional(principalSchema),
  reason: v.optional(sentenceSchema),
});

export const decodeApproval = (value: unknown): Approval | undefined =>
  decode(approvalSchema, value);

export const decodeDecision = (value: unknown): Decision | undefined =>
  decode(decisionSchema, value);

const preliminarySchema = v.looseObject({ value: jsonSchema, preliminary: v.literal(true) });
const finalSchema = v.looseObject({ value: jsonSchema });

/**
 * The part of a state, or undefined where what the state needs is not there. An
 * `output` is stored as `{ value, preliminary? }`, because a tool may well return null.
 */
export function decodeTool(
  base: ToolBase,
  state: ToolState,
  stored: StoredTool,
): ToolPart | undefined {
  if (state === 'input-streaming') return { ...base, state, rawInput: stored.rawInput };
  const input = decode(finalSchema, stored.input)?.value;
  if (state === 'output-error') {
    const error = decode(sentenceSchema, stored.error);
    if (error === undefined) return undefined;
    return input === undefined
      ? { ...base, state, error, rawInput: stored.rawInput }
      : { ...base, state, error, input };
  }
  if (input === undefined) return undefined;
  if (state === 'input-available') return { ...base, state, input };
  return decodeAnswered(base, state, input, stored);
}

function decodeAnswered(
  base: ToolBase,
  state: Exclude<ToolState, 'input-streaming' | 'input-available' | 'output-error'>,
  input: Json,
  stored: StoredTool,
): ToolPart | undefined {
  const approval = decodeApproval(stored.approval);
  const decision = decodeDecision(stored.decision);
  if (state === 'approval-requested') {
    return approval && { ...base, state, input, approval };
  }
  if (state === 'approval-responded') {
    return approval && decision && { ...base, state, input, approval, decision };
  }
  const known = { ...(approval && { approval }), ...(decision && { decision }) };
  if (state === 'output-denied') return { ...base, state, input, ...known };
  const output = decode(finalSchema, stored.output);
  if (output === undefined) return undefined;
  const preliminary = isPreliminary(stored.output);
  return { ...base, state, input, output: output.value, preliminary, ...known };
}

const stateSchema = v.looseObject({ state: v.string() });

export const isToolState = (state: string): state is ToolState => Object.hasOwn(toolTable, state);

/** The state that a tool part stores; a part that has none yet streams its input. */
export function decodeToolState(stored: unknown): ToolState | undefined {
  if (stored === undefined) return 'input-streaming';
  const state = decode(stateSchema, stored)?.state;
  return state !== undefined && isToolState(state) ? state : undefined;
}

/** The stored input of a tool part, undefined while it has none. */
export const decodeToolInput = (stored: unknown): Json | undefined =>
  decode(finalSchema, stored)?.value;

/** Whether a later output may replace the stored one. */
export const isPreliminary = (stored: unknown): boolean =>
  decode(preliminarySchema, stored) !== undefined;

/**
 * What an approval binds to: SHA-256 (hex) of the canonical JSON of the arguments.
 * Two inputs have one hash exactly when they are the same value.
 */
export function argumentHash(input: Json): string {
  return sha256Hex(canonicalJson(input));
}

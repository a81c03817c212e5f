// Control requests and what became of them. A request is immutable, names its run,
// and may arrive before it; the answer is an ack in the run, written by the server
// at the holder's command or by the server itself. A disconnect is never a cancel.
//
//     requested -> accepted -> settled      with the place where it took effect
//     requested -> refused                  with who and why
//     requested -> void                     it came too late, or was decided otherwise

import * as v from 'valibot';
import type { Json } from '../base/json.ts';
import {
  countSchema,
  decode,
  idSchema,
  jsonSchema,
  nameSchema,
  principalSchema,
  sentenceSchema,
  timeSchema,
} from './decode.ts';

interface RequestBase {
  readonly id: string;
  readonly run: string;
  /** Who asks. A claim, until a server confirms it. */
  readonly by: string;
  readonly at: number;
  readonly reason?: string | undefined;
}

/** The output of a tool, or why there is none. */
export type ToolAnswer = { readonly output: Json } | { readonly error: string };

export type ControlRequest = RequestBase &
  (
    | {
        readonly kind: 'cancel';
        /** `tree` (the default) reaches the runs below as well. */
        readonly scope: 'tree' | 'run';
      }
    | {
        readonly kind: 'steer';
        /** The message that carries the words. */
        readonly message: string;
        /** The queued run of that message, which proceeds if the steer comes too late. */
        readonly queued: string;
      }
    | {
        readonly kind: 'approve' | 'deny';
        /** The tool part that asks. */
        readonly call: string;
        /** `argumentHash` of the input that the person saw. */
        readonly hash: string;
      }
    | {
        /** What a device gives for a tool call that it carried out itself. */
        readonly kind: 'answer';
        readonly call: string;
        /** `argumentHash` of the input that it was carried out with. */
        readonly hash: string;
        readonly result: ToolAnswer;
      }
    | { readonly kind: 'pause' | 'resume' }
    | {
        readonly kind: 'replace';
        /** The run, with a message of its own, that shall stand in its place. */
        readonly with: string;
      }
  );

export type RequestKind = ControlRequest['kind'];

export type AckState = 'accepted' | 'settled' | 'refused' | 'void';

/** A point in a reply: how much of which part was written when something took effect. */
export interface Place {
  readonly message: string;
  readonly part?: string | undefined;
  /** UTF-16 units of that part. */
  readonly chars?: number | undefined;
  readonly step?: string | undefined;
}

/** What became of a request. */
export interface Ack {
  readonly state: AckState;
  /** Who answered: the holder, or `server`. */
  readonly by: string;
  readonly at: number;
  /** Why it was refused or is void: a code such as `run-final`, or the holder's words. */
  readonly reason?: string | undefined;
  readonly place?: Place | undefined;
}

export type RequestState = 'requested' | AckState;

/** Which states may follow; the ends are final. Total. */
export const ackTable: { readonly [From in RequestState]: readonly AckState[] } = {
  requested: ['accepted', 'settled', 'refused', 'void'],
  accepted: ['settled'],
  settled: [],
  refused: [],
  void: [],
};

/** Whether an answer is still to come or still being carried out. */
export const isOpen = (state: RequestState): boolean => ackTable[state].length > 0;

const base = {
  id: idSchema,
  run: idSchema,
  by: principalSchema,
  at: timeSchema,
  reason: v.optional(sentenceSchema),
};

const requestSchema: v.GenericSchema<unknown, ControlRequest> = v.variant('kind', [
  v.looseObject({
    ...base,
    kind: v.literal('cancel'),
    scope: v.optional(v.picklist(['tree', 'run']), 'tree'),
  }),
  v.looseObject({ ...base, kind: v.literal('steer'), message: idSchema, queued: idSchema }),
  v.looseObject({
    ...base,
    kind: v.picklist(['approve', 'deny']),
    call: idSchema,
    hash: nameSchema,
  }),
  v.looseObject({
    ...base,
    kind: v.literal('answer'),
    call: idSchema,
    hash: nameSchema,
    result: v.union([
      v.looseObject({ output: jsonSchema }),
      v.looseObject({ error: sentenceSchema }),
    ]),
  }),
  v.looseObject({ ...base, kind: v.picklist(['pause', 'resume']) }),
  v.looseObject({ ...base, kind: v.literal('replace'), with: idSchema }),
]);

const placeSchema: v.GenericSchema<unknown, Place> = v.looseObject({
  message: idSchema,
  part: v.optional(idSchema),
  chars: v.optional(countSchema),
  step: v.optional(idSchema),
});

const ackSchema: v.GenericSchema<unknown, Ack> = v.looseObject({
  state: v.picklist(['accepted', 'settled', 'refused', 'void']),
  by: principalSchema,
  at: timeSchema,
  reason: v.optional(sentenceSchema),
  place: v.optional(placeSchema),
});

/** Never throws. A request of a kind that this version does not know is undefined too. */
export const decodeRequest = (value: unknown): ControlRequest | undefined =>
  decode(requestSchema, value);

export const decodeAck = (value: unknown): Ack | undefined => decode(ackSchema, value);

/** The immutable JSON that `control` stores, without what a reader fills in. */
export type NewRequest = ControlRequest extends infer One
  ? One extends ControlRequest
    ? Omit<One, 'id' | 'by' | 'at'>
    : never
  : never;

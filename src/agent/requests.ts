// What people ask of one run while it goes on, as its holder finds it in the document: a cancel,
// steers, decisions on its tool calls. Answers are given by whoever reads a request; what nobody
// read is answered by the server when the run ends.

import type { Part } from '../session/part.ts';
import type { Request } from '../session/record-list.ts';
import type { View } from '../session/view.ts';

export type SteerRequest = Request & { readonly kind: 'steer' };
/** What is said about a tool call. */
export type CallRequest = Extract<Request, { kind: 'approve' | 'deny' | 'answer' }>;

/** The steers that nobody read yet, oldest first. */
export function openSteers(view: View, run: string): readonly SteerRequest[] {
  return [...view.requests]
    .filter((request): request is SteerRequest => request.kind === 'steer')
    .filter(({ run: of, state }) => of === run && state === 'requested')
    .filter(({ message, queued }) => {
      const words = view.runs.get(queued);
      const hasArrived = view.messages.get(message) !== undefined;
      return hasArrived && words?.status.state === 'queued' && words.status.at !== undefined;
    })
    .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** The steers that were read already, by whoever held the run then, in the order of reading. */
export function readSteers(view: View, run: string): readonly SteerRequest[] {
  return [...view.requests]
    .filter((request): request is SteerRequest => request.kind === 'steer')
    .filter(({ run: of, state }) => of === run && (state === 'accepted' || state === 'settled'))
    .toSorted((a, b) => (a.ack?.at ?? 0) - (b.ack?.at ?? 0));
}

/** The decisions on a tool call that nobody answered yet, in the order in which they came to be known. */
export const openDecisions = (view: View, run: string, call: string): readonly CallRequest[] =>
  openOn(view, run, call).filter(({ kind }) => kind !== 'answer');

/** The answers to a tool call that nobody took or refused yet, in that order. */
export const openAnswers = (view: View, run: string, call: string): readonly CallRequest[] =>
  openOn(view, run, call).filter(({ kind }) => kind === 'answer');

function openOn(view: View, run: string, call: string): readonly CallRequest[] {
  return [...view.requests]
    .filter((request): request is CallRequest => isOnCall(request))
    .filter((one) => one.run === run && one.call === call && one.state === 'requested');
}

/** The words of a message, joined. */
export const wordsIn = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

const isOnCall = (request: Request): request is CallRequest =>
  request.kind === 'approve' || request.kind === 'deny' || request.kind === 'answer';

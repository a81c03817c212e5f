// What a verb writes with: the document, who writes, when, and under which new ids.
// Verbs are functions over a pen, so that each can be read and tested by itself;
// Session is their face.

import type * as Y from 'yjs';
import type { Clock } from '../base/clock.ts';
import { decodeRequest, type NewRequest } from './control.ts';
import { sessionError } from './error.ts';
import { limits } from './limits.ts';
import { checkId } from './prompt.ts';
import type { Run, RunHead } from './run.ts';
import { RUN, type Roots } from './shape.ts';
import { storable } from './store.ts';
import type { Message } from './message.ts';
import type { View } from './view.ts';
import { Map as YMap } from 'yjs';

export interface Pen {
  readonly doc: Y.Doc;
  readonly roots: Roots;
  readonly principal: string;
  readonly clock: Clock;
  readonly createId: () => string;
  /** As of now. */
  readonly view: () => View;
}

/** Writes an immutable request. Returns its id. Call it inside a transaction. */
export function writeRequest(pen: Pen, request: NewRequest): string {
  checkId(request.run, 'A run id');
  const id = pen.createId();
  const stored = storable({ ...request, id, by: pen.principal, at: pen.clock.now() }, 'A request');
  if (decodeRequest(stored) === undefined) {
    const text = `A request has a reason of at most ${limits.sentenceCharsMax} characters.`;
    throw sessionError('bad-input', text, { run: request.run });
  }
  pen.roots.control.set(id, stored);
  return id;
}

/** Writes a run's entry, once and whole: its creator makes its containers with it. Call it inside a transaction. */
export function writeRun(
  pen: Pen,
  run: Pick<RunHead, 'agent' | 'message'> & { parentRun?: string | undefined },
): { readonly run: string; readonly reply: string } {
  const head: RunHead = {
    id: pen.createId(),
    agent: run.agent,
    message: run.message,
    reply: pen.createId(),
    createdBy: pen.principal,
    createdAt: pen.clock.now(),
    parentRun: run.parentRun,
  };
  const entry = new YMap<unknown>([
    [RUN.head, storable(head, 'A run')],
    [RUN.acks, new YMap()],
  ]);
  pen.roots.runs.set(head.id, entry);
  return { run: head.id, reply: head.reply };
}

export function knownMessage(pen: Pen, id: string): Message {
  const message = pen.view().messages.get(id);
  if (message !== undefined) return message;
  throw sessionError('not-found', `There is no message ${id} in this session.`, { message: id });
}

export function knownRun(pen: Pen, id: string): Run {
  const run = pen.view().runs.get(id);
  if (run !== undefined) return run;
  throw sessionError('not-found', `There is no run ${id} in this session.`, { run: id });
}

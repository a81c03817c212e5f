// Verbs on messages: send, edit, regenerate, delete, steer, and the prompt of a
// sub-agent. Each is one transaction, the message before the run that answers it,
// so that no peer ever holds a run without its message.

import * as Y from 'yjs';
import { sessionError } from './error.ts';
import type { MessageHead } from './message.ts';
import { knownMessage, knownRun, type Pen, writeRequest, writeRun } from './pen.ts';
import { type PromptContent, storePrompt } from './prompt.ts';
import { isFinal, type Run } from './run.ts';
import { limits } from './limits.ts';
import { MESSAGE } from './shape.ts';
import { line, storable } from './store.ts';

/** What a prompt may say beside its words. */
export interface SendOptions {
  /** The message it follows; the end of the shown path where absent, null to begin anew. */
  readonly parent?: string | null;
  /** The agent that is asked; the session's own where absent, null to ask none. */
  readonly agent?: string | null;
}

/** What a prompt brought into being. */
export interface Sent {
  readonly message: string;
  /** Null where no agent was asked. */
  readonly run: string | null;
  /** The id that the reply will have. */
  readonly reply: string | null;
}

export function send(pen: Pen, content: PromptContent, options: SendOptions): Sent {
  const parts = storePrompt(content);
  const parent = options.parent === undefined ? lastOf(pen) : options.parent;
  if (parent !== null) knownMessage(pen, parent);
  const agent = agentFor(pen, options.agent);
  return pen.doc.transact(() => {
    const message = writePrompt(pen, { parent }, parts);
    return ask(pen, message, agent);
  }, pen);
}

/** A sibling with other words. Of a prompt whose run is still queued, it takes the place in the queue. */
export function edit(pen: Pen, id: string, content: PromptContent, options: SendOptions): Sent {
  const original = knownMessage(pen, id);
  if (original.role === 'assistant') {
    throw sessionError('bad-input', 'A reply is not edited; regenerate it.', { message: id });
  }
  if (original.within !== undefined) {
    throw sessionError(
      'bad-input',
      'What a run asked another agent is not edited; steer the run.',
      {
        message: id,
        run: original.within,
      },
    );
  }
  const parts = storePrompt(content);
  const before = runOf(pen, id);
  const agent = agentFor(pen, options.agent === undefined ? before?.agent : options.agent);
  return pen.doc.transact(() => {
    const message = writePrompt(pen, { parent: original.parent }, parts);
    const sent = ask(pen, message, agent);
    if (before?.status.state === 'queued' && sent.run !== null) {
      writeRequest(pen, { kind: 'replace', run: before.id, with: sent.run });
    }
    return sent;
  }, pen);
}

/** Another reply to the same message, beside the one that is there. Takes a reply or the prompt itself. */
export function regenerate(pen: Pen, id: string, options: Pick<SendOptions, 'agent'>): Sent {
  const message = knownMessage(pen, id);
  const before = message.run === undefined ? runOf(pen, id) : pen.view().runs.get(message.run);
  const asked = message.role === 'assistant' ? before?.message : id;
  const agent = agentFor(pen, options.agent ?? before?.agent);
  if (asked === undefined || agent === null) {
    throw sessionError(
      'bad-input',
      `The message ${id} answers nothing that could be asked again.`,
      {
        message: id,
      },
    );
  }
  return pen.doc.transact(() => ask(pen, asked, agent), pen);
}

/** Takes one's own words away and keeps the place. A run of it that is still queued is withdrawn. */
export function remove(pen: Pen, id: string): void {
  const message = knownMessage(pen, id);
  if (message.author !== pen.principal) {
    throw sessionError('not-author', 'Only its author can delete a message.', {
      message: id,
      author: message.author,
    });
  }
  const entry = entryOf(pen, id);
  const waiting = [...pen.view().runs].filter(
    (run) => run.message === id && run.status.state === 'queued',
  );
  pen.doc.transact(() => {
    entry.delete(MESSAGE.parts);
    for (const run of waiting) writeRequest(pen, { kind: 'cancel', run: run.id, scope: 'tree' });
  }, pen);
}

/**
 * Words for a run that goes on. They stand in the transcript as a message; if the run
 * ends before it reads them, they are an ordinary queued prompt.
 */
export function steer(
  pen: Pen,
  runId: string,
  content: PromptContent,
): Sent & { request: string | null } {
  const run = knownRun(pen, runId);
  const parts = storePrompt(content);
  return pen.doc.transact(() => {
    const over = isFinal(run.status.state);
    const message = writePrompt(
      pen,
      { parent: run.reply, steers: over ? undefined : run.id },
      parts,
    );
    const sent = ask(pen, message, run.agent);
    const request =
      over || sent.run === null
        ? null
        : writeRequest(pen, { kind: 'steer', run: run.id, message, queued: sent.run });
    return { ...sent, request };
  }, pen);
}

/** A prompt from one agent to another, inside a run: beside the main line, answered by a sub-run. */
export function sendWithin(
  pen: Pen,
  parentRun: string,
  agent: string,
  content: PromptContent,
): Sent {
  const above = knownRun(pen, parentRun);
  if (depthOf(pen, above) >= limits.runDepthMax) {
    throw sessionError('bad-input', `Runs nest at most ${limits.runDepthMax} deep.`, {
      run: parentRun,
    });
  }
  const parts = storePrompt(content);
  const name = line(agent, 'An agent name', limits.nameCharsMax);
  return pen.doc.transact(() => {
    const message = writePrompt(pen, { parent: null, within: parentRun }, parts);
    const sent = writeRun(pen, { agent: name, message, parentRun });
    return { message, ...sent };
  }, pen);
}

/** The stored entry of a message that is in the document. */
export function entryOf(pen: Pen, id: string): Y.Map<unknown> {
  for (const entry of pen.roots.messages) {
    if (!(entry instanceof Y.Map)) continue;
    const head: unknown = entry.get(MESSAGE.head);
    if (typeof head === 'object' && head !== null && 'id' in head && head.id === id) return entry;
  }
  throw sessionError('not-found', `The message ${id} is not written yet.`, { message: id });
}

function writePrompt(
  pen: Pen,
  place: Pick<MessageHead, 'parent' | 'within' | 'steers'>,
  parts: unknown,
): string {
  const head: MessageHead = {
    id: pen.createId(),
    role: 'user',
    author: pen.principal,
    createdAt: pen.clock.now(),
    ...place,
  };
  const entry = new Y.Map<unknown>([
    [MESSAGE.head, storable(head, 'A message head')],
    [MESSAGE.parts, parts],
  ]);
  pen.roots.messages.push([entry]);
  return head.id;
}

function ask(pen: Pen, message: string, agent: string | null): Sent {
  if (agent === null) return { message, run: null, reply: null };
  return { message, ...writeRun(pen, { agent, message }) };
}

function agentFor(pen: Pen, wanted: string | null | undefined): string | null {
  const agent = wanted === undefined ? pen.view().meta.agent : wanted;
  return agent === null ? null : line(agent, 'An agent name', limits.nameCharsMax);
}

const lastOf = (pen: Pen): string | null => pen.view().path.at(-1)?.id ?? null;

/** The newest run that answers a message. */
function runOf(pen: Pen, message: string): Run | undefined {
  let newest: Run | undefined;
  for (const run of pen.view().runs) {
    if (run.message !== message) continue;
    if (newest === undefined || run.createdAt >= newest.createdAt) newest = run;
  }
  return newest;
}

function depthOf(pen: Pen, run: Run): number {
  let depth = 0;
  for (let at: Run | undefined = run; at?.parentRun !== undefined && depth < limits.runDepthMax;) {
    at = pen.view().runs.get(at.parentRun);
    depth++;
  }
  return depth;
}

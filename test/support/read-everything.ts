// Everything that can be read of a document, as somebody does who trusts nothing: the
// view with all it holds, faults, invariants, history, every path, every form of a
// transcript. Returns the view. Whatever throws here breaks a promise.

import { expect } from 'vitest';
import type * as Y from 'yjs';
import { SessionError } from '../../src/session/error.ts';
import { checkHistory } from '../../src/session/history.ts';
import { checkInvariants } from '../../src/session/invariant.ts';
import { limits } from '../../src/session/limits.ts';
import { toMarkdown } from '../../src/session/markdown.ts';
import { toModelMessages } from '../../src/session/model-messages.ts';
import { openSession } from '../../src/session/session.ts';
import { toTranscriptJson } from '../../src/session/transcript.ts';
import { pathTo, siblingsOf } from '../../src/session/tree.ts';
import { type View, ViewReader } from '../../src/session/view.ts';

/** Reads it all by one reader; `before` is an earlier view of the same session. */
export function readEverything(doc: Y.Doc, view: View, before?: View): void {
  expect(view.faults.length).toBeLessThanOrEqual(limits.faultsListedMax);
  checkInvariants(doc, view);
  if (before !== undefined) checkHistory(before, view);
  checkHistory(view, view);
  JSON.stringify(view);
  const some = [...view.messages].slice(-3);
  for (const to of [undefined, 'none', ...some.map(({ id }) => id)]) {
    JSON.stringify(toTranscriptJson(view, to));
    toMarkdown(view, to);
    toModelMessages(view, to);
  }
  for (const { id } of some) {
    siblingsOf(view.tree, id);
    expect(pathTo(view.tree, id).length).toBeLessThanOrEqual(view.messages.size);
  }
}

/** Opens it as an app does. Returns the code with which it was refused, if it was. */
export function openAndRead(doc: Y.Doc): string | undefined {
  try {
    const session = openSession(doc, { principal: 'reader' });
    expect(session.faults.length).toBeLessThanOrEqual(limits.faultsListedMax);
    void [session.queue, session.active, session.view.path];
    session.close();
    return undefined;
  } catch (error) {
    if (error instanceof SessionError) return error.code;
    throw error;
  }
}

/** The view of a document, read for the first time. */
export const freshView = (doc: Y.Doc): View => new ViewReader(doc).view;

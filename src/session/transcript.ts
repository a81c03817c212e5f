// A session in other people's forms: JSON for programs (here), Markdown for people
// (markdown.ts), model messages for the next request (model-messages.ts). Each is made
// from a view, for the chosen path or any other one; none of them is ever read back as
// a session (a document rebuilt from JSON doubles its content).

import type { Message } from './message.ts';
import type { Run } from './run.ts';
import { pathTo } from './tree.ts';
import type { View } from './view.ts';

/** The messages from the beginning to this one; the shown path where none is named. */
export function pathMessages(view: View, to?: string): readonly Message[] {
  if (to === undefined) return view.path;
  return pathTo(view.tree, to)
    .map((id) => view.messages.get(id))
    .filter((message) => message !== undefined);
}

/** One path as plain JSON: what was said, by whom, and how its runs ended. */
export interface TranscriptJson {
  readonly format: 'holdfast-transcript';
  readonly version: 1;
  readonly title: string;
  readonly createdAt: number | null;
  readonly messages: readonly Message[];
  readonly runs: readonly Run[];
}

/** The path as JSON, with the runs that wrote or are to write its replies. */
export function toTranscriptJson(view: View, to?: string): TranscriptJson {
  const messages = pathMessages(view, to).filter((message) => !message.expected);
  const runs = messages
    .map((message) => (message.run === undefined ? undefined : view.runs.get(message.run)))
    .filter((run) => run !== undefined);
  const { title, createdAt } = view.meta;
  return { format: 'holdfast-transcript', version: 1, title, createdAt, messages, runs };
}

// What a list shows of a session, taken from the session itself: for sessions that were made
// here, or say more here than the server has heard. The server takes the same for its list
// (server/room/summary.ts), so that nothing jumps when that comes.

import * as v from 'valibot';
import { clip } from '../../base/text.ts';
import { countSchema } from '../../protocol/envelope.ts';
import { limits } from '../../protocol/limits.ts';
import { isActive } from '../../session/run.ts';
import type { Message } from '../../session/message.ts';
import type { View } from '../../session/view.ts';

/** What the session itself says. */
export interface SessionFacts {
  readonly title: string;
  /** The beginning of the last prompt that still has words, in one line. */
  readonly preview: string;
  readonly running: boolean;
  /** Milliseconds since 1970, by the clocks of those who wrote; 0 where nobody did. */
  readonly lastActivity: number;
  readonly createdAt: number;
}

/** And what this device has of it. */
export interface LocalFacts extends SessionFacts {
  /** Writes that are not durable on the server. */
  readonly unsent: number;
  /** What it takes on this device. */
  readonly bytes: number;
  /** Whether it can be read without a network. */
  readonly availableOffline: boolean;
  /** Whether its document is open here, and so no older than what the list says. */
  readonly isOpen: boolean;
}

export const localFactsSchema: v.GenericSchema<unknown, LocalFacts> = v.object({
  title: v.pipe(v.string(), v.maxLength(limits.titleCharsMax)),
  preview: v.pipe(v.string(), v.maxLength(limits.previewCharsMax)),
  running: v.boolean(),
  lastActivity: countSchema,
  createdAt: countSchema,
  unsent: countSchema,
  bytes: countSchema,
  availableOffline: v.boolean(),
  isOpen: v.boolean(),
});

/** Costs a look at every message and run: ask when something changed, not for every token. */
export function factsOf(view: View): SessionFacts {
  let preview = '';
  let lastActivity = view.meta.createdAt ?? 0;
  for (const message of view.messages) {
    if (message.expected) continue;
    lastActivity = Math.max(lastActivity, message.createdAt, endOf(message));
    if (message.role === 'user') preview = beginning(message) || preview;
  }
  return {
    title: clip(view.meta.title, limits.titleCharsMax),
    preview,
    running: [...view.runs].some((run) => isActive(run.status.state)),
    lastActivity: Math.floor(lastActivity),
    createdAt: Math.floor(view.meta.createdAt ?? lastActivity),
  };
}

function endOf({ parts }: Message): number {
  return parts.reduce((latest, { endedAt = 0 }) => Math.max(latest, endedAt), 0);
}

function beginning({ parts }: Message): string {
  const words = parts.find((part) => part.type === 'text');
  const line = clip(words?.text ?? '', 4 * limits.previewCharsMax);
  return clip(line.replaceAll(/\s+/g, ' ').trim(), limits.previewCharsMax);
}

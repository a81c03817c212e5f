// A session in a list: what the log keeps of it, and what a list says.

import * as v from 'valibot';
import { clip } from '../../src/base/text.ts';
import type { ListEntry } from '../../src/protocol/library.ts';
import { parseJson } from '../../src/protocol/json-text.ts';
import { limits } from '../../src/protocol/limits.ts';
import type { ListedSummary, Summary } from '../log/summaries.ts';
import type { SessionSummary } from '../room/summary.ts';

const stored = v.object({
  title: v.fallback(v.string(), ''),
  preview: v.fallback(v.string(), ''),
  running: v.fallback(v.boolean(), false),
});

const nothing = { title: '', preview: '', running: false };

/** In bounds, whatever a session holds. */
export function toStored(session: string, summary: SessionSummary, activity: number): Summary {
  const title = clip(summary.title, limits.titleCharsMax);
  const preview = clip(summary.preview, limits.previewCharsMax);
  return { session, activity, json: JSON.stringify({ title, preview, running: summary.running }) };
}

/** What this version does not understand is as if it had not been said. */
export function toEntry({ session, createdAt, activity, json }: ListedSummary): ListEntry {
  const read = v.safeParse(stored, json === undefined ? undefined : parseJson(json));
  const said = read.success ? read.output : nothing;
  return { session, ...said, lastActivity: activity, createdAt };
}

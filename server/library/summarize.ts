// What a room's picture of its session says to a list: the title, the beginning of the
// last prompt, and whether somebody is at work. The words of replies are in no picture, so
// they are in no list. A session may hold anything: what is not of its shape is left out.

import { isJsonObject, type Json } from '../../src/base/json.ts';
import { clip } from '../../src/base/text.ts';
import { isActive, decodeRun } from '../../src/session/run.ts';
import { MESSAGE, META, PART } from '../../src/session/shape.ts';
import { httpLimits } from '../http/limits.ts';
import type { SessionSummary } from './entry.ts';

type Entries = ReadonlyMap<string, Json>;

/** What is looked at of a room's picture. */
export interface Pictured {
  readonly meta: Entries;
  runs(): Iterable<{ readonly entries: Entries }>;
  messages(): Iterable<Entries>;
}

export function summarize(picture: Pictured): SessionSummary {
  let preview = '';
  for (const message of picture.messages()) preview = wordsOf(message) ?? preview;
  return { title: titleOf(picture.meta), preview, running: isRunning(picture) };
}

function titleOf(meta: Entries): string {
  const title = meta.get(META.title);
  if (typeof title === 'string') return title;
  const byAgent = isJsonObject(title) ? title['byAgent'] : undefined;
  return typeof byAgent === 'string' ? byAgent : '';
}

/** The first words of a prompt, in one line. Undefined where it has none. */
function wordsOf(message: Entries): string | undefined {
  const parts = message.get(MESSAGE.parts);
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part: Json) => (isJsonObject(part) ? part[PART.text] : undefined));
  const words = texts.find((text) => typeof text === 'string' && text.trim() !== '');
  if (typeof words !== 'string') return undefined;
  // Cut first: a prompt may be long, and white space makes it shorter only.
  return clip(words.trimStart(), httpLimits.previewCharsMax).replaceAll(/\s+/g, ' ').trimEnd();
}

function isRunning(picture: Pictured): boolean {
  for (const { entries } of picture.runs()) {
    const decoded = decodeRun((key) => entries.get(key));
    if (decoded !== undefined && isActive(decoded.run.status.state)) return true;
  }
  return false;
}

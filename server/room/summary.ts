// What a list shows of a session, taken from the picture that the server keeps of it: its
// title, the beginning of what was last asked in it, and whether an agent is at work.

import { clip } from '../../src/base/text.ts';
import { isJsonObject, type Json } from '../../src/base/json.ts';
import { decodeMessageHead } from '../../src/session/message.ts';
import { decodeRun, isActive } from '../../src/session/run.ts';
import { META, PART, MESSAGE } from '../../src/session/shape.ts';
import type { Picture } from './picture.ts';

export interface SessionSummary {
  readonly title: string;
  /** The first words of the newest prompt that still has words; empty where there is none. */
  readonly preview: string;
  /** Whether a run is under way, waiting or stalled. */
  readonly running: boolean;
}

const previewCharsMax = 160;
const titleCharsMax = 200;

/** Costs a look at every message and run: ask for it when there is time. */
export function summaryOf(picture: Picture): SessionSummary {
  return { title: titleOf(picture), preview: previewOf(picture), running: isRunning(picture) };
}

function titleOf(picture: Picture): string {
  const title = picture.meta.get(META.title);
  const text = isJsonObject(title) ? title['byAgent'] : title;
  return typeof text === 'string' ? clip(text, titleCharsMax) : '';
}

function previewOf(picture: Picture): string {
  let preview = '';
  let newest = Number.NEGATIVE_INFINITY;
  for (const message of picture.messages()) {
    const head = decodeMessageHead(message.get(MESSAGE.head));
    if (head?.role !== 'user' || head.createdAt < newest) continue;
    const text = textOf(message.get(MESSAGE.parts));
    if (text === '') continue;
    newest = head.createdAt;
    preview = text;
  }
  return clip(preview.replaceAll(/\s+/g, ' ').trim(), previewCharsMax);
}

function textOf(parts: Json | undefined): string {
  if (!Array.isArray(parts)) return '';
  const texts = parts.map((part: Json) => (isJsonObject(part) ? part[PART.text] : undefined));
  return texts.find((text) => typeof text === 'string') ?? '';
}

function isRunning(picture: Picture): boolean {
  for (const { entries } of picture.runs()) {
    const run = decodeRun((key) => entries.get(key))?.run;
    if (run !== undefined && isActive(run.status.state)) return true;
  }
  return false;
}

// What a list shows of a session, taken from the picture that the server keeps of it: its
// title, the beginning of what was last asked in it, and whether an agent is at work.

import { clip } from '../../src/base/text.ts';
import { isJsonObject } from '../../src/base/json.ts';
import { decodeRun, isActive } from '../../src/session/run.ts';
import { META } from '../../src/session/shape.ts';
import type { Picture } from './picture.ts';

export interface SessionSummary {
  readonly title: string;
  /** The first words of the newest prompt that still has words; empty where there is none. */
  readonly preview: string;
  /** Whether a run is under way, waiting or stalled. */
  readonly running: boolean;
}

const titleCharsMax = 200;

/** Costs a look at every run: ask for it when there is time. */
export function summaryOf(picture: Picture): SessionSummary {
  return { title: titleOf(picture), preview: picture.preview(), running: isRunning(picture) };
}

function titleOf(picture: Picture): string {
  const title = picture.meta(META.title);
  const text = isJsonObject(title) ? title['byAgent'] : title;
  return typeof text === 'string' ? clip(text, titleCharsMax) : '';
}

function isRunning(picture: Picture): boolean {
  for (const { entry } of picture.runs()) {
    const run = decodeRun(entry)?.run;
    if (run !== undefined && isActive(run.status.state)) return true;
  }
  return false;
}

// The agent that comes with Holdfast, and its team, as handlers. It is no model and says so. Every reply
// can be continued by another process, because what is said under an id is the same whoever says it.

import type { Handler } from '../../src/agent/conduct.ts';
import type { AgentRun } from '../../src/agent/run.ts';
import { wordsIn } from '../../src/agent/requests.ts';
import type { Clock } from '../../src/base/clock.ts';
import { clip } from '../../src/base/text.ts';
import { unreachable } from '../../src/base/assert.ts';
import { answer, help, unknownCommand } from './answer.ts';
import { crash } from './crash.ts';
import type { DocSearch } from './search.ts';
import { slow } from './slow.ts';
import { team, type TeamName, teamwork } from './team.ts';
import { think } from './think.ts';
import { tool } from './tool.ts';
import { Voice } from './voice.ts';
import { type Wish, wishOf } from './wish.ts';

export interface GuideParts {
  readonly search: DocSearch;
  readonly clock: Clock;
  /** Ends this process at once. Undefined where nobody would start another. */
  readonly kill?: (() => void) | undefined;
}

/** 40 words a second: faster than people read, slow enough to see it grow. */
const WORD_MS = 25;

export function guideHandler(parts: GuideParts): Handler {
  return async (run) => {
    const prompt = promptOf(run);
    const wish = wishOf(prompt);
    if (isFirst(run)) await run.title(titleOf(prompt, wish));
    await show(new Voice(run, parts.clock, WORD_MS), wish, parts);
  };
}

export function teamHandler(name: TeamName, { search, clock }: GuideParts): Handler {
  return (run) => teamwork(new Voice(run, clock, WORD_MS), search, name, promptOf(run));
}

function show(voice: Voice, { want, topic }: Wish, { search, kill }: GuideParts): Promise<void> {
  switch (want) {
    case 'answer':
      return answer(voice, search, topic);
    case 'help':
      return help(voice);
    case 'unknown':
      return unknownCommand(voice, topic);
    case 'slow':
      return slow(voice, topic);
    case 'tool':
      return tool(voice, topic);
    case 'team':
      return team(voice, topic);
    case 'crash':
      return crash(voice, kill);
    case 'think':
      return think(voice, search, topic);
    default:
      return unreachable(want);
  }
}

function promptOf(run: AgentRun): string {
  return wordsIn(run.view.messages.get(run.prompt)?.parts ?? []);
}

/** Whether nobody said anything before in this session. */
function isFirst(run: AgentRun): boolean {
  return run.epoch === 1 && run.view.messages.get(run.prompt)?.parent === null;
}

const TITLES = {
  slow: 'A long reply',
  tool: 'A tool that asks',
  team: 'A team at work',
  crash: 'A crash in mid-reply',
  think: 'Thinking aloud',
  help: 'What the guide can do',
  unknown: 'What the guide can do',
} as const;

const TITLE_CHARS_MAX = 60;

function titleOf(prompt: string, { want, topic }: Wish): string {
  if (want !== 'answer') {
    return topic === '' || want === 'unknown'
      ? TITLES[want]
      : `${TITLES[want]}: ${clip(topic, TITLE_CHARS_MAX)}`;
  }
  const words = prompt.trim().replaceAll(/\s+/g, ' ');
  if (words.length <= TITLE_CHARS_MAX) return words.replace(/[.!]+$/, '') || words;
  const cut = words.slice(0, TITLE_CHARS_MAX).toWellFormed();
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_CHARS_MAX / 2))} ...`;
}

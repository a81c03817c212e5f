// `/team`: five agents below one run, writing at once into the same session, each a run of its own that
// can be stopped by itself. They are five scripts and say so. Whoever continues this run finds those that
// were asked already by their place below it.

import { clip } from '../../src/base/text.ts';
import type { AgentRun } from '../../src/agent/run.ts';
import { isFinal, type Run } from '../../src/session/run.ts';
import { placeOf } from './answer.ts';
import type { DocSearch } from './search.ts';
import type { Voice } from './voice.ts';

export const teamNames = ['planner', 'researcher', 'worker', 'reporter'] as const;

export type TeamName = (typeof teamNames)[number];

const CAST: readonly { readonly agent: TeamName; readonly task: string }[] = [
  { agent: 'planner', task: 'Plan' },
  { agent: 'researcher', task: 'Look up' },
  { agent: 'worker', task: 'Do the first half of' },
  { agent: 'worker', task: 'Do the second half of' },
  { agent: 'reporter', task: 'Report on' },
];
const LOOK_MS = 200;
const WORD_MS = 90;
const TOPIC_CHARS_MAX = 120;

/** The run at the head of the team. */
export async function team(voice: Voice, topic: string): Promise<void> {
  const { run } = voice;
  const about = topic === '' ? 'a picnic' : clip(topic, TOPIC_CHARS_MAX);
  await voice.say(
    'team',
    `Five of us set to work on ${about}, all at once. Stop any of them by itself, or me, and all stop.`,
  );
  const known = below(run, run.id).length;
  for (const { agent, task } of CAST.slice(known)) run.child(agent, `${task}: ${about}`);
  for (;;) {
    const asked = below(run, run.id);
    if (asked.length >= CAST.length && asked.every(isOver)) break;
    await voice.pause(LOOK_MS);
  }
  const ended = below(run, run.id).map(({ agent, status }) => `- ${agent}: ${status.state}`);
  await voice.say('ended', `\n\nAll have ended:\n\n${ended.join('\n')}`);
}

/** One of the team. */
export async function teamwork(
  voice: Voice,
  search: DocSearch,
  name: TeamName,
  prompt: string,
): Promise<void> {
  const slowly = voice.paced(WORD_MS);
  const topic = prompt.replace(/^[^:]*: /, '');
  if (name === 'reporter') return report(slowly, topic);
  await slowly.say('work', wordsOf(name, prompt, topic, search));
}

function wordsOf(
  name: Exclude<TeamName, 'reporter'>,
  prompt: string,
  topic: string,
  search: DocSearch,
): string {
  switch (name) {
    case 'planner':
      return `A plan for ${topic}, from a script of five lines:\n\n1. Say what it is for.\n2. Find out what is known.\n3. Cut it into two halves.\n4. Let two do them at the same time.\n5. Tell what came of it.`;
    case 'researcher': {
      const places = search.look(topic).found.map(({ passage }) => `- ${placeOf(passage)}`);
      return places.length === 0
        ? `I looked ${topic} up in ${search.passages.length} passages of the documents of Holdfast, and they say nothing about it. That is a result too.`
        : `About ${topic} the documents of Holdfast have this:\n\n${places.join('\n')}`;
    }
    case 'worker': {
      const steps = Array.from({ length: 8 }, (_, at) => `step ${at + 1} of 8 is done`);
      return `${prompt}. I am a script, so my work is counting: ${steps.join(', ')}.`;
    }
  }
}

/** Tells of the others as they end. */
async function report(voice: Voice, topic: string): Promise<void> {
  const { run } = voice;
  await voice.say('work', `I report on ${topic} as the others end.`);
  const above = run.view.runs.get(run.id)?.parentRun;
  if (above === undefined) return voice.say('alone', ' But nobody works beside me.');
  // By their ids, so that a successor tells of nobody twice.
  const told = new Set<string>();
  for (;;) {
    const others = below(run, above).filter(({ id }) => id !== run.id);
    for (const other of others) {
      if (!isOver(other) || told.has(other.id)) continue;
      told.add(other.id);
      await voice.say(`of-${other.id}`, `\n\nThe ${other.agent} is ${other.status.state}.`);
    }
    if (others.length >= CAST.length - 1 && told.size === others.length) return;
    await voice.pause(LOOK_MS);
  }
}

const isOver = ({ status }: Run): boolean => isFinal(status.state);

function below(run: AgentRun, above: string): readonly Run[] {
  return [...run.view.runs].filter(({ parentRun }) => parentRun === above);
}

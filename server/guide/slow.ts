// `/slow`: a reply that takes about a minute, so that there is time to stop it, to steer it, to close
// the lid or to watch it on a phone. What people write meanwhile is obeyed: it is the new topic. A
// successor reads where its predecessor was from the reply itself.

import { clip } from '../../src/base/text.ts';
import { RunStopped } from '../../src/agent/error.ts';
import type { Steer } from '../../src/agent/steers.ts';
import { missingOf, type Voice } from './voice.ts';

const PARAGRAPHS = 24;
const WORD_MS = 60;

const REMARKS: readonly string[] = [
  'Open this session in a second window: the words appear in both at once.',
  'Reload the page: nothing is lost, because nobody holds a pipe to me.',
  'Switch the network off and on again: you get what you missed, once.',
  'Write me something now, and it becomes my topic: that is called steering.',
  'Press stop on any device that is signed in, and I stop here.',
  'Each word is committed on the server before anybody sees it.',
  'All of this reply is one piece of the document, however many words it has.',
  'My process may die at any moment, and another would go on with this very paragraph.',
];

interface Topic {
  readonly words: string;
  /** Who steered to it. */
  readonly by?: string;
}

export async function slow(voice: Voice, topic: string): Promise<void> {
  const { run } = voice;
  const slowly = voice.paced(WORD_MS);
  const said = voice.said('slow').split('\n\n');
  const text = run.text({ id: 'slow' });
  let about = newest(run.steers().read) ?? { words: topic === '' ? 'nothing at all' : topic };
  try {
    for (let at = said.length - 1; at < PARAGRAPHS; at++) {
      about = newest(await run.steers().take()) ?? about;
      const isLast = at === PARAGRAPHS - 1;
      const words = `${paragraphOf(at, about)}${isLast ? '' : '\n\n'}`;
      await slowly.speak(text, at < said.length ? restOf(words, said[at] ?? '') : words);
    }
    text.end();
  } catch (error) {
    if (error instanceof RunStopped && error.stop.why === 'cancelled') {
      text.write(` ... and here ${error.stop.by} stopped me.`);
    }
    throw error;
  }
}

/** Where a predecessor said something else, because it was steered just then, that paragraph is over. */
function restOf(words: string, said: string): string {
  return words.startsWith(said) ? missingOf(words, said) : '\n\n';
}

function paragraphOf(at: number, { words, by }: Topic): string {
  const remark = REMARKS[at % REMARKS.length] ?? '';
  const why = by === undefined ? '' : `, as ${by} asked`;
  return `**${at + 1} of ${PARAGRAPHS}**, about ${words}${why}. ${remark}`;
}

const TOPIC_CHARS_MAX = 120;

function newest(steers: readonly Steer[]): Topic | undefined {
  const last = steers.at(-1);
  const words = last?.text.trim().replaceAll(/\s+/g, ' ');
  if (last === undefined || words === undefined || words === '') return undefined;
  return { words: clip(words, TOPIC_CHARS_MAX), by: last.by };
}

// `/think`: the same answer, with what leads to it said aloud first, as a model that reasons would. What
// is said is what is done: words, how many passages, which fit and how well.

import { answer, placeOf } from './answer.ts';
import type { DocSearch } from './search.ts';
import type { Voice } from './voice.ts';

const USUAL = 'What happens when an agent crashes?';
const WORD_MS = 70;

export async function think(voice: Voice, search: DocSearch, topic: string): Promise<void> {
  const question = topic === '' ? USUAL : topic;
  const { words, found } = search.look(question);
  const seen = found.map(
    ({ passage, score }) => `- ${placeOf(passage)}: fits with ${score.toFixed(1)}`,
  );
  const result = seen.length === 0 ? 'None of them fits well enough.' : seen.join('\n');
  await voice
    .paced(WORD_MS)
    .think(
      'thinking',
      `The question is "${question}".\n\nThe words that count: ${words.join(', ') || 'none'}.\n\nI look for them in ${search.passages.length} passages of the documents; a heading counts more than a line.\n\n${result}`,
    );
  await answer(voice, search, question);
}

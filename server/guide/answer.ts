// Answering from the documents. The guide quotes and names what it quotes; it writes nothing of its
// own about the matter, because it understands nothing of it.

import type { Passage } from './passage.ts';
import type { DocSearch } from './search.ts';
import type { Voice } from './voice.ts';

export const HONEST =
  'I am no model: I look your words up in the documents of this project and quote what I find.';

const COMMANDS = `- \`/slow\` writes a long reply: stop it, steer it by writing meanwhile, or open it on your phone
- \`/tool\` makes a tool call that asks for your approval, on any device
- \`/team lunch\` asks five agents at once; each can be stopped by itself
- \`/crash\` kills the process that writes, in mid-reply; another goes on
- \`/think\` shows what is looked up before the answer
- \`/help\` says this`;

const TRY = `Ask me, for instance: *What happens when an agent crashes?* *How do I back up a server?* *When is a message saved?*`;

export async function answer(voice: Voice, search: DocSearch, question: string): Promise<void> {
  const { found } = search.look(question);
  if (found.length === 0) return helpless(voice, search, question);
  await quote(
    voice,
    found.map(({ passage }) => passage),
  );
}

/** Says what the documents say, the best first, each beside its source. */
async function quote(voice: Voice, passages: readonly Passage[]): Promise<void> {
  const [best, ...others] = passages;
  if (best === undefined) return;
  await voice.say('quote', `From ${placeOf(best)}:\n\n${quoted(best.text)}`);
  for (const [at, passage] of passages.entries()) cite(voice, passage, `source-${at}`);
  if (others.length === 0) return;
  const more = others.map((passage) => `- ${placeOf(passage)}`).join('\n');
  await voice.say('more', `\n\nThis may belong to it too:\n\n${more}`);
}

export async function help(voice: Voice): Promise<void> {
  await voice.say(
    'help',
    `I am the guide of this Holdfast. ${HONEST}\n\n${TRY}\n\nI also show what the engine does:\n\n${COMMANDS}`,
  );
}

export async function unknownCommand(voice: Voice, name: string): Promise<void> {
  await voice.say('help', `There is no \`/${name}\`. There is:\n\n${COMMANDS}`);
}

async function helpless(voice: Voice, search: DocSearch, question: string): Promise<void> {
  const topics = [...new Set(search.passages.map(({ file, title }) => `- ${title} (${file})`))];
  const about = question.length > 80 ? 'that' : `"${question}"`;
  const known =
    topics.length === 0
      ? 'The documents are not here: they come with the package, in the folder docs.'
      : `The documents are about:\n\n${topics.join('\n')}`;
  await voice.say(
    'help',
    `I found nothing about ${about}. ${HONEST} ${known}\n\n${TRY}\n\nOr try one of these:\n\n${COMMANDS}`,
  );
}

export function placeOf({ file, heading, title }: Passage): string {
  return heading === title ? file : `${file}, "${heading}"`;
}

function quoted(text: string): string {
  return text.replaceAll(/^/gm, '> ').replaceAll(/^> $/gm, '>');
}

const SNIPPET_CHARS_MAX = 400;

function cite(voice: Voice, passage: Passage, id: string): void {
  if (voice.has(id)) return;
  const snippet = passage.text.slice(0, SNIPPET_CHARS_MAX).toWellFormed();
  voice.run.source(
    { title: `${passage.file}: ${passage.heading}`, mediaType: 'text/markdown', snippet },
    { id },
  );
}

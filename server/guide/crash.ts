// `/crash`: the process that writes kills itself in mid-reply, as hard as a process can die. Nobody tells
// the server. When the claim has expired another process finds the run, reads what is there, and
// goes on after the last word that was durable.

import { HONEST } from './answer.ts';
import type { Voice } from './voice.ts';

const COUNT = 40;
const DEATH = 20;
/** So that the last words before it are durable, and somebody has read them. */
const LAST_MOMENT_MS = 600;
const WORD_MS = 120;

const counted = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`).join(', ');

const BEFORE = `I count to ${COUNT}, and at ${DEATH} my process kills itself with SIGKILL. Watch: ${counted(1, DEATH)},`;
const AFTER = ` and that was the end of one process. When its claim had expired, this one took the reply over at the very word where it stood: ${counted(DEATH + 1, COUNT)}. No number is missing and none is there twice.`;

/** `kill` ends this very process, and never returns; undefined where nobody would start another. */
export async function crash(voice: Voice, kill: (() => void) | undefined): Promise<void> {
  if (kill === undefined) {
    return voice.say(
      'crash',
      `I do that only where somebody starts another process after me, as \`npm start\` does. ${HONEST}`,
    );
  }
  const { run } = voice;
  const text = run.text({ id: 'crash' });
  const slowly = voice.paced(WORD_MS);
  const said = voice.said('crash');
  if (run.epoch === 1) {
    await slowly.speak(text, BEFORE);
    await voice.pause(LAST_MOMENT_MS);
    kill();
    return;
  }
  await slowly.speak(text, `${BEFORE}${AFTER}`.slice(said.length));
  text.end();
}

// `/tool`: a tool call that needs somebody's approval, from whichever device. The tool does nothing but
// wait a little; it says so.

import type { Voice } from './voice.ts';

const DEADLINE_MS = 5 * 60_000;
const WORK_MS = 1_500;
const STEPS = 3;

export async function tool(voice: Voice, topic: string): Promise<void> {
  const { run } = voice;
  await voice.say(
    'before',
    'I would like to send a postcard. I may not do that without you: approve or deny it here, on your phone, or in any window. Without an answer in five minutes it counts as denied.',
  );
  const words = topic === '' ? 'Greetings from Holdfast' : topic;
  const call = run.tool('send_postcard', { to: 'the moon', words }, { id: 'postcard' });
  const deadline = voice.clock.now() + DEADLINE_MS;
  const decision = await call.approval({ reason: 'It would leave this machine.', deadline });
  if (!decision.approved) return voice.say('after', deniedWords(decision));
  // Where a predecessor had sent it, it is not sent again.
  for (let at = 1; at <= STEPS && call.state !== 'output-available'; at++) {
    const isLast = at === STEPS;
    await voice.pause(WORK_MS / STEPS);
    call.output(
      isLast ? { sent: true, note: 'Not really: this tool only waits.' } : { progress: at / STEPS },
      { preliminary: !isLast },
    );
  }
  const by = decision.by === undefined ? '' : ` by ${decision.by}`;
  await voice.say(
    'after',
    `Approved${by}, and sent (not really: this tool only waits a moment). The approval was bound to exactly these arguments; with others I would have had to ask again.`,
  );
}

interface Denial {
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

function deniedWords({ by, reason }: Denial): string {
  if (by === undefined) return 'Nobody answered in time, so it counts as denied. Nothing was sent.';
  const why = reason === undefined ? '' : ` ("${reason}")`;
  return `Denied by ${by}${why}. Nothing was sent, and no other device can approve it any more.`;
}

// An agent process for crash tests: it counts, word by word, and goes on where somebody else stopped, from
// what is written alone. Each line that it prints is one thing that happened. As a program:
//
//     node counter-agent.ts <url> <name> <token> <words> <words a millisecond> <agents>

import { type Agent, serveAgent } from '../../src/agent/serve.ts';
import { systemClock } from '../../src/base/clock.ts';
import { countedWords } from './counted-words.ts';

const [url = '', name = '', token = '', words = '0', pace = '1', count = '1'] =
  process.argv.slice(2);
const whole = countedWords(Number(words));
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const moment = (): Promise<void> => new Promise((resolve) => void systemClock.after(1, resolve));

const serve = (): Agent =>
  serveAgent({
    url,
    name,
    token,
    concurrency: count === '1' ? 10 : 1,
    onResume: 'continue',
    onEnd: (run, { end }) => say({ event: 'end', run, end }),
    onTrouble: (sentence) => say({ event: 'trouble', sentence }),
    handler: async (run) => {
      say({ event: 'begin', run: run.id, epoch: run.epoch });
      const text = run.text({ id: 'count' });
      const left = whole.slice(text.chars).match(/[^ ]* /g) ?? [];
      for (const [at, word] of left.entries()) {
        if (run.signal.aborted) return;
        text.write(word);
        await text.room();
        if (at % Number(pace) === 0) await moment();
      }
    },
  });

const agents = Array.from({ length: Number(count) }, serve);
for (const agent of agents) agent.subscribe((state) => say({ event: 'state', state }));
process.once('SIGTERM', () => {
  for (const agent of agents) void agent.drain();
});

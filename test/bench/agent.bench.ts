// What a token costs in the process of an agent, from `write` to the bytes for the wire, in replies
// of different length. Once with a document that follows at once, as a run in memory has it.

import { AgentStage } from '../../src/agent/harness/agent-stage.ts';
import { Bucket } from '../../src/agent/bucket.ts';
import type { Hold } from '../../src/agent/hold.ts';
import { Seat } from '../../src/agent/seat.ts';
import { Scribe } from '../../src/agent/scribe.ts';
import { Lanes } from '../../src/agent/lanes.ts';
import type { GrowingText } from '../../src/agent/text.ts';
import { seededChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { measure } from '../../bench/harness.ts';
import { countRow, plainRow, type Row, type Table } from '../../bench/table.ts';
import { passage, take, tokens } from '../../bench/words.ts';

const seed = 1_234_567_890;

export interface Sizes {
  readonly rounds: number;
  readonly lengths: readonly [number, number];
  readonly appends: number;
}

const full: Sizes = { rounds: 21, lengths: [1_000, 500_000], appends: 5_000 };

/** Only to see that it runs. */
export const quick: Sizes = { rounds: 1, lengths: [100, 5_000], appends: 50 };

export async function bench(sizes: Sizes = full): Promise<Table> {
  const next = take(tokens(seed), sizes.appends);
  const contestants = sizes.lengths.flatMap((chars) =>
    (['wire', 'document'] as const).map((kind) => ({
      name: `${kind} ${chars}`,
      prepare: () => growing(chars, kind),
      run: (text: GrowingText) => {
        for (const token of next) text.write(token);
        return text;
      },
    })),
  );
  const timings = await measure(contestants, { rounds: sizes.rounds, operations: sizes.appends });
  const rows: Row[] = timings.map(({ name, cpuUs }) => {
    const [kind, chars] = name.split(' ');
    const what = `CPU of a token, ${chars} characters there, ${kind === 'wire' ? 'bytes for the wire' : 'and the document at once'}`;
    return kind === 'wire' ? { ...countRow(what, cpuUs, 3) } : plainRow(what, cpuUs, 'us');
  });
  return { title: 'A token in the agent', rows };
}

/** A text that a run has open, with so many characters in it. */
async function growing(chars: number, kind: 'wire' | 'document'): Promise<GrowingText> {
  const stage = new AgentStage();
  const session = stage.as('agent:bench');
  const { run } = stage.ann.send('hi');
  if (run === null) throw new Error('no run');
  stage.books.claim(run, session.principal);
  stage.ann.close();
  let bytes = 0;
  let isQuick = false;
  const hold: Hold = {
    run,
    epoch: 1,
    lanes: [session.freshLane()],
    isQuiet: true,
    onQuiet: () => () => undefined,
    onLost: () => () => undefined,
    write: ({ update, apply }) => {
      bytes += update?.length ?? 0;
      if (!isQuick) apply();
    },
    tell: () => Promise.resolve({ ok: true }),
    release: () => Promise.resolve(),
  };
  const bucket = new Bucket(systemClock, { charsPerSecond: 1e9, burstChars: 1e9 });
  const seat = new Seat({ session, hold, clock: systemClock, chance: seededChance(1), bucket });
  const text = new Scribe(seat, new Lanes(hold.lanes)).text();
  const words = tokens(seed + 1);
  for (let left = chars; left > 0; left -= 2_000) text.write(passage(words, Math.min(left, 2_000)));
  isQuick = kind === 'wire';
  return text;
}

// What one more token costs its writer, and what a reply costs once it is stored. The raw encoder
// stands against the insertion that Yjs makes for the same token; the whole way of a token, reply
// writer and document included, stands against itself in a reply that is longer.

import { encodeAppend, type ReplyWriter, type TextWriter } from 'holdfast/session';
import * as Y from 'yjs';
import { type Contestant, measure, timingOf } from './harness.ts';
import { beginTurn, endTurn, newWorld, stored, type World } from './sessions.ts';
import { countRow, plainRow, type Row, type Table } from './table.ts';
import { passage, take, tokens } from './words.ts';

const seed = 1_234_567_890;

export interface Sizes {
  readonly rounds: number;
  /** Tokens of the reply that is stored. */
  readonly storedTokens: number;
  /** Tokens that are there before the encoder and Yjs add theirs. */
  readonly fewTokens: number;
  /** UTF-16 units of a long reply. */
  readonly manyChars: number;
  readonly appends: number;
}

/** Only to see that it runs. */
export const tiny: Sizes = {
  rounds: 1,
  storedTokens: 50,
  fewTokens: 10,
  manyChars: 5_000,
  appends: 20,
};

const full: Sizes = {
  rounds: 21,
  storedTokens: 100_000,
  fewTokens: 1_000,
  manyChars: 500_000,
  appends: 1_000,
};

export async function bench(sizes: Sizes = full): Promise<Table> {
  const rows = [
    storedRow(sizes.storedTokens),
    ...(await encoderRows(sizes)),
    ...(await growthRows(sizes)),
  ];
  return { title: 'Appending a token', rows };
}

/** The bytes of a session with one long reply, flushed after every token, beside its words alone. */
function storedRow(count: number): Row {
  const world = newWorld(seed);
  const turn = beginTurn(world, 20);
  const text = turn.reply.text();
  let bytes = 0;
  for (const token of take(world.words, count)) {
    text.append(token);
    turn.reply.flush();
    bytes += Buffer.byteLength(token);
  }
  endTurn(world, turn);
  const what = `stored bytes of a session with one reply of ${count} tokens / UTF-8 bytes of the reply`;
  return countRow(what, stored(world).length / bytes, 1.02);
}

async function encoderRows({ rounds, fewTokens, manyChars, appends }: Sizes): Promise<Row[]> {
  const few = take(tokens(seed), fewTokens).join('');
  const many = passage(tokens(seed), manyChars);
  const next = take(tokens(seed + 1), appends);
  // In a long text, an insertion is so dear that a few of them tell enough.
  const nextToMany = next.slice(0, Math.ceil(appends / 20));
  const rows: Row[] = [];
  for (const [there, words, added, cheaper] of [
    [`${fewTokens} tokens`, few, next, 10],
    [`${manyChars} characters`, many, nextToMany, 500],
  ] as const) {
    const plan = { rounds, operations: added.length };
    const timings = await measure([encoder(words, added), insertion(words, added)], plan);
    const [ours, peer] = [timingOf(timings, 'encoder').cpuUs, timingOf(timings, 'Yjs').cpuUs];
    rows.push(
      atLeastRow(`Y.Text.insert / encodeAppend after ${there}`, peer / ours, cheaper),
      plainRow(`  encodeAppend`, ours, 'us'),
      plainRow(`  Y.Text.insert with an update listener`, peer, 'us'),
    );
  }
  return rows;
}

function encoder(there: string, added: readonly string[]): Contestant<null> {
  return {
    name: 'encoder',
    prepare: () => null,
    run() {
      let clock = there.length;
      let bytes = 0;
      for (const token of added) {
        bytes += encodeAppend(seed, clock, token).length;
        clock += token.length;
      }
      return bytes;
    },
  };
}

function insertion(there: string, added: readonly string[]): Contestant<Y.Text> {
  return {
    name: 'Yjs',
    prepare() {
      const doc = new Y.Doc();
      doc.on('update', () => {});
      const text = doc.getText('text');
      text.insert(0, there);
      return text;
    },
    run(text) {
      for (const token of added) text.insert(text.length, token);
      return text;
    },
  };
}

interface Growing {
  readonly world: World;
  readonly reply: ReplyWriter;
  readonly text: TextWriter;
}

/** The whole way of a token into the writer's own session, in replies of different length. */
async function growthRows({ rounds, manyChars, appends }: Sizes): Promise<Row[]> {
  const lengths = [0, 0.1, 0.5, 1].map((share) => Math.round(share * manyChars));
  const nameOf = (chars: number): string => `append to a reply of ${chars} characters`;
  const next = take(tokens(seed + 1), appends);
  const timings = await measure(
    lengths.map((chars) => ({ ...growing(chars, next), name: nameOf(chars) })),
    { rounds, operations: appends },
  );
  const costs = timings.map(({ cpuUs }) => cpuUs);
  return [
    countRow(
      'dearest / cheapest append, by length of the reply',
      Math.max(...costs) / Math.min(...costs),
      1.5,
    ),
    ...timings.map(({ name, cpuUs }) => plainRow(`  ${name}`, cpuUs, 'us')),
  ];
}

function growing(chars: number, added: readonly string[]): Omit<Contestant<Growing>, 'name'> {
  return {
    prepare() {
      const world = newWorld(seed);
      const { reply } = beginTurn(world, 20);
      const text = reply.text();
      // In pieces that fill one segment each, as tokens would.
      for (let left = chars; left > 0; left -= 2_000) {
        text.append(passage(world.words, Math.min(left, 2_000)));
        reply.flush();
      }
      world.session.doc.on('update', () => {});
      return { world, reply, text };
    },
    run({ world, reply, text }) {
      for (const token of added) {
        text.append(token);
        reply.flush();
      }
      return world;
    },
  };
}

function atLeastRow(what: string, measured: number, atLeast: number): Row {
  return { ...countRow(what, measured, 0), must: `at least ${atLeast}`, ok: measured >= atLeast };
}

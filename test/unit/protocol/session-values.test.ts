import { expect, test } from 'vitest';
import { defined } from '../../../src/base/assert.ts';
import type { Json } from '../../../src/base/json.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { readUpdate } from '../../../src/protocol/update.ts';
import { Bookkeeper } from '../../../src/session/bookkeeper.ts';
import type { Part } from '../../../src/session/part.ts';
import type { ReplyWriter } from '../../../src/session/reply.ts';
import { createSession } from '../../../src/session/session.ts';

const nest = (depth: number): Json => (depth === 0 ? 'deep' : [nest(depth - 1)]);

const ways: readonly (readonly [what: string, write: (reply: ReplyWriter, value: Json) => void])[] =
  [
    ['data', (reply, value) => reply.data('d', value)],
    ['data that takes the place of other data', replaceData],
    ['the input of a tool', (reply, value) => reply.tool('t').input(value)],
    ['the output of a tool', writeOutput],
  ];

function replaceData(reply: ReplyWriter, value: Json): void {
  reply.data('d', 1, { id: 'x' });
  reply.data('d', value, { id: 'x' });
}

function writeOutput(reply: ReplyWriter, value: Json): void {
  const tool = reply.tool('t');
  tool.input(null);
  tool.output(value);
}

/** Writes into a reply, and gives what it shows and by which rules the wire refused any of it. */
function written(write: (reply: ReplyWriter) => void) {
  const session = createSession({ principal: 'ada', agent: 'ada' });
  const books = new Bookkeeper(session);
  const run = defined(session.send('?').run, 'a run');
  books.claim(run, 'ada');
  const refused: string[] = [];
  session.doc.on('update', (bytes: Uint8Array) => {
    const update = readUpdate(bytes);
    if (!update.ok) refused.push(update.rule);
  });
  const reply = session.begin(run);
  write(reply);
  reply.end();
  const part = session.view.path.at(-1)?.parts[0];
  return { part, refused, faults: session.faults };
}

const shown = (part: Part | undefined): unknown => {
  if (part?.type === 'data') return part.data;
  if (part?.type !== 'tool') return undefined;
  if (part.state === 'output-available') return part.output;
  return part.state === 'input-available' ? part.input : undefined;
};

/** How deep a value can be that is written this way. */
function deepestOf(write: (reply: ReplyWriter, value: Json) => void): number {
  for (let depth = 1; depth <= limits.jsonDepthMax; depth++) {
    try {
      written((reply) => write(reply, nest(depth)));
    } catch {
      return depth - 1;
    }
  }
  return limits.jsonDepthMax;
}

test.each(ways)('[W3] %s, as deep as a session writes it, is read by everybody', (_, write) => {
  const deepest = deepestOf(write);
  expect(deepest).toBeGreaterThan(limits.jsonDepthMax / 2);
  const { part, refused, faults } = written((reply) => write(reply, nest(deepest)));
  expect(shown(part)).toEqual(nest(deepest));
  expect([refused, faults]).toEqual([[], []]);
});

// Documents of any size in one shape each, to see how the cost of reading grows: what a
// hostile peer can pile up with valid Yjs, where a careless reader becomes quadratic or
// runs out of stack.

import * as Y from 'yjs';
import { rootsOf, type Roots } from '../../src/session/shape.ts';

const head = (id: string, more: object = {}): object => ({
  id,
  role: 'user',
  author: 'ann',
  parent: null,
  createdAt: 1,
  ...more,
});

const words = [{ head: { type: 'text', id: 'p' }, text: 'hello' }];

const message = (stored: object, parts: unknown = words): Y.Map<unknown> =>
  new Y.Map<unknown>([
    ['head', stored],
    ['parts', parts],
  ]);

function setRun(roots: Roots, id: string, more: object, status?: object): Y.Map<unknown> {
  const named = { id, agent: 'a', message: 'm0', reply: `${id}-r`, createdBy: 'ann', createdAt: 1 };
  const run = new Y.Map<unknown>([
    ['head', { ...named, ...more }],
    ['acks', new Y.Map()],
  ]);
  if (status !== undefined) run.set('status', status);
  roots.runs.set(id, run);
  return run;
}

const range = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at);

/** A reply of one part, and the list of its segments. */
function reply(roots: Roots, part: object = { type: 'text', id: 'p' }): Y.Array<unknown> {
  const body = new Y.Array<unknown>();
  const parts = new Y.Array<unknown>();
  parts.push([
    new Y.Map<unknown>([
      ['head', part],
      ['body', body],
    ]),
  ]);
  roots.messages.push([message(head('reply', { role: 'assistant', run: 'r' }), parts)]);
  return body;
}

type Shape = (roots: Roots, size: number) => void;

export const shapes: Readonly<Record<string, Shape>> = {
  'messages with one parent': (roots, size) =>
    roots.messages.push(range(size).map((at) => message(head(`m${at}`)))),
  'messages in one chain': (roots, size) =>
    roots.messages.push(
      range(size).map((at) => message(head(`m${at}`, at > 0 ? { parent: `m${at - 1}` } : {}))),
    ),
  'pairs of siblings, each chosen': (roots, size) => {
    for (let at = 0; at < size / 2; at++) {
      const parent = at === 0 ? null : `a${at - 1}`;
      roots.messages.push([
        message(head(`a${at}`, { parent })),
        message(head(`b${at}`, { parent })),
      ]);
      roots.selection.set(parent ?? 'root', `a${at}`);
    }
  },
  'messages without a parent that is there': (roots, size) =>
    roots.messages.push(range(size).map((at) => message(head(`m${at}`, { parent: `x${at}` })))),
  'messages in one circle': (roots, size) =>
    roots.messages.push(
      range(size).map((at) => message(head(`m${at}`, { parent: `m${(at + 1) % size}` }))),
    ),
  'messages of one id': (roots, size) =>
    roots.messages.push(range(size).map(() => message(head('m0')))),
  'entries that are no messages': (roots, size) =>
    roots.messages.push(range(size).map((at) => (at % 2 === 0 ? at : new Y.Text()))),
  'runs that name one reply': (roots, size) => {
    roots.messages.push([message(head('m0'))]);
    for (const at of range(size)) setRun(roots, `r${at}`, { reply: 'one' });
  },
  'replies that are expected': (roots, size) => {
    roots.messages.push([message(head('m0'))]);
    for (const at of range(size)) setRun(roots, `r${at}`, {});
  },
  'runs each replaced by the next': (roots, size) => {
    roots.messages.push([message(head('m0'))]);
    for (const at of range(size)) {
      const status = { state: 'cancelled', at: 1, why: 'replaced', run: `r${(at + 1) % size}` };
      setRun(roots, `r${at}`, {}, status);
    }
    roots.messages.push(range(size).map((at) => message(head(`n${at}`, { parent: `r${at}-r` }))));
  },
  'runs each below the next': (roots, size) => {
    roots.messages.push([message(head('m0'))]);
    for (const at of range(size)) setRun(roots, `r${at}`, { parentRun: `r${(at + 1) % size}` });
  },
  'requests on one run, each answered': (roots, size) => {
    roots.messages.push([message(head('m0'))]);
    const acks = setRun(roots, 'r', {}).get('acks') as Y.Map<unknown>;
    for (const at of range(size)) {
      roots.control.set(`q${at}`, { id: `q${at}`, run: 'r', by: 'ann', at, kind: 'cancel' });
      acks.set(`q${at}`, { state: 'settled', by: 'server', at });
    }
  },
  'keys of every root that are nothing': (roots, size) => {
    const { control, participants, annotations, selection, runs, meta } = roots;
    for (const root of [control, participants, annotations, selection, runs, meta]) {
      for (let at = 0; at < size / 6; at++) root.set(`k${at}`, at);
    }
  },
  'parts of one reply': (roots, size) => {
    const parts = new Y.Array<unknown>();
    roots.messages.push([message(head('reply', { role: 'assistant', run: 'r' }), parts)]);
    parts.push(
      range(size).map((at) => new Y.Map<unknown>([['head', { type: 'text', id: `p${at}` }]])),
    );
  },
  'segments of one text': (roots, size) =>
    reply(roots).push(range(size).map(() => new Y.Text('word '))),
  'structs of one segment': (roots, size) => {
    const text = new Y.Text();
    reply(roots).push([text]);
    for (const at of range(size)) text.insert(0, String(at % 10));
  },
  'backticks of one output': (roots, size) => {
    const output = { value: '`a '.repeat(size * 20) };
    const part = {
      head: { type: 'tool', id: 't', name: 'n' },
      state: { state: 'output-available' },
      input: { value: 1 },
      output,
    };
    roots.messages.push([message(head('m0'), [part])]);
  },
  'lines that could be fences': (roots, size) =>
    roots.messages.push([
      message(head('m0'), [
        { head: { type: 'text', id: 'p' }, text: '```\na\n```\n'.repeat(size) },
      ]),
    ]),
  'spaces before what could be a fence': (roots, size) =>
    roots.messages.push([
      message(head('m0'), [{ head: { type: 'text', id: 'p' }, text: `${'- '.repeat(size)}x` }]),
    ]),
};

/** A document of one shape, loaded as a peer loads it: from one update. */
export function largeDocument(shape: Shape, size: number): Y.Doc {
  const doc = new Y.Doc();
  const roots = rootsOf(doc);
  doc.transact(() => {
    roots.meta.set('schema', 1);
    shape(roots, size);
  });
  const loaded = new Y.Doc();
  Y.applyUpdate(loaded, Y.encodeStateAsUpdate(doc));
  return loaded;
}

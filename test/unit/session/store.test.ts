// What enters a document, and what is refused at its door with nothing written.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import { documentDigest } from '../../../src/session/digest.ts';
import { limits } from '../../../src/session/limits.ts';
import type { PromptContent } from '../../../src/session/prompt.ts';
import type { ReplyWriter } from '../../../src/session/reply.ts';
import { createSession, type Session } from '../../../src/session/session.ts';
import { rootsOf } from '../../../src/session/shape.ts';
import { runs } from '../../support/count.ts';
import { copyOf, held, person, stage } from '../../support/peers.ts';
import { brokenText } from '../../support/words.ts';

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

/** Lists inside lists: `levels` containers around a number. */
function deep(levels: number): Json {
  let value: Json = 1;
  for (let left = levels; left > 0; left--) value = left % 2 === 0 ? [value] : { in: value };
  return value;
}

const endless: Record<string, unknown> = {};
for (let at = 0; at < 30; at++) endless[`in${at}`] = endless;

class Boxed {
  value = 1;
}

/** What no JSON holds, as a caller without types may pass it. */
const noJson: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['a function', () => 1],
  ['a BigInt', 1n],
  ['NaN', Number.NaN],
  ['infinity', [Infinity]],
  ['bytes', new Uint8Array(3)],
  ['a date', { at: new Date(0) }],
  ['an object of a class', new Boxed()],
  ['a map', new Map([['a', 1]])],
  ['a prototype', { deep: [JSON.parse('{"__proto__": 1}')] }],
  ['undefined in a list', [1, undefined]],
  ['an object inside itself', endless],
  ['what is too deep', deep(limits.valueDepthMax + 1)],
  ['too many values', Array.from({ length: limits.jsonNodesMax }, () => 0)],
];

/** Does it, and expects that nothing was written. Returns the code of what was thrown. */
function refusedBy(session: Session, act: () => unknown, pending: () => boolean = () => false) {
  const before = documentDigest(session.doc);
  expect(act).toThrow(expect.objectContaining({ name: 'SessionError' }));
  expect(pending()).toBe(false);
  expect(documentDigest(session.doc)).toBe(before);
  try {
    act();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : undefined;
  }
}

describe('a value that no JSON holds', () => {
  test.each(noJson)('[S4] is refused in a prompt and in a reply: %s', (_name, value) => {
    const data = value as Json;
    const scene = stage();
    const prompt = () => scene.session.send([{ type: 'data', name: 'd', data }]);
    expect(refusedBy(scene.session, prompt)).toBe('bad-input');
    const { writer } = held(scene);
    writer.data('known', 1, { id: 'd1' });
    const tool = writer.tool('search');
    const given = writer.tool('search');
    given.input(null);
    writer.flush();
    const pending = (): boolean => writer.pending;
    for (const act of [
      () => writer.data('d', data),
      () => writer.data('known', data, { id: 'd1' }),
      () => tool.input(data),
      () => given.output(data),
      () => given.output(data, { preliminary: true }),
    ]) {
      expect(refusedBy(scene.session, act, pending)).toBe('bad-input');
    }
    expect(tool.state).toBe('input-streaming');
    expect(given.state).toBe('input-available');
  });

  test('[S4] what stands just below the limits is stored, and everybody reads it', () => {
    const values = [
      deep(limits.valueDepthMax),
      Array.from({ length: limits.jsonNodesMax - 3 }, () => 0),
      'x'.repeat(limits.valueBytesMax - 100),
      null,
    ];
    for (const value of values) {
      const scene = stage();
      const { writer, reply } = held(scene);
      writer.data('d', value);
      const tool = writer.tool('search', { id: 'c1' });
      tool.input(value);
      tool.output(value, { preliminary: true });
      writer.end();
      const parts = scene.session.view.messages.get(reply)?.parts;
      expect(parts).toMatchObject([{ data: value }, { input: value, output: value }]);
      expect(scene.session.faults).toEqual([]);
      const fork = scene.session.fork(reply);
      expect(fork.view.path.at(-1)?.parts).toMatchObject([{ data: value }, { input: value }]);
      expect(fork.faults).toEqual([]);
    }
  });
});

describe('what is too large', () => {
  test('[S4] is refused as too large', () => {
    const scene = stage();
    const long = 'x'.repeat(limits.promptBytesMax);
    const wide = '漢'.repeat(limits.promptBytesMax / 3);
    for (const words of [long, wide]) {
      expect(refusedBy(scene.session, () => scene.session.send(words))).toBe('too-large');
    }
    const { writer } = held(scene);
    writer.flush();
    const pending = (): boolean => writer.pending;
    const data = () => writer.data('d', long);
    expect(refusedBy(scene.session, data, pending)).toBe('too-large');
  });

  test('[S4] is stored where it just fits', () => {
    const { session } = stage();
    const words = '漢'.repeat(Math.floor((limits.promptBytesMax - 200) / 3));
    session.send(words);
    expect(session.view.path[0]?.parts).toMatchObject([{ type: 'text', text: words }]);
  });
});

describe('an id, a name or a line of the wrong shape', () => {
  const ids = ['', 'a b', 'a/b', 'ä', 'x'.repeat(65), 'a\n', '__proto__ '];

  test.each(ids)('[S4] is refused as an id: %j', (id) => {
    const scene = stage();
    const { writer } = held(scene);
    writer.flush();
    const pending = (): boolean => writer.pending;
    for (const act of [
      () => writer.text({ id }),
      () => writer.reasoning({ step: id }),
      () => writer.tool('search', { id }),
      () => writer.data('d', 1, { id }),
      () => writer.source({ title: 'A' }, { id }),
      () => scene.session.cancel(id),
    ]) {
      expect(refusedBy(scene.session, act, pending)).toBe('bad-input');
    }
    expect(() => createSession({ principal: person, id })).toThrow(code('bad-input'));
  });

  test('[S4] is refused wherever people write one', () => {
    const { session, keeper } = stage();
    const sent = session.send('Hello');
    keeper.settle();
    const message = { kind: 'message', message: sent.message } as const;
    const run = sent.run ?? '';
    const long = 'x'.repeat(limits.sentenceCharsMax + 1);
    const colour = 'red';
    for (const act of [
      () => session.send([]),
      () => session.send(Array.from({ length: 65 }, () => ({ type: 'text', text: '' }) as const)),
      () => session.send('x', { agent: '' }),
      () => session.send('x', { agent: 'a'.repeat(201) }),
      () => session.rename(''),
      () => session.rename('t'.repeat(201)),
      () => session.setPolicy('never' as 'reject'),
      () => session.setAgent(''),
      () => session.introduce({ name: '', kind: 'person' }),
      () => session.introduce({ name: 'Ada', kind: 'person', colour }),
      () => session.annotate(message, '', { score: 1 }),
      () => session.annotate(message, 'good', {}),
      () => session.annotate(message, 'good', { score: Number.NaN }),
      () => session.annotate(message, 'good', { comment: long }),
      () => session.cancel(run, { reason: long }),
      () => session.send([{ type: 'data', name: '', data: 1 }]),
      () => session.send([{ type: 'data', name: 'd'.repeat(201), data: 1 }]),
      () => session.send([{ type: 'source', title: 't'.repeat(201) }]),
    ]) {
      expect(refusedBy(session, act)).toBe('bad-input');
    }
    for (const principal of ['', 'p'.repeat(257)]) {
      expect(() => createSession({ principal })).toThrow(code('bad-input'));
    }
  });

  test('[S4] is refused wherever an agent writes one', () => {
    const scene = stage();
    const { writer, run } = held(scene);
    const long = 'x'.repeat(limits.sentenceCharsMax + 1);
    const tool = writer.tool('search', { id: 'c1' });
    tool.input({});
    writer.flush();
    const pending = (): boolean => writer.pending;
    const acts: ((to: ReplyWriter) => unknown)[] = [
      (to) => to.tool(''),
      (to) => to.tool('t'.repeat(201)),
      (to) => to.data('', 1),
      (to) => to.text({ id: 'c1' }),
      () => tool.askApproval({ reason: long }),
      () => tool.askApproval({ deadline: -1 }),
      () => tool.decided({ approved: false, reason: long }),
      () => tool.decided({ approved: false, request: 'no id' }),
      () => tool.fail(long),
      () => tool.fail(''),
    ];
    for (const act of acts) {
      expect(refusedBy(scene.session, () => act(writer), pending)).toBe('bad-input');
    }
    tool.askApproval();
    writer.flush();
    const { session } = scene;
    expect(refusedBy(session, () => session.approve(run, 'c1', long))).toBe('bad-input');
  });
});

describe('half a surrogate pair', () => {
  test('[S4] becomes a replacement character, for the writer as for everybody else', () => {
    const property = fc.property(brokenText(12), (text) => {
      const scene = stage();
      const { session } = scene;
      const content: PromptContent = [
        { type: 'text', text },
        { type: 'data', name: 'd', data: { [`k${text}`]: [text] } },
      ];
      const { message } = session.send(content, { agent: null });
      session.rename(`T${text}`);
      session.annotate({ kind: 'message', message }, 'good', { comment: `C${text}` });
      const { writer, reply } = held(scene);
      writer.data('d', text);
      writer.tool(`f${text}`).fail(`E${text}`);
      writer.end();
      const mended = text.toWellFormed();
      expect(session.view.messages.get(message)?.parts).toMatchObject([
        { text: mended },
        { data: { [`k${mended}`]: [mended] } },
      ]);
      expect(session.view.messages.get(reply)?.parts).toMatchObject([
        { data: mended },
        { name: `f${mended}`, error: `E${mended}` },
      ]);
      expect(session.view.meta.title).toBe(`T${mended}`);
      const copy = copyOf(session.doc);
      rootsOf(copy);
      expect(copy.toJSON()).toEqual(session.doc.toJSON());
    });
    fc.assert(property, runs(60, 3_000));
  });
});

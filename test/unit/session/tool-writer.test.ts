// A tool call moves along its table, whoever writes it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { SessionError } from '../../../src/session/error.ts';
import { argumentHash, type ToolPart, type ToolState } from '../../../src/session/tool.ts';
import type { ToolWriter } from '../../../src/session/tool-writer.ts';
import { runs } from '../../support/count.ts';
import { bytesOf, held, stage, takeOver } from '../../support/peers.ts';

type Move = 'stream' | 'input' | 'ask' | 'allow' | 'refuse' | 'preliminary' | 'output' | 'fail';

const moves: readonly Move[] = [
  'stream',
  'input',
  'ask',
  'allow',
  'refuse',
  'preliminary',
  'output',
  'fail',
];

const input = { city: 'Łódź', days: [1, 2] };

function make(tool: ToolWriter, move: Move): void {
  switch (move) {
    case 'stream':
      return tool.streamInput('{"city":');
    case 'input':
      return tool.input(input);
    case 'ask':
      return void tool.askApproval({ reason: 'It costs money.', deadline: 9_000 });
    case 'allow':
      return tool.decided({ approved: true, by: 'person:ada' });
    case 'refuse':
      return tool.decided({ approved: false, by: 'person:ada' });
    case 'preliminary':
      return tool.output({ so: 'far' }, { preliminary: true });
    case 'output':
      return tool.output(null);
    case 'fail':
      return tool.fail('It broke.');
  }
}

/** Written down from the drawing in tool.ts, not from its table. `output?` is preliminary. */
type At = ToolState | 'output?';
const drawing: { readonly [From in At]: Partial<Record<Move, At>> } = {
  'input-streaming': { stream: 'input-streaming', input: 'input-available', fail: 'output-error' },
  'input-available': {
    ask: 'approval-requested',
    refuse: 'output-denied',
    preliminary: 'output?',
    output: 'output-available',
    fail: 'output-error',
  },
  'approval-requested': {
    allow: 'approval-responded',
    refuse: 'output-denied',
    fail: 'output-error',
  },
  'approval-responded': {
    refuse: 'output-denied',
    preliminary: 'output?',
    output: 'output-available',
    fail: 'output-error',
  },
  'output?': { preliminary: 'output?', output: 'output-available', fail: 'output-error' },
  'output-available': {},
  'output-error': {},
  'output-denied': {},
};

const stateAt = (at: At): ToolState => (at === 'output?' ? 'output-available' : at);

/** The code of what was thrown, undefined where nothing was. */
function refusalOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof SessionError ? error.code : 'no session error';
  }
}

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

describe('a tool call', () => {
  const toolIn = (scene: ReturnType<typeof stage>, reply: string): ToolPart | undefined =>
    scene.session.view.messages
      .get(reply)
      ?.parts.find((part): part is ToolPart => part.type === 'tool');

  test('[S18] takes the steps of its table and refuses all others, which write nothing', () => {
    const seen = new Set<string>();
    const property = fc.property(
      fc.array(fc.constantFrom<Move | 'over'>(...moves, 'over'), { maxLength: 12, size: 'max' }),
      (all) => {
        const scene = stage();
        const first = held(scene);
        let { writer } = first;
        let tool = writer.tool('forecast', { id: 'c1' });
        writer.flush();
        let at: At = 'input-streaming';
        for (const move of all) {
          if (move === 'over') {
            writer = takeOver(scene, first.run, `agent:${scene.keeper.view.runs.size}`).writer;
            tool = writer.continueTool('c1');
            continue;
          }
          const to: At | undefined = drawing[at][move];
          seen.add(`${at} ${move}`);
          const vector = Y.encodeStateVector(scene.session.doc);
          expect(refusalOf(() => make(tool, move))).toBe(
            to === undefined ? 'part-state' : undefined,
          );
          expect(writer.pending).toBe(to !== undefined);
          writer.flush();
          const wrote = !Buffer.from(vector).equals(Y.encodeStateVector(scene.session.doc));
          expect(wrote).toBe(to !== undefined);
          at = to ?? at;
          expect(tool.state).toBe(stateAt(at));
          expect(tool.ended).toBe(Object.keys(drawing[at]).length === 0);
          const state = stateAt(at);
          expect(toolIn(scene, first.reply)).toMatchObject(
            state === 'output-available'
              ? { state, input, preliminary: at === 'output?' }
              : { state },
          );
        }
        expect(scene.session.faults).toEqual([]);
      },
    );
    const many = runs(100, 10_000);
    fc.assert(property, many);
    expect(seen.size).toBeGreaterThan(Math.min(30, many.numRuns / 10));
  });

  /** How a fresh call gets to each state. */
  const ways: { readonly [To in At]: readonly Move[] } = {
    'input-streaming': [],
    'input-available': ['input'],
    'approval-requested': ['input', 'ask'],
    'approval-responded': ['input', 'ask', 'allow'],
    'output?': ['input', 'preliminary'],
    'output-available': ['input', 'output'],
    'output-error': ['fail'],
    'output-denied': ['input', 'refuse'],
  };
  const cases = (Object.keys(ways) as At[]).flatMap((from) =>
    moves.flatMap((move) => [false, true].map((over) => ({ from, move, over }))),
  );

  test('[S18] answers every step in every state, also for a successor', () => {
    const answers = cases.map(({ from, move, over }) => {
      const scene = stage();
      const first = held(scene);
      let { writer } = first;
      let tool = writer.tool('forecast', { id: 'c1' });
      for (const before of ways[from]) make(tool, before);
      writer.flush();
      if (over) {
        ({ writer } = takeOver(scene, first.run));
        tool = writer.continueTool('c1');
        writer.flush();
      }
      const refused = refusalOf(() => make(tool, move)) ?? 'taken';
      const { pending } = writer;
      writer.flush();
      return { from, move, over, refused, pending, shown: toolIn(scene, first.reply)?.state };
    });
    expect(answers).toEqual(
      cases.map(({ from, move, over }) => {
        const to = drawing[from][move];
        const refused = to === undefined ? 'part-state' : 'taken';
        return { from, move, over, refused, pending: to !== undefined, shown: stateAt(to ?? from) };
      }),
    );
  });

  test('[S18] that is gone on with twice is one call', () => {
    const scene = stage();
    const { writer, run, reply } = held(scene);
    writer.tool('forecast', { id: 'c1' }).streamInput('{');
    writer.flush();
    const next = takeOver(scene, run).writer;
    next.continueTool('c1').input(input);
    next.continueTool('c1').output({ so: 'far' }, { preliminary: true });
    next.flush();
    next.continueTool('c1').output(null);
    next.end();
    expect(refusalOf(() => next.continueTool('c1'))).toBe('part-state');
    expect(toolIn(scene, reply)).toMatchObject({ input, output: null, preliminary: false });
  });

  test('[S18] shows what each state knows', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const tool = writer.tool('forecast', { id: 'c1', step: 's1' });
    const base = { type: 'tool', id: 'c1', name: 'forecast', step: 's1', startedAt: 1_000 };
    const expectShown = (fields: object): void => {
      writer.flush();
      expect(toolIn(scene, reply)).toEqual({ ...base, ...fields });
    };
    tool.streamInput('{"city":"\uD83D');
    expectShown({ state: 'input-streaming', rawInput: '{"city":"' });
    tool.streamInput('\uDE00"}');
    expectShown({ state: 'input-streaming', rawInput: '{"city":"😀"}' });
    tool.input({ city: '😀' });
    expectShown({ state: 'input-available', input: { city: '😀' } });
    const hash = tool.askApproval({ reason: 'Sure?' });
    expect(hash).toBe(argumentHash({ city: '😀' }));
    const asked = { input: { city: '😀' }, approval: { hash, reason: 'Sure?' } };
    expectShown({ state: 'approval-requested', ...asked });
    tool.decided({ approved: true, request: 'r1', by: 'person:ada' });
    const known = { ...asked, decision: { approved: true, request: 'r1', by: 'person:ada' } };
    expectShown({ state: 'approval-responded', ...known });
    scene.clock.advance(500);
    tool.output([1], { preliminary: true });
    const out = { state: 'output-available', endedAt: 1_500, ...known };
    expectShown({ ...out, output: [1], preliminary: true });
    tool.output([1, 2]);
    expectShown({ ...out, output: [1, 2], preliminary: false });
  });

  test('[S18] whose input could not be read keeps the text that came', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const tool = writer.tool('forecast', { id: 'c1' });
    tool.streamInput('{"city" \uD83D');
    tool.fail('No JSON.');
    writer.end();
    expect(toolIn(scene, reply)).toMatchObject({
      state: 'output-error',
      error: 'No JSON.',
      rawInput: '{"city" \uFFFD',
    });
  });

  test('[S18] a text takes no words after its end, and a reply nothing after its own', () => {
    const scene = stage();
    const { writer } = held(scene);
    const text = writer.text({ id: 't1' });
    const open = writer.tool('forecast', { id: 'c1' });
    text.end();
    text.end();
    expect(() => text.append('more')).toThrow(code('part-state'));
    writer.end();
    const before = bytesOf(scene.session.doc);
    expect(() => writer.text()).toThrow(code('part-state'));
    expect(() => writer.data('d', 1)).toThrow(code('part-state'));
    expect(() => open.input({})).toThrow(code('part-state'));
    writer.end();
    writer.flush();
    expect(bytesOf(scene.session.doc)).toBe(before);
  });
});

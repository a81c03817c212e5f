// The documents of schema 1 that are kept for ever, made anew: every root, type of
// part, state of a tool call, status of a run, kind of request and state of an answer.
// All of it is the same each time; test/golden has what it gave when it was written.

import * as Y from 'yjs';
import type { Sent } from '../../src/session/compose.ts';
import type { PromptPart } from '../../src/session/prompt.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import type { Session } from '../../src/session/session.ts';
import type { View } from '../../src/session/view.ts';
import { Stage } from './stage.ts';

export interface Golden {
  readonly name: string;
  readonly doc: Y.Doc;
}

/** What is compared of a view: written beside each document, so it never changes either. */
export function goldenView(view: View): unknown {
  const sorted = <Value extends { readonly id: string }>(values: Iterable<Value>): unknown =>
    [...values].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const entries = (map: ReadonlyMap<string, unknown>): unknown =>
    Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const { meta, tree, faults } = view;
  return {
    meta,
    path: view.path.map(({ id }) => id),
    messages: sorted(view.messages),
    runs: sorted(view.runs),
    requests: sorted(view.requests),
    participants: sorted(view.participants),
    annotations: sorted(view.annotations),
    selection: entries(view.selection),
    children: entries(tree.children),
    within: entries(tree.within),
    faults,
  };
}

export function goldenDocuments(): readonly Golden[] {
  const tour = makeTour();
  return [
    { name: 'schema-1-begun', doc: new Stage('Just begun').ann.doc },
    { name: 'schema-1-tour', doc: tour.ann.doc },
    { name: 'schema-1-fork', doc: makeFork(tour).doc },
    { name: 'schema-1-untitled', doc: makeUntitled() },
  ];
}

const file = { mediaType: 'image/png', size: 3, hash: 'a1'.repeat(32), name: 'cat.png' };
const source = { title: 'A page', url: 'https://example.org/a?b#c', snippet: 'as it says' };
const prompt: readonly PromptPart[] = [
  { type: 'text', text: 'What is on *this* picture? 你好 👋🏽' },
  { type: 'file', ...file },
  { type: 'source', ...source },
  { type: 'data', name: 'place', data: { lat: 47.4, lon: 8.5, tags: ['a', null, true] } },
];

function makeTour(): Stage {
  const stage = new Stage();
  const { ann, ben, agent } = stage;
  ann.introduce({ name: 'Ann', kind: 'person', colour: '#aa3366' });
  ben.introduce({ name: 'Ben', kind: 'person' });
  agent.introduce({ name: 'Helper', kind: 'agent' });
  const asked = ann.send(prompt);
  stage.claim(asked.run);
  const writer = stage.begin(asked.run);
  writeReply(stage, writer);
  decide(stage, asked, writer);
  stage.obey(asked.run, { do: 'usage', usage: { inputTokens: 12, outputTokens: 3456 } });
  stage.obey(asked.run, { do: 'complete' });
  everyEnding(stage, asked);
  everyPause(stage);
  queue(stage, asked);
  judge(stage, asked);
  stage.settle();
  return stage;
}

/** All types of parts, in one reply of two lanes, with texts of several segments. */
function writeReply(stage: Stage, writer: ReplyWriter): void {
  const thought = writer.reasoning({ id: 'thought', lane: stage.lane(), step: 's1' });
  const text = writer.text({ id: 'words', step: 's1' });
  for (let token = 0; token < 700; token++) {
    text.append(`token ${token} 👩‍👩‍👧 `);
    if (token % 50 === 0) thought.append('hm… ');
    if (token % 100 === 0) writer.flush();
  }
  text.append('cut \ud83d');
  writer.flush();
  text.append('\udc4b.');
  text.end();
  thought.end();
  writer.file(file, { id: 'file' });
  writer.source(source, { id: 'source' });
  writer.data('chart', { bars: [1, 2] }, { id: 'chart' });
  writer.data('chart', { bars: [1, 2, 3] }, { id: 'chart' });
  writeCalls(writer);
  writer.flush();
}

/** A tool call in every state that does not need people. */
function writeCalls(writer: ReplyWriter): void {
  writer.tool('search', { id: 'streams' }).streamInput('{"q": "ca');
  writer.tool('search', { id: 'has-input' }).input({ q: 'cat' });
  const done = writer.tool('search', { id: 'done', step: 's2' });
  done.streamInput('{"q": "dog"}');
  done.input({ q: 'dog' });
  done.output({ hits: 1 }, { preliminary: true });
  done.output({ hits: 2 });
  const early = writer.tool('search', { id: 'preliminary' });
  early.input(null);
  early.output(['so far'], { preliminary: true });
  const failed = writer.tool('search', { id: 'failed' });
  failed.input({ q: '' });
  failed.fail('Nothing to search for.');
  const unread = writer.tool('search', { id: 'unread' });
  unread.streamInput('{"q": oops');
  unread.fail('The input is no JSON.');
}

/** Approvals: one waits, one was approved, one denied; the losing decision is void. */
function decide(stage: Stage, asked: Sent, writer: ReplyWriter): void {
  const calls = ['waits', 'approved', 'denied'].map((id) => {
    const call = writer.tool('delete', { id });
    call.input({ path: `/${id}` });
    call.askApproval({ reason: 'It deletes.', deadline: 1_760_000_000_000 });
    return call;
  });
  writer.flush();
  stage.obey(asked.run, { do: 'wait', for: 'approval' });
  const [run, { ann, ben }] = [asked.run ?? '', stage];
  const yes = ann.approve(run, 'approved', 'Go on.');
  const tooLate = ben.deny(run, 'approved');
  const no = ben.deny(run, 'denied', 'Not that one.');
  for (const request of [yes, no]) {
    stage.obey(run, { do: 'ack', request, state: 'accepted', place: { message: writer.message } });
  }
  calls[1]?.decided({ approved: true, request: yes, by: 'ann' });
  calls[2]?.decided({ approved: false, request: no, by: 'ben', reason: 'Not that one.' });
  stage.obey(run, { do: 'ack', request: yes, state: 'settled' });
  if (ann.view.requests.get(tooLate)?.state !== 'void') throw new Error('decided twice');
  stage.obey(run, { do: 'proceed' });
  writer.end();
  stage.sync();
}

/** Runs that were cancelled in every way, failed, were lost, and taken over. */
function everyEnding(stage: Stage, asked: Sent): void {
  const { ann, ben } = stage;
  const again = ann.regenerate(asked.message);
  stage.claim(again.run);
  const first = stage.begin(again.run);
  first.text({ id: 'half' }).append('Half of it ');
  first.flush();
  stage.lose(again.run);
  stage.claim(again.run);
  const second = stage.begin(again.run);
  second.continueText('half').append('and the rest.');
  second.end();
  stage.obey(again.run, { do: 'complete' });

  const stopped = ben.send('Count to a million', { parent: again.reply });
  stage.claim(stopped.run);
  const counting = stage.begin(stopped.run);
  counting.text({ id: 'count' }).append('1, 2, 3');
  counting.flush();
  const cancel = ann.cancel(stopped.run ?? '', { scope: 'run', reason: 'Enough.' });
  const place = { message: stopped.reply ?? '', part: 'count', chars: 7 };
  stage.obey(stopped.run, { do: 'ack', request: cancel, state: 'accepted', place });
  stage.obey(stopped.run, { do: 'cancelled' });

  const broken = ben.send('Divide by zero');
  stage.claim(broken.run);
  stage.obey(broken.run, { do: 'fail', error: { code: 'crashed', message: 'It broke.' } });
  const deleted = ben.send('I did not mean this', { agent: null });
  ben.remove(deleted.message);
  const withdrawn = ann.send('Never mind');
  ann.cancel(withdrawn.run ?? '');
  stage.settle();
}

/** Runs that go on: one runs, one waits, one is stalled; a sub-run below the first. */
function everyPause(stage: Stage): void {
  const { ann, agent } = stage;
  const [runs, waits, stalls] = ['Run', 'Wait', 'Stall'].map((text) => ann.send(text));
  for (const sent of [runs, waits, stalls]) stage.claim(sent?.run ?? null);
  const run = runs?.run ?? '';
  stage.obey(waits?.run ?? '', { do: 'wait', for: 'answer' });
  stage.lose(stalls?.run ?? '');
  const steer = ann.steer(run, 'Faster, please');
  stage.obey(run, { do: 'ack', request: steer.request ?? '', state: 'settled' });
  const pause = ann.pause(run);
  const resume = ann.resume(run);
  stage.obey(run, { do: 'ack', request: pause, state: 'accepted' });
  stage.obey(run, { do: 'ack', request: resume, state: 'refused', reason: 'not-paused' });
  const below = agent.sendWithin(run, 'reader', 'Read this for me');
  stage.claim(below.run);
  const writer = stage.begin(below.run);
  writer.text({ id: 'read' }).append('Read.');
  writer.end();
  stage.obey(below.run, { do: 'complete' });
}

/** Runs that wait their turn: one replaced by an edit, one moved, one whose prompt is open. */
function queue(stage: Stage, asked: Sent): void {
  const { ann, ben } = stage;
  ann.setPolicy('enqueue');
  const [one, two] = [ann.send('First', { parent: asked.reply }), ben.send('Second')];
  stage.settle();
  ann.edit(one.message, 'First, but better');
  stage.settle();
  ann.reorder(two.run ?? '', { before: ann.queue[0]?.id ?? '' });
  ann.cancel(ann.active[0]?.id ?? '', { reason: 'Still open.' });
  const poem = new Y.Map<unknown>([
    ['head', { id: 'poem', role: 'user', author: 'ann', parent: null, createdAt: 1, mood: 'new' }],
    ['parts', [{ head: { type: 'poem', id: 'p1', lines: 4 }, verse: 'a' }]],
  ]);
  ann.pen.roots.messages.push([poem]);
}

function judge(stage: Stage, asked: Sent): void {
  const { ann, ben } = stage;
  const message = asked.reply ?? '';
  ann.annotate({ kind: 'message', message }, 'helpful', { score: 1 });
  ben.annotate({ kind: 'message', message }, 'helpful', { score: 0, comment: 'Too long.' });
  ann.annotate({ kind: 'part', message, part: 'words' }, 'tone', { label: 'calm' });
  ben.annotate({ kind: 'run', run: asked.run ?? '' }, 'a/b %', { comment: 'Slow.' });
  ann.choose(message, { share: true });
}

/** Copies of what was said, quoted, with words of the forker's own. */
function makeFork(tour: Stage): Session {
  const doc = new Y.Doc();
  doc.clientID = 1_004;
  const { messages } = tour.ben.view;
  const full = [...messages].find(({ parts }) => parts.some(({ id }) => id === 'chart'));
  const fork = tour.ben.fork(full?.id ?? '', { doc, id: 'fork', title: 'A fork' });
  fork.send('What did Ann mean?', { agent: null });
  return fork;
}

/** Named by an agent, with no agent of its own. */
function makeUntitled(): Y.Doc {
  const stage = new Stage('');
  const asked = stage.ann.send('Hello');
  stage.claim(asked.run);
  stage.obey(asked.run, { do: 'title', title: 'A greeting' });
  stage.ann.setPolicy('steer');
  stage.settle();
  return stage.ann.doc;
}

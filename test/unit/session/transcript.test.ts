// A path as JSON, and as the messages of a model request.

import { describe, expect, test } from 'vitest';
import type { ModelMessage } from '../../../src/session/model-messages.ts';
import { toModelMessages } from '../../../src/session/model-messages.ts';
import type { ReplyWriter } from '../../../src/session/reply.ts';
import { toTranscriptJson } from '../../../src/session/transcript.ts';
import { goldenDocuments } from '../../support/golden.ts';
import { freshView } from '../../support/read-everything.ts';
import { Stage } from '../../support/stage.ts';

/** A prompt, and the reply that `write` writes to it. */
function answered(write: (writer: ReplyWriter) => void): { stage: Stage; reply: string } {
  const stage = new Stage('Talk');
  const { run, reply } = stage.ann.send('Find cats');
  stage.claim(run);
  const writer = stage.begin(run);
  write(writer);
  writer.end();
  stage.obey(run, { do: 'complete' });
  return { stage, reply: reply ?? '' };
}

/** Role and content, without who wrote it. */
const bare = (messages: readonly ModelMessage[]): unknown =>
  messages.map(({ role, content }) => ({ role, content }));

describe('a transcript as JSON', () => {
  test('[S36] is the path with the runs that wrote it, and nothing that is only expected', () => {
    const { stage, reply } = answered((writer) => writer.text({ id: 't' }).append('Here.'));
    const waiting = stage.ann.send('And dogs?');
    stage.settle();
    const { view } = stage.ann;
    const json = toTranscriptJson(view);
    expect(view.path.at(-1)).toMatchObject({ id: waiting.reply, expected: true });
    expect(json).toEqual({
      format: 'holdfast-transcript',
      version: 1,
      title: 'Talk',
      createdAt: view.meta.createdAt,
      messages: view.path.slice(0, 3),
      runs: [[...view.runs].find((run) => run.reply === reply)],
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  test('[S36] leads to any message that is named, and is empty for one that is not there', () => {
    const { stage, reply } = answered((writer) => writer.text().append('Here.'));
    const { view } = stage.ann;
    stage.ann.send('Another beginning', { parent: null });
    const ids = (to?: string): readonly string[] =>
      toTranscriptJson(stage.ann.view, to).messages.map(({ id }) => id);
    expect(ids(reply)).toEqual(view.path.map(({ id }) => id));
    expect(ids()).not.toEqual(ids(reply));
    expect(ids('none')).toEqual([]);
  });
});

const result = (toolCallId: string, toolName: string, output: object): object => ({
  type: 'tool-result',
  toolCallId,
  toolName,
  output,
});

describe('model messages', () => {
  test('[S36] put the results of tool calls beside them, and words after them into a message of their own', () => {
    const { stage } = answered((writer) => {
      writer.reasoning().append('Cats.');
      writer.text().append('Let me look. ');
      const [one, two] = [writer.tool('search', { id: 'c1' }), writer.tool('rm', { id: 'c2' })];
      one.input({ q: 'cat' });
      one.output({ hits: 2 });
      two.input({ path: '/' });
      two.askApproval();
      two.decided({ approved: false, reason: 'No.' });
      writer.text().append('Two.');
      writer.tool('search', { id: 'c3' }).fail('It broke.');
      writer.tool('search', { id: 'open' }).input({ q: 'dog' });
      writer.tool('search', { id: 'streams' }).streamInput('{');
    });
    expect(bare(toModelMessages(stage.ann.view))).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Find cats' }] },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Cats.' },
          { type: 'text', text: 'Let me look. ' },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'search', input: { q: 'cat' } },
          { type: 'tool-call', toolCallId: 'c2', toolName: 'rm', input: { path: '/' } },
        ],
      },
      {
        role: 'tool',
        content: [
          result('c1', 'search', { type: 'json', value: { hits: 2 } }),
          result('c2', 'rm', { type: 'execution-denied', reason: 'No.' }),
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Two.' },
          { type: 'tool-call', toolCallId: 'c3', toolName: 'search', input: null },
        ],
      },
      {
        role: 'tool',
        content: [result('c3', 'search', { type: 'error-text', value: 'It broke.' })],
      },
    ]);
  });

  test('[S36] have a result for every call, in every document', () => {
    for (const { doc } of goldenDocuments()) {
      const view = freshView(doc);
      for (const { id } of view.messages) {
        const messages = toModelMessages(view, id);
        messages.forEach((message, at) => {
          if (message.role !== 'assistant') return;
          const calls = message.content.flatMap((one) =>
            one.type === 'tool-call' ? [one.toolCallId] : [],
          );
          const next = messages[at + 1];
          const results = next?.role === 'tool' ? next.content.map((one) => one.toolCallId) : [];
          expect(results).toEqual(calls);
        });
      }
    }
  });

  test('[S36] leave out what was withdrawn or deleted, and keep what somebody began or steers', () => {
    const stage = new Stage('Talk');
    const { ann } = stage;
    const kept = ann.send('Kept');
    stage.claim(kept.run);
    const withdrawn = ann.send('Withdrawn', { parent: kept.message });
    ann.cancel(withdrawn.run ?? '');
    stage.settle();
    const steers = ann.steer(kept.run ?? '', 'Steers');
    stage.obey(kept.run, { do: 'ack', request: steers.request ?? '', state: 'accepted' });
    stage.obey(kept.run, { do: 'cancelled' });
    const deleted = ann.send('Deleted', { parent: steers.message, agent: null });
    ann.remove(deleted.message);
    const last = ann.send('Last', { parent: deleted.message, agent: null });
    const texts = (to: string): unknown =>
      toModelMessages(ann.view, to)
        .map(({ content }) => content)
        .flat();
    const said = (...words: string[]): unknown => words.map((text) => ({ type: 'text', text }));
    expect(texts(last.message)).toEqual(said('Kept', 'Steers', 'Last'));
    expect(texts(withdrawn.message)).toEqual(said('Kept'));
    const again = ann.regenerate(withdrawn.message, { agent: 'helper' });
    expect(texts(withdrawn.message)).toEqual(said('Kept', 'Withdrawn'));
    expect(texts(again.reply ?? '')).toEqual(said('Kept', 'Withdrawn'));
  });

  test('[S36] name who wrote each, of what kind, and whether the words are only quoted', () => {
    const { stage, reply } = answered((writer) => writer.text().append('Here.'));
    stage.ann.introduce({ name: 'Ann', kind: 'person' });
    stage.ben.send('Thanks', { agent: null });
    stage.settle();
    const authors = toModelMessages(stage.ben.view).map(({ author }) => author);
    const plain = { quoted: false };
    expect(authors).toEqual([
      { ...plain, id: 'ann', kind: 'person', name: 'Ann' },
      { ...plain, id: 'helper-1', kind: 'agent', name: 'helper-1' },
      { ...plain, id: 'ben', kind: 'unknown', name: 'ben' },
    ]);
    const fork = stage.ben.fork(reply);
    fork.introduce({ name: 'Ben', kind: 'person' });
    expect(toModelMessages(fork.view).map(({ author }) => author)).toEqual([
      { id: 'ann', kind: 'unknown', name: 'ann', quoted: true },
      { id: 'helper-1', kind: 'agent', name: 'helper-1', quoted: true },
    ]);
  });

  test('[S36] give files of prompts by their hash', () => {
    const stage = new Stage('Talk');
    const file = { mediaType: 'image/png', size: 3, hash: 'a'.repeat(64), name: 'cat.png' };
    stage.ann.send([
      { type: 'text', text: 'What is it?' },
      { type: 'file', ...file },
    ]);
    expect(bare(toModelMessages(stage.ann.view))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'file', mediaType: 'image/png', hash: file.hash, filename: 'cat.png' },
        ],
      },
    ]);
  });
});

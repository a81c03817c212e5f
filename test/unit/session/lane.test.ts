// What is written beside a document, in a lane, against a Yjs client that has the lane's id.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../src/base/assert.ts';
import { keyId } from '../../../src/session/struct.ts';
import { documentDigest } from '../../../src/session/digest.ts';
import { type Lane, LaneWriter } from '../../../src/session/lane.ts';
import type { ReplyWriter } from '../../../src/session/reply.ts';
import { runs } from '../../support/count.ts';
import { laneClients, runBoth, type Step, step } from '../../support/lane-world.ts';
import { agent, copyOf, held, peerOf, stage, takeOver } from '../../support/peers.ts';

/** What a document may hold before a lane begins. */
function begun(): Y.Doc {
  const doc = new Y.Doc();
  doc.getArray('messages').push([new Y.Map([['head', 'first']]), new Y.Map()]);
  doc.getArray('messages').delete(1, 1);
  doc.getMap('runs').set('a', { n: 0 });
  doc.getMap('runs').set('b', 'gone');
  doc.getMap('runs').delete('b');
  return doc;
}

/** So that every world has words, whatever follows. */
const opening: readonly Step[] = [
  { do: 'entry' },
  { do: 'list', of: 0, key: 'parts' },
  { do: 'push', of: 0, kind: 'text' },
  { do: 'words', of: 0, text: 'first' },
];

describe('a lane', () => {
  test('[S15] gives the document that a Yjs client with its id would have given', () => {
    let words = 0;
    const property = fc.property(
      fc.array(step, { maxLength: 80, size: 'max' }),
      fc.boolean(),
      (steps, empty) => {
        const { ours, theirs } = runBoth(empty ? new Y.Doc() : begun(), [...opening, ...steps]);
        expect(ours.store.pendingStructs).toBeNull();
        expect(documentDigest(ours)).toBe(documentDigest(theirs));
        expect(Y.encodeStateVector(copyOf(ours))).toEqual(Y.encodeStateVector(copyOf(theirs)));
        for (const client of laneClients) {
          for (const struct of ours.store.clients.get(client) ?? []) {
            if (struct instanceof Y.Item && struct.content instanceof Y.ContentString) words++;
          }
        }
      },
    );
    const many = runs(250, 20_000);
    fc.assert(property, many);
    expect(words).toBeGreaterThanOrEqual(many.numRuns);
  });

  test('[S15] [S14] every flush of words alone is one append, and everything else one update', () => {
    const scene = stage();
    const { writer, holder } = held(scene, { lane: { client: 500, clock: 0 } });
    const updates: Uint8Array[] = [];
    holder.doc.on('update', (update) => updates.push(update));
    const text = writer.text({ id: 't1' });
    text.append('one');
    writer.flush();
    writer.flush();
    const { clock } = writer.lanes[0] as Lane;
    text.append(' tw');
    text.append('o');
    writer.flush();
    expect(updates).toHaveLength(2);
    expect(Y.decodeUpdate(updates[1] as Uint8Array).structs).toMatchObject([
      { id: { client: 500, clock }, length: 4, origin: { client: 500, clock: clock - 1 } },
    ]);
  });
});

test('a key that is set anew has the bytes of Yjs, but for what Yjs says it deleted', () => {
  const doc = begun();
  doc.clientID = 9;
  const before = keyId(doc.getMap('runs'), 'a');
  const updates: Uint8Array[] = [];
  doc.on('update', (update) => updates.push(update));
  doc.getMap('runs').set('a', { n: 1 });
  const lane = new LaneWriter({ client: 9, clock: 0 });
  lane.json({ n: 1 }, { after: defined(before, 'the key'), keyed: true });
  const structs = (lane.flush() ?? new Uint8Array()).slice(0, -1);
  expect(structs.length).toBeGreaterThan(10);
  expect([...(updates[0] ?? [])].slice(0, structs.length)).toEqual([...structs]);
});

/** One part of every kind, with keys set and set again, in a lane. */
function writeAll(writer: ReplyWriter): void {
  const text = writer.text({ id: 't1', step: 's1' });
  text.append('x'.repeat(3_000));
  writer.flush();
  text.append('漢😀'.repeat(1_500));
  const tool = writer.tool('search', { id: 'c1' });
  tool.streamInput('{"q":');
  tool.streamInput('1}');
  tool.input({ q: 1 });
  writer.data('weather', { now: 'rain' }, { id: 'd1' });
  text.append('end');
  writer.flush();
  writer.data('weather', { now: 'sun' }, { id: 'd1' });
  tool.output({ partial: true }, { preliminary: true });
  tool.output([1, 2]);
  writer.source({ title: 'A source', url: 'https://example.org/' });
  writer.end();
}

/** The same by the words of Yjs alone, beginning where the reply does. */
function writePlain(doc: Y.Doc, head: unknown, sourceId: unknown): void {
  const at = 1_000;
  const parts = new Y.Array<Y.Map<unknown>>();
  doc.getArray('messages').push([
    new Y.Map<unknown>([
      ['head', head],
      ['parts', parts],
    ]),
  ]);
  const begin = (fields: object, ...rest: [string, unknown][]): Y.Map<unknown> => {
    const part = new Y.Map<unknown>([['head', { ...fields, at }], ...rest]);
    parts.push([part]);
    return part;
  };
  const say = (body: Y.Array<Y.Text>, text: string): void => {
    const segment = new Y.Text();
    body.push([segment]);
    segment.insert(0, text);
  };
  const body = new Y.Array<Y.Text>();
  const text = begin({ type: 'text', id: 't1', step: 's1' }, ['body', body]);
  say(body, 'x'.repeat(3_000));
  say(body, '漢😀'.repeat(1_333));
  body.get(1).insert(3_999, '漢');
  say(body, `😀${'漢😀'.repeat(166)}`);
  const input = new Y.Array<Y.Text>();
  const tool = begin({ type: 'tool', id: 'c1', name: 'search' }, ['body', input]);
  say(input, '{"q":1}');
  tool.set('input', { value: { q: 1 } });
  tool.set('state', { state: 'input-available', at });
  const data = begin({ type: 'data', id: 'd1', name: 'weather' }, [
    'data',
    { value: { now: 'rain' } },
  ]);
  body.get(2).insert(500, 'end');
  data.set('data', { value: { now: 'sun' } });
  tool.set('output', { value: { partial: true }, preliminary: true });
  tool.set('state', { state: 'output-available', at });
  tool.set('output', { value: [1, 2] });
  tool.set('state', { state: 'output-available', at });
  begin({ type: 'source', id: sourceId, title: 'A source', url: 'https://example.org/' });
  text.set('state', { state: 'done', at });
}

describe('a reply in a lane', () => {
  test('[S15] is the document that plain Yjs makes of the same parts, keys and words', () => {
    const lane = { client: 4_000_000_000, clock: 0 };
    const scene = stage();
    const before = held(scene, { lane });
    const theirs = copyOf(before.holder.doc);
    writeAll(before.writer);
    const ours = before.holder.doc;
    theirs.clientID = lane.client;
    const reply = before.holder.view.messages.get(before.reply);
    const { id, role, author, parent, createdAt, run } = reply ?? {};
    const source = reply?.parts.at(-1)?.id;
    writePlain(theirs, { id, role, author, parent, createdAt, run }, source);
    expect(documentDigest(ours)).toBe(documentDigest(theirs));
    expect(documentDigest(scene.session.doc)).toBe(documentDigest(ours));
  });

  test('[S15] leaves the client id of every document as it is', () => {
    const scene = stage();
    const reader = peerOf(scene.session, 'person:ben');
    const { writer, holder, run } = held(scene);
    const docs = [scene.session.doc, reader.doc, holder.doc];
    const ids = docs.map((doc) => doc.clientID);
    writeAll(writer);
    const next = takeOver(scene, run);
    docs.push(next.holder.doc);
    ids.push(next.holder.doc.clientID);
    next.writer.text().append('more');
    next.writer.end();
    expect(docs.map((doc) => doc.clientID)).toEqual(ids);
    expect(new Set(docs.map(documentDigest)).size).toBe(1);
    for (const { client } of [...writer.lanes, ...next.writer.lanes]) {
      expect(ids).not.toContain(client);
    }
  });
});

describe('a lane is refused', () => {
  const refusal = expect.objectContaining({ code: 'lane-clock' });

  test('[S15] where it is the client of the document itself', () => {
    const scene = stage();
    const { writer, run, holder } = held(scene);
    const digest = documentDigest(holder.doc);
    const own = { client: holder.doc.clientID, clock: 0 };
    expect(() => holder.begin(run, own)).toThrow(refusal);
    expect(() => writer.text({ lane: own })).toThrow(refusal);
    expect(documentDigest(holder.doc)).toBe(digest);
  });

  test('[S15] where it does not stand at the clock of the document', () => {
    const scene = stage();
    const lane = { client: 321, clock: 0 };
    const { writer, run, holder } = held(scene, { lane });
    writer.text({ id: 't1' }).append('words');
    writer.flush();
    const [stands] = writer.lanes;
    const clock = stands?.clock ?? 0;
    for (const wrong of [0, 1, clock - 1, clock + 1]) {
      const grant = { client: 321, clock: wrong };
      expect(() => holder.begin(run, grant)).toThrow(refusal);
    }
    for (const client of [322, scene.session.doc.clientID]) {
      const grant = { client, clock: 3 };
      expect(() => writer.text({ lane: grant })).toThrow(refusal);
      expect(() => writer.tool('search', { lane: grant })).toThrow(refusal);
    }
    expect(writer.pending).toBe(false);
    holder.begin(run, { client: 321, clock }).text({ id: 't2' });
  });

  test('[S15] a document that has not heard of it yet does not take its grant', () => {
    const scene = stage();
    const { writer, run } = held(scene, { lane: { client: 321, clock: 0 } });
    const late = peerOf(scene.session, agent);
    writer.text().append('words');
    const grant = writer.lanes[0] as Lane;
    expect(() => late.begin(run, grant)).toThrow(refusal);
    writer.flush();
    late.begin(run, grant).text({ id: 't9' });
  });
});

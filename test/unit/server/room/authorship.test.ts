// Who may write which part: each rule on what Yjs peers send that break it, and on what looks
// like it and is good.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { DocumentIndex } from '../../../../server/room/document-index.ts';
import { Lanes } from '../../../../server/room/lanes.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { LaneWriter } from '../../../../src/session/lane.ts';
import { ask, type Asked, everythingIn, indexOf } from '../../../support/gate.ts';

const map = (entries: readonly (readonly [string, unknown])[] = []): Y.Map<unknown> =>
  new Y.Map<unknown>(entries);
const reply = (run: string): Y.Map<unknown> => map([['head', { id: 'm2', run }]]);

/** A session in which Ann asked something, and her document. */
function asked(): { doc: Y.Doc; index: DocumentIndex } {
  const doc = new Y.Doc();
  doc.getArray('messages').push([
    map([
      ['head', { id: 'm1' }],
      ['parts', [{ text: 'Hello' }]],
    ]),
  ]);
  doc.getMap('runs').set(
    'r1',
    map([
      ['head', { id: 'r1' }],
      ['acks', map()],
    ]),
  );
  doc.getMap('control').set('q1', { id: 'q1' });
  doc.getMap('participants').set('ann', { kind: 'person' });
  doc.getMap('annotations').set('run/r1/helpful/ann', { score: 1 });
  return { doc, index: indexOf('ann', Y.encodeStateAsUpdate(doc)) };
}

const root = (doc: Y.Doc, name: string): Y.Map<unknown> => doc.getMap(name);
const run = (doc: Y.Doc): Y.Map<unknown> => root(doc, 'runs').get('r1') as Y.Map<unknown>;
const message = (doc: Y.Doc): Y.Map<unknown> => doc.getArray<Y.Map<unknown>>('messages').get(0);

interface Deed {
  readonly what: string;
  readonly rule: string | undefined;
  readonly act: (doc: Y.Doc) => void;
  /** By Ann, from her own document; else Eve, from a copy. */
  readonly byAnn?: boolean;
}

/** All that bears a name, in Eve's hand. */
const signed = (name: string, rule: Deed['rule']): readonly Deed[] => [
  {
    rule,
    what: `a message of ${name}`,
    act: (doc) => doc.getArray('messages').push([map([['head', { author: name }]])]),
  },
  {
    rule,
    what: `a run that ${name} asked for`,
    act: (doc) => root(doc, 'runs').set('r2', map([['head', { createdBy: name }]])),
  },
  {
    rule,
    what: `a request of ${name}`,
    act: (doc) => root(doc, 'control').set('q2', { by: name }),
  },
  {
    rule,
    what: `who ${name} is`,
    act: (doc) => root(doc, 'participants').set(name, { kind: 'agent' }),
  },
  {
    rule,
    what: `a judgement of ${name}`,
    act: (doc) => root(doc, 'annotations').set(`message/m1/helpful/${name}`, { score: 1 }),
  },
  {
    rule,
    what: `that ${name} made the session`,
    act: (doc) => root(doc, 'meta').set('createdBy', name),
  },
];

const deeds: readonly Deed[] = [
  { rule: 'bookkeeping', what: 'a status', act: (doc) => run(doc).set('status', { state: 'x' }) },
  { rule: 'bookkeeping', what: 'a claim', act: (doc) => run(doc).set('claim', {}), byAnn: true },
  { rule: 'bookkeeping', what: 'another head', act: (doc) => run(doc).set('head', {}) },
  { rule: 'once', what: 'her own head anew', act: (doc) => run(doc).set('head', {}), byAnn: true },
  {
    rule: 'bookkeeping',
    what: 'an ack',
    act: (doc) => (run(doc).get('acks') as Y.Map<unknown>).set('q1', {}),
    byAnn: true,
  },
  {
    rule: 'bookkeeping',
    what: 'a status in a run of her own',
    act: (doc) => root(doc, 'runs').set('r2', map([['status', { state: 'complete' }]])),
    byAnn: true,
  },
  { rule: 'once', what: 'a run again', act: (doc) => root(doc, 'runs').set('r1', map()) },
  {
    rule: 'bookkeeping',
    what: 'a run away',
    act: (doc) => root(doc, 'runs').delete('r1'),
    byAnn: true,
  },
  { rule: 'once', what: 'a request again', act: (doc) => root(doc, 'control').set('q1', {}) },
  { rule: 'once', what: 'a request away', act: (doc) => root(doc, 'control').delete('q1') },
  { rule: 'author', what: 'the words of Ann', act: (doc) => message(doc).set('parts', []) },
  { rule: 'author', what: 'the words of Ann away', act: (doc) => message(doc).delete('parts') },
  {
    rule: 'author',
    what: 'a message of Ann away',
    act: (doc) => doc.getArray('messages').delete(0),
  },
  { rule: 'once', what: 'her own head', act: (doc) => message(doc).set('head', {}), byAnn: true },
  {
    rule: 'lane',
    what: 'a reply without a claim',
    act: (doc) => doc.getArray('messages').push([reply('r1')]),
  },
  { rule: undefined, what: 'a place in the queue', act: (doc) => run(doc).set('order', 7) },
  {
    rule: undefined,
    what: 'her own words away',
    act: (doc) => message(doc).delete('parts'),
    byAnn: true,
  },
  ...signed('ann', 'identity'),
  ...signed('eve', undefined),
  {
    rule: 'identity',
    what: 'who Ann is, away',
    act: (doc) => root(doc, 'participants').delete('ann'),
  },
  {
    rule: 'identity',
    what: 'a judgement of Ann away',
    act: (doc) => root(doc, 'annotations').delete('run/r1/helpful/ann'),
  },
  {
    rule: undefined,
    what: 'a run and a request of her own',
    act: (doc) => {
      root(doc, 'runs').set(
        'r2',
        map([
          ['head', {}],
          ['acks', map()],
        ]),
      );
      root(doc, 'control').set('q2', {});
    },
  },
];

test.each(deeds)('[W182] [W187] $rule: $what', ({ rule, act, byAnn = false }) => {
  const { doc, index } = asked();
  const own = byAnn ? doc : new Y.Doc();
  if (!byAnn) Y.applyUpdate(own, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(own);
  act(own);
  const bytes = Y.encodeStateAsUpdate(own, before);
  const was = everythingIn(index);
  const verdict = ask(index, bytes, { principal: byAnn ? 'ann' : 'eve' });
  const isTaken = rule === undefined;
  expect(verdict).toMatchObject(isTaken ? { ok: true } : { ok: false, code: 'refused', rule });
  expect(everythingIn(index) === was).toBe(!isTaken);
});

interface Held {
  readonly index: DocumentIndex;
  readonly lanes: Lanes;
  readonly pen: LaneWriter;
}

/** The guide has a claim on r1, and has begun its reply. */
function held(): Held {
  const { index } = asked();
  const lanes = new Lanes(index.table, () => undefined);
  const [lane] = lanes.grant(seededChance(1), 'guide', { run: 'r1', epoch: 1 }, 1);
  if (lane === undefined) throw new Error('no lane');
  return { index, lanes, pen: new LaneWriter(lane) };
}

const send = ({ index, pen }: Held, who: Asked['principal'] = 'guide'): ReturnType<typeof ask> =>
  ask(index, pen.flush() ?? new Uint8Array(), { principal: who });

function begin(scene: Held, id: string): ReturnType<LaneWriter['type']> {
  const { pen, index } = scene;
  const last = index.table.containers[index.root('messages')]?.last ?? 0;
  const after = { client: index.table.client(last), clock: index.table.clock(last) };
  const entry = pen.type('map', { after, keyed: false });
  pen.json({ id: 'm2', run: id }, { first: entry, key: 'head' });
  return entry;
}

test('[W176] a reply is written under a lane of the claim on its run, and continued there', () => {
  const scene = held();
  const entry = begin(scene, 'r1');
  const parts = scene.pen.type('array', { first: entry, key: 'parts' });
  expect(send(scene)).toMatchObject({ ok: true });
  scene.pen.type('map', { first: parts });
  expect(send(scene)).toMatchObject({ ok: true });
});

test('[W176] a lane writes in no reply of another run, and nowhere else', () => {
  const scene = held();
  begin(scene, 'r2');
  expect(send(scene)).toMatchObject({ rule: 'lane' });
  const other = held();
  other.pen.json('mine', { firstOfRoot: 'meta', key: 'title' });
  expect(send(other)).toMatchObject({ rule: 'lane' });
  const foreign = held();
  foreign.pen.json([], { after: { client: begin(foreign, 'r1').client, clock: 0 }, keyed: false });
  expect(send(foreign, 'eve')).toMatchObject({ rule: 'client-bound' });
});

test('[W178] a lane of a claim that is lost writes nothing, nor does one that is free', () => {
  const scene = held();
  begin(scene, 'r1');
  scene.lanes.lose('r1');
  expect(send(scene)).toMatchObject({ rule: 'lane-lost' });
  const ended = held();
  begin(ended, 'r1');
  ended.lanes.free('r1');
  expect(send(ended)).toMatchObject({ rule: 'lane-lost' });
});

test('[W178] words that a lost lane wrote before are known, and are no fault', () => {
  const scene = held();
  const { index, pen } = scene;
  const entry = begin(scene, 'r1');
  const list = pen.type('array', { first: entry, key: 'parts' });
  const segment = pen.type('text', { first: list });
  pen.begin(segment, 'At the ');
  const update = pen.flush() ?? new Uint8Array();
  expect(ask(index, update, { principal: 'guide' })).toMatchObject({ ok: true });
  scene.lanes.lose('r1');
  expect(ask(index, update, { principal: 'guide' })).toMatchObject({ ok: true, updates: [] });
  const writer = index.table.writer(pen.client);
  expect(writer && index.append(writer, writer.next, 3)).toBe(false);
});

// What it costs a server to read: a token that continues its writer's text, by the quick look and by
// the full reader, and a whole answer of a peer that was offline; beside Yjs decoding the same bytes
// and beside a live document that takes them. The document begins anew with each round, with one
// segment of a text, which is when it is at its fastest.

import * as Y from 'yjs';
import { measure, timingOf } from '../../bench/harness.ts';
import { absoluteRow, plainRow, ratioRow, type Table } from '../../bench/table.ts';
import { assert, defined } from '../../src/base/assert.ts';
import { readAppend } from '../../src/protocol/append.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';
import { UpdateReader } from '../../src/protocol/update-reader.ts';
import { encodeAppend } from '../../src/session/append.ts';

const CLIENT = 3_222_111_000;
const TOKENS = 500;
const ROUNDS = 60;
const MESSAGES = 700;
const words = [' the', 'hello', ' world', ' 😀 ok', '\n\n', ' tokens', ',', ' größer'];

function tokens(): readonly Uint8Array[] {
  const updates: Uint8Array[] = [];
  for (let clock = 1; updates.length < TOKENS;) {
    const text = defined(words[updates.length % words.length], 'a word');
    updates.push(encodeAppend(CLIENT, clock, text));
    clock += text.length;
  }
  return updates;
}

/** A document that others hear, with the first character of a text. */
function liveDocument(): Y.Doc {
  const writer = new Y.Doc();
  writer.clientID = CLIENT;
  writer.getText('text').insert(0, '>');
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(writer));
  doc.on('update', () => undefined);
  return doc;
}

function readAll(bytes: Uint8Array): number {
  const reader = new UpdateReader(bytes, syncAnswerBudget);
  let clocks = 0;
  while (reader.nextStruct()) clocks += reader.length;
  while (reader.nextRange()) clocks += reader.length;
  assert(reader.refusal === undefined, 'a real update is read');
  return clocks;
}

/** All that a peer wrote on a long flight. */
function offlineWork(): Uint8Array {
  const doc = new Y.Doc();
  const text = 'a prompt of some hundred characters '.repeat(12);
  for (let i = 0; i < MESSAGES; i++) {
    doc.transact(() => {
      const message = new Y.Map<unknown>();
      doc.getArray('messages').push([message]);
      message.set('head', { id: `message-${i}`, role: 'user', author: 'ada', createdAt: 1e12 });
      message.set('parts', [{ type: 'text', text }]);
      const run = new Y.Map<unknown>();
      doc.getMap('runs').set(`run-${i}`, run);
      run.set('head', { id: `run-${i}`, agent: 'assistant' });
    });
  }
  return Y.encodeStateAsUpdate(doc);
}

const sum = (updates: readonly Uint8Array[], read: (bytes: Uint8Array) => number): number =>
  updates.reduce((total, bytes) => total + read(bytes), 0);

/** What a server does first with what a socket gives it. */
function readFramed(bytes: Uint8Array): number {
  const decoded = decodeFrame(bytes);
  assert(decoded.ok && decoded.frame.type === 'update', 'an update was sent');
  return readAppend(decoded.frame.update)?.length ?? 0;
}

const QUICK = 'quick look';
const FRAMED = 'in its frame';
const FULL = 'full reader';
const DECODE = 'Y.decodeUpdate';
const APPLY = 'Y.applyUpdate';

export async function bench(): Promise<Table> {
  const sent = tokens();
  const framed = sent.map((update) => encodeFrame({ type: 'update', update }));
  const answer = offlineWork();
  const prepare = liveDocument;
  const perToken = await measure(
    [
      { name: QUICK, prepare, run: () => sum(sent, (one) => readAppend(one)?.length ?? 0) },
      { name: FRAMED, prepare, run: () => sum(framed, readFramed) },
      { name: FULL, prepare, run: () => sum(sent, readAll) },
      { name: DECODE, prepare, run: () => sum(sent, (one) => Y.decodeUpdate(one).structs.length) },
      { name: APPLY, prepare, run: (doc) => sent.forEach((one) => Y.applyUpdate(doc, one)) },
    ],
    { rounds: ROUNDS, operations: TOKENS },
  );
  const whole = await measure(
    [
      { name: FULL, prepare, run: () => readAll(answer) },
      { name: DECODE, prepare, run: () => Y.decodeUpdate(answer) },
      { name: APPLY, prepare, run: (doc) => Y.applyUpdate(doc, answer) },
    ],
    { rounds: 20, operations: 1 },
  );
  const token = (name: string): number => timingOf(perToken, name).wallUs;
  const all = (name: string): number => timingOf(whole, name).wallUs;
  return {
    title: `Reading: ${TOKENS} tokens, and an answer of ${MESSAGES} messages, ${answer.length} bytes`,
    rows: [
      ratioRow('a token, quick look / Y.applyUpdate', token(QUICK), token(APPLY), 0.1),
      ratioRow('a token, full reader / Y.applyUpdate', token(FULL), token(APPLY), 0.2),
      ratioRow('a token, full reader / Y.decodeUpdate', token(FULL), token(DECODE), 2),
      ratioRow('an answer, full reader / Y.decodeUpdate', all(FULL), all(DECODE), 1),
      ratioRow('an answer, full reader / Y.applyUpdate', all(FULL), all(APPLY), 0.5),
      absoluteRow('a token, quick look', token(QUICK), 'us', 1),
      absoluteRow('a token, frame and quick look', token(FRAMED), 'us', 1),
      plainRow('a token, full reader', token(FULL), 'us'),
      plainRow('a token, Y.decodeUpdate', token(DECODE), 'us'),
      plainRow('a token, Y.applyUpdate', token(APPLY), 'us'),
      plainRow('an answer, full reader', all(FULL) / 1_000, 'ms'),
      plainRow('an answer, Y.decodeUpdate', all(DECODE) / 1_000, 'ms'),
    ],
  };
}

// The documents of released schemas open for ever, with the view of the day they were
// written. A file that is here once is never changed, and never goes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { root } from '../../../tools/process.ts';
import { type RequestState, ackTable } from '../../../src/session/control.ts';
import { sha256Hex } from '../../../src/session/hash.ts';
import { checkInvariants } from '../../../src/session/invariant.ts';
import { type CancelReason, runTable } from '../../../src/session/run.ts';
import { openSession } from '../../../src/session/session.ts';
import { rootsOf } from '../../../src/session/shape.ts';
import { toolTable } from '../../../src/session/tool.ts';
import type { View } from '../../../src/session/view.ts';
import { goldenDocuments, goldenView } from '../../support/golden.ts';

const folder = join(root, 'test/golden');

/** SHA-256 of every document and of its view. A new one adds a row; no row ever changes. */
const kept: Readonly<Record<string, string>> = {
  'schema-1-begun.bin': '46be508b1fd32713a13355e380e55e0b8e9a5737190f694da9c48b45cd6fe0d4',
  'schema-1-begun.json': '9c9a6bf9846cb21f028163c3e3355d949bde097e5c7cd3bf7bedd259d51b9cb1',
  'schema-1-fork.bin': 'dc02a7e9c9558a354b16d967568196ad7e36221943214e2177b85b3c203d397a',
  'schema-1-fork.json': 'c9ff859c735869e38deba4132761d77e69aef3122030962dcf1de2660e60dcf3',
  'schema-1-tour.bin': 'fbe01f12a89f1f0931378fd83c6e1bf19e3ef3bff841d3dcaad57859f7b3af48',
  'schema-1-tour.json': 'e62ec1c8276a8f8663d9617345cbb5973076be88f007b298744369ce0cd17979',
  'schema-1-untitled.bin': '75cc0586b7aa4498577067715fcd1e81adc3e4d26e79d4eaedbef8043b7e8d4a',
  'schema-1-untitled.json': '613925eecf3dad39aed26915862fe244ce8fcfec0be89db78c044efaae568043',
};

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bin'))
  .map((file) => file.slice(0, -'.bin'.length));

const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(folder, `${name}.bin`)));

function documentOf(name: string): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, bytesOf(name));
  return doc;
}

const viewOf = (name: string): View => openSession(documentOf(name), { principal: 'eve' }).view;

describe('a golden document', () => {
  test.each(names)('[S6] %s opens with the view of the day it was written', (name) => {
    const written: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    expect(JSON.parse(JSON.stringify(goldenView(viewOf(name))))).toEqual(written);
  });

  test.each(names)('[S6] %s is sound, and opening it writes nothing', (name) => {
    const doc = documentOf(name);
    openSession(doc, { principal: 'eve' });
    expect(Y.encodeStateAsUpdate(doc)).toEqual(Y.encodeStateAsUpdate(documentOf(name)));
    expect(checkInvariants(doc)).toEqual([]);
  });

  test('[S6] is kept as it was, bytes and view', () => {
    const now = readdirSync(folder)
      .filter((file) => /\.(bin|json)$/.test(file))
      .map((file) => [file, sha256Hex(new Uint8Array(readFileSync(join(folder, file))))]);
    expect(Object.fromEntries(now)).toEqual(kept);
  });

  test('[S6] is there for each document that is written now', () => {
    const all = names.map((name) => sha256Hex(bytesOf(name)));
    for (const { name, doc } of goldenDocuments()) {
      const found = all.includes(sha256Hex(Y.encodeStateAsUpdate(doc)));
      expect(
        found,
        `${name} is written otherwise now: keep the old file, add one of a new name`,
      ).toBe(true);
    }
  });
});

describe('the golden documents together', () => {
  const views = names.map(viewOf);
  const parts = views.flatMap((view) => [...view.messages].flatMap((message) => message.parts));
  const runs = views.flatMap((view) => [...view.runs]);
  const requests = views.flatMap((view) => [...view.requests]);
  const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].toSorted();

  test('[S6] have every type of part and every state of a tool call', () => {
    const types = ['text', 'reasoning', 'tool', 'file', 'source', 'data', 'unknown'];
    expect(sorted(parts.map((part) => part.type))).toEqual(sorted(types));
    const states = parts.flatMap((part) => (part.type === 'tool' ? [part.state] : []));
    expect(sorted(states)).toEqual(sorted(Object.keys(toolTable)));
  });

  test('[S6] have every status of a run and every reason of a cancel', () => {
    expect(sorted(runs.map((run) => run.status.state))).toEqual(sorted(Object.keys(runTable)));
    const why = runs.flatMap(({ status }) => (status.state === 'cancelled' ? [status.why] : []));
    const reasons: readonly CancelReason[] = ['asked', 'withdrawn', 'replaced', 'steered'];
    expect(sorted(why)).toEqual(sorted(reasons));
  });

  test('[S6] have every kind of request and every state of an answer', () => {
    const kinds = ['cancel', 'steer', 'approve', 'deny', 'pause', 'resume', 'replace'];
    expect(sorted(requests.map((request) => request.kind))).toEqual(sorted(kinds));
    const states: readonly RequestState[] = requests.map((request) => request.state);
    expect(sorted(states)).toEqual(sorted(Object.keys(ackTable)));
  });

  test('[S6] have something in every root', () => {
    const roots = rootsOf(documentOf('schema-1-tour'));
    for (const [name, content] of Object.entries(roots)) {
      const size = content instanceof Y.Array ? content.length : content.size;
      expect(size, name).toBeGreaterThan(0);
    }
  });
});

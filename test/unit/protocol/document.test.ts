// docs/PROTOCOL.md is what implementers of other peers read: what it lists is what is built.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closeReasons } from '../../../src/protocol/close.ts';
import { commandSchemas } from '../../../src/protocol/command.ts';
import { syncAnswerBudget, updateBudget } from '../../../src/protocol/limits.ts';
import { wireRules } from '../../../src/protocol/refusal.ts';
import { rights } from '../../../src/protocol/token.ts';
import { gateRules } from '../../../server/room/rule.ts';
import { protocolHistory } from '../../../src/protocol/version.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/PROTOCOL.md'), 'utf8');
const missing = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => !document.includes(text));

test('names every rule by which an update is refused', () => {
  const elsewhere = /^(command-|frame-type|auth-kind|barrier-bytes|json-shape)/;
  const inUpdates = Object.keys(wireRules).filter((rule) => !elsewhere.test(rule));
  expect(missing(inUpdates.map((rule) => `\`${rule}\``))).toEqual([]);
});

test('names every rule by which the server refuses an update that can be read', () => {
  const own = Object.keys(gateRules).map((rule) => `\`${rule}\``);
  expect(missing(own)).toEqual([]);
});

test('names every command, right, close code and version', () => {
  expect(missing(Object.keys(commandSchemas).map((type) => `| \`${type}\` |`))).toEqual([]);
  expect(missing(rights.map((right) => `\`${right}\``))).toEqual([]);
  const codes = Object.values(closeReasons).map(
    ({ code, name, final }) => `| ${code} | \`${name}\` | ${final ? 'no' : 'yes'} |`,
  );
  expect(missing(codes)).toEqual([]);
  const versions = protocolHistory.map(
    ({ major, minor, change }) => `| ${major}.${minor} | ${change.slice(0, -1)} |`,
  );
  expect(missing(versions)).toEqual([]);
});

test('gives the budgets as they are', () => {
  const number = (value: number): string => value.toLocaleString('en');
  const row = (what: string, budget: 'structsMax' | 'clientsMax' | 'rangesMax'): string =>
    `| ${what} | ${number(updateBudget[budget])} | ${number(syncAnswerBudget[budget])} |`;
  const counts = [
    row('structs', 'structsMax'),
    row('clients', 'clientsMax'),
    row('ranges of deletions', 'rangesMax'),
  ];
  const bytes = `| bytes | ${updateBudget.bytesMax / 2 ** 10} KiB | ${syncAnswerBudget.bytesMax / 2 ** 20} MiB |`;
  expect(missing([...counts, bytes, `| new types | ${updateBudget.typesMax} | |`])).toEqual([]);
});

// Programs that must not compile. Each lies in one of the texts beside this file and is a whole
// program but for the lines that end in `// TS2540 read-only`: on exactly these the compiler has to
// complain, with that number and those words. So a program that does not compile for another reason
// fails here too, and a type that became looser is noticed.

import { beforeAll, describe, expect, test } from 'vitest';
import { compile, type ProgramText } from '../support/compile.ts';
import { appPrograms } from './app-programs.ts';
import { documentPrograms } from './document-programs.ts';
import { readerPrograms } from './reader-programs.ts';
import { tablePrograms } from './table-programs.ts';
import { writerPrograms } from './writer-programs.ts';

/** What the compiler says about one line of a program. */
interface Complaint {
  readonly line: number;
  readonly code: string;
  readonly words: () => string;
}

const programs: readonly (ProgramText & { readonly title: string })[] = [
  ...readerPrograms,
  ...writerPrograms,
  ...tablePrograms,
  ...documentPrograms,
  ...appPrograms,
].map(({ title, text }, at) => ({ title, text: text.trimStart(), file: `p${at + 1}.ts` }));

const marker = / \/\/ (TS\d+) (.+)$/;

function wanted(program: ProgramText): readonly Complaint[] {
  return program.text.split('\n').flatMap((text, index) => {
    const [, code, words] = marker.exec(text) ?? [];
    if (code === undefined || words === undefined) return [];
    return [{ line: index + 1, code, words: () => words }];
  });
}

/** What was said of one file; the indented lines below a message say why, and belong to it. */
function complaints(file: string): readonly Complaint[] {
  const found: Complaint[] = [];
  let words: string[] = [];
  for (const text of output.split('\n')) {
    const [, path, line, code, first] =
      /^(\S+)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(text) ?? [];
    if (code === undefined || first === undefined) {
      words.push(text.trim());
      continue;
    }
    words = [first];
    const all = words;
    if (path === file) found.push({ line: Number(line), code, words: () => all.join(' ') });
  }
  return found;
}

let output = '';

beforeAll(async () => {
  output = await compile(programs, 'misuse');
});

describe('the compiler refuses', () => {
  test.each(programs)('$title', (program) => {
    const lines = wanted(program);
    const complained = complaints(program.file);
    expect(lines.length, 'a program says where it is wrong').toBeGreaterThan(0);
    expect([...new Set(complained.map(({ line }) => line))]).toEqual(lines.map(({ line }) => line));
    for (const { line, code, words } of lines) {
      const here = complained.filter((one) => one.line === line);
      const said = here.map((one) => `${one.code} ${one.words()}`).join('\n');
      expect(said).toContain(words());
      expect(said).toContain(code);
    }
  });
});

test('the compiler says nothing about anything else', () => {
  const files = new Set(programs.map(({ file }) => file));
  const elsewhere = output
    .split('\n')
    .filter((text) => /error TS\d+/.test(text) && !files.has(text.slice(0, text.indexOf('('))));
  expect(elsewhere).toEqual([]);
});

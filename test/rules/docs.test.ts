// What README and docs say is true: links lead somewhere and code compiles and runs.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommand, root } from '../../tools/process.ts';
import { judgeLinks } from '../../tools/rules/links.ts';
import { anchorsOf } from '../../tools/rules/markdown.ts';
import { readPrograms } from '../../tools/rules/snippets.ts';
import { print, readDocs } from '../../tools/rules/source.ts';
import { compile, programFolder } from '../support/compile.ts';

const docs = readDocs();
const snippets = docs.map(readPrograms);
const programs = snippets.flatMap((snippet) => snippet.programs);

const doc = (text: string) => ({ path: 'docs/A.md', text });

describe('README and docs', () => {
  test('links lead somewhere', () => {
    expect(docs.map(({ path }) => path)).toContain('README.md');
    expect(print(judgeLinks(docs, (path) => existsSync(join(root, path))))).toBe('');
  });

  test('every block of code is marked in a way that is known', () => {
    expect(print(snippets.flatMap((snippet) => snippet.faults))).toBe('');
  });

  test('every block of code compiles', async () => {
    expect(await compile(programs, 'snippets-docs')).toBe('');
  });

  test.each(programs.filter(({ run }) => run))('$doc:$line runs', async ({ file }) => {
    const flags = ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'];
    const { code, text } = await readCommand(process.execPath, [...flags, file], {
      cwd: programFolder('snippets-docs'),
    });
    expect(code, text).toBe(0);
  });
});

describe('the snippet check', () => {
  const fenced = (...blocks: string[]) =>
    doc(blocks.map((text) => `\`\`\`${text}\n\`\`\`\n`).join(''));

  test('reports what does not compile at its line of the document', async () => {
    const wrong = doc(
      '# Title\n\n```ts\nimport { nothingOfThatName } from "holdfast/session";\n```\n',
    );
    const said = await compile(readPrograms(wrong).programs, 'snippets-planted');
    expect(said).toMatch(/docs-A\.md\.4\.ts\(4,\d+\): error TS2305/);
  });

  test('puts a continued block behind the one before, each at its line', () => {
    const [only, ...more] = readPrograms(fenced('ts run\nA', 'sh\nno', 'ts continued\nB')).programs;
    expect(more).toEqual([]);
    expect(only).toMatchObject({ line: 2, run: true });
    expect(only?.text.split('\n')).toEqual(['', 'A', '', '', '', '', '', 'B', '']);
  });

  test.each(['ts no-check', 'ts later', 'ts continued', 'tsx no-check why'])(
    'reports %s',
    (info) => {
      expect(readPrograms(fenced(`${info}\nA`)).faults).toHaveLength(1);
    },
  );

  test('leaves out what says why, and other languages', () => {
    const { programs: none, faults } = readPrograms(
      fenced('ts no-check not built yet\nA', 'sh\nB'),
    );
    expect({ none, faults }).toEqual({ none: [], faults: [] });
  });
});

describe('the link check', () => {
  const judge = (text: string): string =>
    print(
      judgeLinks([doc(text), { path: 'B.md', text: '# One two\n' }], (path) =>
        ['B.md', 'docs/A.md'].includes(path),
      ),
    );

  test.each(['[b](../C.md)', '![b](../C.png)', '[b]: ../C.md', '[b](../B.md#three)', '[b](#none)'])(
    'reports %s',
    (text) => expect(judge(text)).not.toBe(''),
  );

  test.each(['[b](http://example.org)', '[b](file:///b)', '[b](../../out.md)'])(
    'reports %s',
    (text) => expect(judge(text)).not.toBe(''),
  );

  test.each([
    '[b](../B.md)',
    '[b](../B.md#one-two)',
    '[b](https://example.org)',
    '`[b](none.md)`',
    '```\n[b](none.md)\n```',
    '# Here\n\n[b](#here)',
  ])('lets be %s', (text) => expect(judge(text)).toBe(''));

  test('names headings as renderers do', () => {
    const text = '# The `wire`: 1, 2\n## Same\n## Same\n```\n# no heading\n```\n';
    expect([...anchorsOf(doc(text))]).toEqual(['the-wire-1-2', 'same', 'same-1']);
  });
});

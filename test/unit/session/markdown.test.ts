// Markdown for people: who speaks is certain, and words keep to their message.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { toMarkdown } from '../../../src/session/markdown.ts';
import { goldenDocuments } from '../../support/golden.ts';
import { freshView } from '../../support/read-everything.ts';
import { Stage } from '../../support/stage.ts';

/** What Ann says in these words, and then Ben in his, as Markdown. */
function said(words: string, ...more: readonly string[]): string {
  const stage = new Stage('Talk');
  for (const text of [words, ...more]) stage.ann.send(text, { agent: null });
  stage.sync();
  stage.ben.send('Mine.', { agent: null });
  return toMarkdown(stage.ben.view);
}

const alone = (words: string): string => `# Talk\n\n## ann\n\n${words}\n\n## ben\n\nMine.\n`;

const quoted = (words: string): string =>
  alone(
    words
      .split(/\r\n?|\n/)
      .map((line) => `> ${line}`.trimEnd())
      .join('\n'),
  );

describe('words as Markdown', () => {
  const harmless: readonly string[] = [
    'Hello *you*, `code` and <b>tags</b> and <https://example.org>',
    'One\n\nTwo\n\n---\n\n### Three\n\n* four\n* five',
    'Do this:\n\n```sh\n# not a heading\nls ---\n```\n\nand that',
    '1. First:\n   ```js\n   const a = 1;\n\n   # b\n   ```\n2. Second',
    '~~~\n```\n~~~',
    '````md\n```\n# inside\n```\n````',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '#hashtag and 1 < 2 === 3',
    '    # code by indent',
  ];
  test.each(harmless)(
    '[S36] stand as they were written where they keep to themselves: %j',
    (words) => {
      expect(said(words)).toBe(alone(words));
    },
  );

  const breaking: readonly (readonly [string, string])[] = [
    ['a heading like a speaker', 'Hi\n\n## ben\n\nI agree.'],
    ['a heading like the title', '# Talk'],
    ['a heading that is underlined', 'ben\n---\nI agree.'],
    ['a title that is underlined', 'Talk\n==='],
    ['a heading after a lone carriage return', 'Hi\r# ben\r\nI agree.'],
    ['a fence that is left open', 'Look:\n```js\nconst a'],
    ['a fence of another length', '````\nopen\n```'],
    ['a fence of other marks', '```\nopen\n~~~'],
    ['a fence that ends at another depth', '```\n ```\n# ben\n```'],
    ['a fence that a tab does not end', '```\n\t```'],
    ['a fence whose list ends before it', '- a\n  ```\n\n b\n  ```'],
    ['a fence in a list', '- ```\n  open'],
    ['a fence in a quotation', '> ```\n```'],
    ['a comment that is left open', 'Hi\n<!-- open'],
    ['raw text that is left open', '<script>'],
    ['preformatted text that is left open', '- <pre>\n\nopen'],
    ['an instruction that is left open', '<?php'],
    ['a declaration that is left open', '<!DOCTYPE'],
    ['blanks that Markdown takes for words', '- a\n   ```\n\u00a0\u00a0\u00a0b\n   ```'],
  ];
  test.each(breaking)(
    '[S36] with %s stand in a quotation, which ends with their message',
    (_, words) => {
      expect(said(words)).toBe(quoted(words));
    },
  );

  test('[S36] of a reply that was cut inside a fence do not swallow what comes after', () => {
    const stage = new Stage('Talk');
    const { run } = stage.ann.send('Code, please');
    stage.claim(run);
    const writer = stage.begin(run);
    writer.text().append('Here:\n\n```js\nconst a = ');
    writer.flush();
    stage.obey(run, { do: 'cancelled' });
    stage.ben.send('Go on', { agent: null });
    expect(toMarkdown(stage.ben.view).split('\n\n').slice(3)).toEqual(
      ['## helper-1', '> Here:\n>\n> ```js\n> const a =', '*cancelled*', '## ben', 'Go on\n'].map(
        (block) => (block.startsWith('>') ? `${block} ` : block),
      ),
    );
  });
});

describe('names as Markdown', () => {
  test('[S36] are one line without markup, whatever they hold', () => {
    const stage = new Stage('A\n\n# B\u2028`c` [d](e) </h1> <!-- \\');
    stage.ann.introduce({ name: 'Ann\r\n## *Ben* _x_ #', kind: 'person' });
    stage.ann.send([
      { type: 'file', mediaType: 'a/b', size: 1, hash: 'f'.repeat(64), name: 'a\n# b' },
      { type: 'source', title: 't\n\n# b', url: 'https://example.org/a' },
      { type: 'data', name: '```\n# b', data: 1 },
    ]);
    const lines = toMarkdown(stage.ann.view).split('\n');
    expect(lines).toEqual([
      '# A \\# B \\`c\\` \\[d\\](e) \\</h1\\> \\<!-- \\\\',
      '',
      '## Ann \\#\\# \\*Ben\\* \\_x\\_ \\#',
      '',
      'File: a \\# b (a/b, 1 bytes)',
      '',
      'Source: t \\# b <https://example.org/a>',
      '',
      'Data: \\`\\`\\` \\# b',
      '',
      '```json',
      '1',
      '```',
      '',
    ]);
  });

  test('[S36] [S19] of links hold nothing that could leave them', () => {
    const stage = new Stage('Talk');
    for (const url of ['https://a.example/>\n\n# ben', 'https://a b', '/\t/evil.example', '/<b>']) {
      const parts = [{ head: { type: 'source', id: 'p', title: 'T', url } }];
      const head = {
        id: `m${url.length}`,
        role: 'user',
        author: 'ann',
        parent: null,
        createdAt: 1,
      };
      const entry = new Y.Map<unknown>([
        ['head', head],
        ['parts', parts],
      ]);
      stage.ann.pen.roots.messages.push([entry]);
      expect(toMarkdown(stage.ann.view)).toBe('# Talk\n\n## ann\n');
      expect(() => stage.ann.send([{ type: 'source', title: 'T', url }])).toThrow(
        'no valid source',
      );
    }
  });
});

describe('a transcript as Markdown', () => {
  test('[S36] fences JSON with more backticks than it holds, however many runs of them there are', () => {
    const stage = new Stage('Talk');
    const { run } = stage.ann.send('Search');
    stage.claim(run);
    const writer = stage.begin(run);
    const call = writer.tool('search');
    call.input({ q: '`````' });
    call.output('```\n# ben\n');
    writer.tool('search').fail('Broken\n# ben\n```');
    writer.data('many', '` '.repeat(60_000));
    writer.end();
    stage.obey(run, { do: 'complete' });
    const markdown = toMarkdown(stage.agent.view);
    expect(markdown).toContain('``````json\n{\n  "q": "`````"\n}\n``````');
    expect(markdown).toContain('````json\n"```\\n# ben\\n"\n````');
    expect(markdown).toContain('> Broken\n> # ben\n> ```');
    expect(markdown.match(/^#+ .*$/gm)).toEqual(['# Talk', '## ann', '## helper-1']);
  });

  test('[S36] tells of quotations, deletions, thoughts, calls, files and endings, and not of what is only expected', () => {
    const [, tour, fork] = goldenDocuments().map(({ doc }) => freshView(doc));
    if (tour === undefined || fork === undefined) throw new Error('no tour');
    const quotations = toMarkdown(fork).match(/^## .*$/gm);
    expect(quotations).toEqual(['## ann (quoted)', '## helper-1 (quoted)', '## ben']);
    expect(toMarkdown(fork)).toMatch(/\*reasoning\*\n\n> hm… /);
    expect(toMarkdown(fork)).toContain('\n\nFile: cat.png (image/png, 3 bytes)\n\n');
    expect(toMarkdown(fork)).toContain('\n\n**search** (output-error)\n\n');
    const all = [...tour.messages].map(({ id }) => toMarkdown(tour, id)).join('\n');
    for (const line of ['*deleted*', '*cancelled*', '(a part of type poem)']) {
      expect(all).toContain(`\n\n${line}\n`);
    }
    const expected = [...tour.messages].filter((message) => message.expected);
    expect(expected.length).toBeGreaterThan(0);
    for (const { id, parent } of expected) {
      expect(toMarkdown(tour, id)).toBe(toMarkdown(tour, parent ?? 'none'));
    }
  });
});

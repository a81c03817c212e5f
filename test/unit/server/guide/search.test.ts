// Whether the question finds the document that answers it.

import { expect, test } from 'vitest';
import { readDocs } from '../../../../server/guide/docs-folder.ts';
import { passagesOf } from '../../../../server/guide/passage.ts';
import { DocSearch } from '../../../../server/guide/search.ts';

const passages = await readDocs();
const search = new DocSearch(passages);

const questions: readonly (readonly [string, string])[] = [
  ['What happens when an agent crashes?', 'docs/AGENTS.md'],
  ['How do I write an agent in ten lines?', 'docs/AGENTS.md'],
  ['How do I test my agent?', 'docs/AGENTS.md'],
  ['What does a handler have?', 'docs/AGENTS.md'],
  ['How do I back up a server?', 'docs/DEPLOY.md'],
  ['How do I run it in Docker?', 'docs/DEPLOY.md'],
  ['Which reverse proxy settings do I need for TLS?', 'docs/DEPLOY.md'],
  ['What if the disk is full?', 'docs/DEPLOY.md'],
  ['How do I upgrade or roll back?', 'docs/DEPLOY.md'],
  ['Can I embed the server inside another program?', 'docs/DEPLOY.md'],
  ['How is a message stored in the document?', 'docs/SESSION.md'],
  ['What states has a run?', 'docs/SESSION.md'],
  ['Which control requests are there?', 'docs/SESSION.md'],
  ['How do I sign out?', 'docs/CLIENT.md'],
  ['How do I upload a file?', 'docs/CLIENT.md'],
  ['Who is here in the session, presence?', 'docs/CLIENT.md'],
  ['What do the close codes mean?', 'docs/PROTOCOL.md'],
  ['What frames go over the wire?', 'docs/PROTOCOL.md'],
  ['Which folder may import which floors?', 'docs/ARCHITECTURE.md'],
  ['What does writing cost, how fast is it?', 'docs/BENCHMARKS.md'],
];

test('[A70] twenty questions find the documents that answer them', () => {
  const found = questions.map(([question]) => [
    question,
    search.look(question).found[0]?.passage.file,
  ]);
  expect(found).toEqual(questions);
});

test('[A70] what has nothing to do with it finds nothing', () => {
  for (const question of [
    'Who won the football match in Paris?',
    'Write me a poem about love and roses',
    'What is the capital of Peru?',
    '?!',
    '',
    'the and of it',
  ]) {
    expect([question, search.look(question).found]).toEqual([question, []]);
  }
});

test('[A70] a typo in a question is forgiven', () => {
  expect(search.look('bakcup and restroe').found[0]?.passage.heading).toBe('Backup and restore');
});

test('[A70] every passage is short enough to be quoted, and nothing of a document is left out', () => {
  for (const { text, id } of passages) {
    if (text.includes('```')) continue;
    expect([id, text.length < 3_000]).toEqual([id, true]);
  }
  const markdown =
    '# T\n\nIntro.\n\n## One\n\na\nb\n\n```ts\n# no heading\n\nx\n```\n\n## Two\n\nc';
  expect(passagesOf('x.md', markdown).map(({ heading, text }) => [heading, text])).toEqual([
    ['T', 'Intro.'],
    ['One', 'a\nb\n\n```ts\n# no heading\n\nx\n```'],
    ['Two', 'c'],
  ]);
});

// What a prompt wishes for, however it is put.

import { expect, test } from 'vitest';
import { type Show, typosBetween, wishOf } from '../../../../server/guide/wish.ts';

test('[A71] a command is known by slash, with a typo, and in plain words', () => {
  const meant: readonly (readonly [string, Show, string])[] = [
    ['/slow', 'slow', ''],
    ['/Slow about tea', 'slow', 'about tea'],
    ['/solw', 'slow', ''],
    ['/sloww', 'slow', ''],
    ['/thnik', 'think', ''],
    ['/crsh', 'crash', ''],
    ['/carsh', 'crash', ''],
    ['/toll', 'tool', ''],
    ['/taem lunch', 'team', 'lunch'],
    ['/hlep', 'help', ''],
    ['crash', 'crash', ''],
    ['Crash!', 'crash', ''],
    ['please crash', 'crash', ''],
    ['Show me a crash', 'crash', ''],
    ['kill yourself now', 'crash', ''],
    ['can you think about lunch?', 'think', 'lunch'],
    ['think about the claims', 'think', 'the claims'],
    ['ask the team about tea', 'team', 'tea'],
    ['show me something slow', 'slow', ''],
    ['write slowly about tea', 'slow', 'tea'],
    ['use a tool', 'tool', ''],
    ['run a tool that asks for approval', 'tool', ''],
    ['', 'help', ''],
    ['Hello!', 'help', ''],
    ['help', 'help', ''],
  ];
  for (const [prompt, want, topic] of meant) {
    expect([prompt, wishOf(prompt)]).toEqual([prompt, { want, topic }]);
  }
});

test('[A71] a question stays a question, and an unknown command is told of', () => {
  const questions = [
    'What happens when an agent crashes?',
    'How do I make a tool call?',
    'Why is my server so slow?',
    'crash recovery in agents',
    'tool approvals and their deadline',
    'Can a team of people use one session?',
    'thinking parts: how are they stored',
    'help with TLS and nginx',
  ];
  for (const topic of questions) expect(wishOf(topic)).toEqual({ want: 'answer', topic });
  expect(wishOf('/dance')).toEqual({ want: 'unknown', topic: 'dance' });
  expect(wishOf('/x')).toEqual({ want: 'unknown', topic: 'x' });
});

test('[A71] a typo is a letter too much, too little, another, or two that changed places', () => {
  const pairs = [
    ['slow', 'slow', 0],
    ['slo', 'slow', 1],
    ['sloow', 'slow', 1],
    ['slaw', 'slow', 1],
    ['solw', 'slow', 1],
    ['', 'slow', 4],
  ] as const;
  for (const [one, other, typos] of pairs) expect(typosBetween(one, other)).toBe(typos);
});

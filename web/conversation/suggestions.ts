// What is offered while a prompt is written: commands behind a slash at its beginning, agents
// behind an @ before the cursor. Pure: text and cursor in, a list out.

import { words } from './strings.ts';

export interface Suggestion {
  readonly name: string;
  readonly about: string;
  /** The text with it taken, and where the cursor is then. */
  readonly text: string;
  readonly caret: number;
}

const commandStart = /^\/(\w*)$/;
const mentionStart = /(?:^|\s)@([\w.-]*)$/;

export function suggestionsFor(
  text: string,
  caret: number,
  agents: readonly string[],
): readonly Suggestion[] {
  const before = text.slice(0, caret);
  const command = commandStart.exec(before)?.[1];
  if (command !== undefined) return commandsFor(command, text.slice(caret));
  const mention = mentionStart.exec(before)?.[1];
  return mention === undefined ? [] : mentionsFor(mention, before, text.slice(caret), agents);
}

function commandsFor(begun: string, after: string): readonly Suggestion[] {
  return Object.entries(words.slash)
    .filter(([name]) => name.startsWith(begun.toLowerCase()))
    .map(([name, about]) => placed(`/${name}`, about, '', after));
}

function mentionsFor(
  begun: string,
  before: string,
  after: string,
  agents: readonly string[],
): readonly Suggestion[] {
  const start = before.slice(0, before.length - begun.length - 1);
  return agents
    .filter((name) => name.toLowerCase().startsWith(begun.toLowerCase()))
    .map((name) => placed(`@${name}`, words.agent, start, after));
}

function placed(name: string, about: string, before: string, after: string): Suggestion {
  const gap = after.startsWith(' ') ? '' : ' ';
  const head = `${before}${name}${gap}`;
  return { name, about, text: head + after, caret: head.length };
}

/** The agent that a prompt names first, where it names one that is known. */
export function mentionedAgent(text: string, agents: readonly string[]): string | undefined {
  for (const [, name] of text.matchAll(/(?:^|\s)@([\w.-]+)/g)) {
    const plain = name?.replace(/[.-]+$/, '');
    const known = agents.find((agent) => agent === name || agent === plain);
    if (known !== undefined) return known;
  }
  return undefined;
}

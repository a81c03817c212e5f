// A reply at a moment of its writing. When each part began and ended stands in the document; how
// its words were spread between the two does not, so they are spread evenly, cut at no half of a
// character. A part without times was there from the beginning.

import type { Part } from 'holdfast';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** From the first word to the last; null where nobody wrote down when. */
export function spanOf(parts: readonly Part[]): Span | null {
  const starts = parts.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = parts.flatMap(({ startedAt, endedAt }) => endedAt ?? startedAt ?? []);
  if (starts.length === 0) return null;
  const from = Math.min(...starts);
  const to = Math.max(...ends);
  return to > from ? { from, to } : null;
}

export interface ReplayedPart {
  readonly id: string;
  readonly type: Part['type'];
  readonly text: string;
}

export function partsAt(parts: readonly Part[], at: number): readonly ReplayedPart[] {
  return parts.flatMap((part): ReplayedPart[] => {
    const { id, type, startedAt, endedAt } = part;
    if (startedAt !== undefined && startedAt > at) return [];
    const words = part.type === 'text' || part.type === 'reasoning' ? part.text : nameOf(part);
    if (startedAt === undefined || endedAt === undefined || at >= endedAt)
      return [{ id, type, text: words }];
    const share = endedAt > startedAt ? (at - startedAt) / (endedAt - startedAt) : 1;
    return [{ id, type, text: cut(words, Math.floor(words.length * share)) }];
  });
}

function nameOf(part: Part): string {
  switch (part.type) {
    case 'tool':
      return `${part.name}: ${part.state}`;
    case 'source':
      return part.title;
    case 'file':
      return part.name ?? part.mediaType;
    case 'data':
    case 'unknown':
      return part.name;
    case 'text':
    case 'reasoning':
      return part.text;
  }
}

const cut = (text: string, chars: number): string => {
  const code = text.charCodeAt(chars - 1);
  // The first half of a pair stays behind until its second comes.
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? chars - 1 : chars);
};

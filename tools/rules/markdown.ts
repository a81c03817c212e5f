// As much of Markdown as the house rules need: fenced blocks, headings and links. Text inside
// fences and inline code is never a link.

import type { Source } from './source.ts';

export interface Block {
  /** The words after the fence: `ts`, `ts run`, `ts no-check because ...`. */
  readonly info: string;
  readonly text: string;
  /** The line, from 1, of the first line inside the fence. */
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export function blocksOf(doc: Source): readonly Block[] {
  const fence = /^(`{3,}|~{3,})([^\n`]*)\n([\s\S]*?)^\1[ \t]*$/gm;
  return [...doc.text.matchAll(fence)].map((match) => ({
    info: (match[2] ?? '').trim(),
    text: match[3] ?? '',
    line: doc.text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** The anchors a document offers: its headings, as the usual renderers name them. */
export function anchorsOf(doc: Source): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(doc).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Inline links, images and reference definitions. */
export function linksOf(doc: Source): readonly Link[] {
  const prose = withoutFences(doc).replace(/`[^`\n]+`/g, (code) => ' '.repeat(code.length));
  const patterns = [/\]\(<?([^)<>\s]+)>?(?: +"[^"]*")?\)/g, /^\[[^\]]+\]: +<?([^<>\s]+)>?/gm];
  return patterns.flatMap((pattern) =>
    [...prose.matchAll(pattern)].map((match) => ({
      target: match[1] ?? '',
      line: prose.slice(0, match.index).split('\n').length,
    })),
  );
}

function withoutFences(doc: Source): string {
  const fence = /^(`{3,}|~{3,})[\s\S]*?^\1[ \t]*$/gm;
  return doc.text.replace(fence, (block) => block.replace(/[^\n]/g, ' '));
}

function slugOf(heading: string): string {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  return plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

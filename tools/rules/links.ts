// Links within the repository resolve: the file is there, and so is the heading. Addresses outside
// are not fetched; an address without TLS is refused, because a reader would follow it.

import { posix } from 'node:path';
import { anchorsOf, linksOf } from './markdown.ts';
import type { Source, Violation } from './source.ts';

/** `exists` answers for a path from the root, of a file or a folder. */
export function judgeLinks(
  docs: readonly Source[],
  exists: (path: string) => boolean,
): readonly Violation[] {
  const byPath = new Map(docs.map((doc) => [doc.path, doc]));
  return docs.flatMap((doc) =>
    linksOf(doc).flatMap(({ target, line }) => {
      const message = judgeTarget(doc, target, byPath, exists);
      return message === undefined ? [] : [{ path: doc.path, line, message }];
    }),
  );
}

function judgeTarget(
  doc: Source,
  target: string,
  docs: ReadonlyMap<string, Source>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^(https:|mailto:)/.test(target)) return undefined;
  if (/^[a-z]+:/.test(target)) return `${target}: only https and mailto`;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? doc.path : posix.join(posix.dirname(doc.path), file);
  if (path.startsWith('..') || !exists(path)) return `${target}: there is no ${path}`;
  const linked = docs.get(path);
  if (anchor === undefined || linked === undefined) return undefined;
  return anchorsOf(linked).has(anchor) ? undefined : `${target}: ${path} has no such heading`;
}

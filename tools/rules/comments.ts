// A suppression is a debt: it must say why, and it must name what it suppresses. The linter finds
// those that suppress nothing.

import { commentsOf, lineAt, type Source, type Violation } from './source.ts';

/** `-- reason` of at least three words after the names of the rules. */
const reason = / -- \S+( \S+){2,}/;
const names = /(?:ox|es)lint-disable(?:-next-line|-line)? +[\w@]/;
const typescript = /^\s*@ts-(expect-error|ignore|nocheck)/;

export function judgeSuppressions(source: Source): readonly Violation[] {
  return commentsOf(source).flatMap((comment) => {
    const message = judge(comment.value);
    return message === undefined
      ? []
      : [{ path: source.path, line: lineAt(source.text, comment.start), message }];
  });
}

function judge(text: string): string | undefined {
  if (/^\s*(?:ox|es)lint-disable/.test(text)) {
    if (!names.test(text)) return 'a suppression names the rule it suppresses';
    return reason.test(text) ? undefined : 'a suppression says why, after two dashes';
  }
  const kind = typescript.exec(text)?.[1];
  if (kind === undefined) return undefined;
  if (kind !== 'expect-error')
    return `@ts-${kind} is not used: @ts-expect-error tells when it ends`;
  return reason.test(text) ? undefined : 'a suppression says why, after two dashes';
}

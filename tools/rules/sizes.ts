// How long a function of a test may be. The linter holds the same limit everywhere else; in tests
// it would also count the callback of `describe`, which is a chapter and no function. Blank lines
// and comments do not count: a comment must never cost anything.

import { Visitor, type CallExpression } from 'oxc-parser';
import { lineAt, parse, type Source, type Violation } from './source.ts';

/** The linter's limit in .oxlintrc.json. */
export const functionLinesMax = 60;

interface Span {
  readonly start: number;
  readonly end: number;
}

export function judgeFunctions(source: Source): readonly Violation[] {
  const { program, comments } = parse(source);
  const chapters = new Set<Span>();
  const found: Violation[] = [];
  const code = blank(source.text, comments);
  const measure = (node: Span): void => {
    if (chapters.has(node)) return;
    const lines = code.slice(node.start, node.end).split('\n');
    const length = lines.filter((text) => text.trim() !== '').length;
    if (length <= functionLinesMax) return;
    const message = `a function of ${length} lines, at most ${functionLinesMax}`;
    found.push({ path: source.path, line: lineAt(source.text, node.start), message });
  };
  new Visitor({
    CallExpression(node) {
      if (isDescribe(node)) for (const argument of node.arguments) chapters.add(argument);
    },
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(program);
  return found;
}

/** The text with its comments emptied, every line at its place. */
function blank(text: string, comments: readonly Span[]): string {
  let code = text;
  for (const { start, end } of comments) {
    const emptied = text.slice(start, end).replace(/[^\n]/g, ' ');
    code = code.slice(0, start) + emptied + code.slice(end);
  }
  return code;
}

function isDescribe({ callee }: CallExpression): boolean {
  const root = callee.type === 'MemberExpression' ? callee.object : callee;
  if (root.type === 'CallExpression') return isDescribe(root);
  return root.type === 'Identifier' && root.name === 'describe';
}

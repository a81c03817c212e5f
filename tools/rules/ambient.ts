// `new Date()` and `Date()` read the wall clock without naming it, which the linter's list of
// properties cannot see. Everything else of that kind (timers, `Date.now`, chance) is the linter's.

import { Visitor } from 'oxc-parser';
import { lineAt, parse, type Source, type Violation } from './source.ts';

/** Folders whose time comes from the Clock of src/base, which alone may read it. */
export function mustNotReadTime(path: string): boolean {
  return /^(src|server|web|test)\//.test(path) && !path.startsWith('src/base/');
}

export function judgeAmbient(source: Source): readonly Violation[] {
  const found: Violation[] = [];
  const judge = (node: { start: number; arguments: unknown[]; callee: unknown }): void => {
    if (node.arguments.length > 0 || !isDate(node.callee)) return;
    const line = lineAt(source.text, node.start);
    found.push({ path: source.path, line, message: 'time comes from the Clock of src/base' });
  };
  new Visitor({ NewExpression: judge, CallExpression: judge }).visit(parse(source).program);
  return found;
}

function isDate(callee: unknown): boolean {
  if (typeof callee !== 'object' || callee === null) return false;
  return Reflect.get(callee, 'type') === 'Identifier' && Reflect.get(callee, 'name') === 'Date';
}

// Ties docs/SPEC.md to the tests, in both directions. A rule of the SPEC is a list item that begins
// with its id in bold (`- **S4** ...`); a test carries a rule by beginning its title with the id in
// brackets (`[S4] ...`, or `[S4] [W7] ...`). Tests that are skipped or only planned carry nothing.

import { Visitor, type CallExpression, type Expression } from 'oxc-parser';
import { lineAt, parse, type Source, type Violation } from './source.ts';

export interface Rule {
  readonly id: string;
  readonly path: string;
  readonly line: number;
}

/** S session, W wire and server, C client, A agents, U app, F faults. */
const rulePattern = /^- \*\*([SWCAUF][1-9]\d*)\*\* \S/;
const looksLikeRule = /^\s*[-*] +\*\*[A-Za-z]+-?\d/;
const titlePattern = /^((?:\[[SWCAUF][1-9]\d*\] )+)\S/;

/** The rules of a SPEC, and what stands there like a rule without being written as one. */
export function readRules(spec: Source): { rules: readonly Rule[]; faults: readonly Violation[] } {
  const rules: Rule[] = [];
  const faults: Violation[] = [];
  for (const [index, text] of spec.text.split('\n').entries()) {
    const at = { path: spec.path, line: index + 1 };
    const id = rulePattern.exec(text)?.[1];
    if (id !== undefined) rules.push({ id, ...at });
    else if (looksLikeRule.test(text)) faults.push({ ...at, message: 'write it as - **S1** Text' });
  }
  return { rules, faults };
}

/** The ids that test titles carry, and titles that begin with brackets of another kind. */
export function readTitles(test: Source): { ids: readonly Rule[]; faults: readonly Violation[] } {
  const ids: Rule[] = [];
  const faults: Violation[] = [];
  new Visitor({
    CallExpression(node) {
      const title = isRunningTest(node.callee) ? titleOf(node) : undefined;
      if (title?.startsWith('[') !== true) return;
      const at = { path: test.path, line: lineAt(test.text, node.start) };
      const carried = titlePattern.exec(title)?.[1];
      if (carried === undefined) faults.push({ ...at, message: `malformed rule id: ${title}` });
      for (const id of carried?.match(/[A-Z]\d+/g) ?? []) ids.push({ id, ...at });
    },
  }).visit(parse(test).program);
  return { ids, faults };
}

export function judgeSpec(spec: Source, tests: readonly Source[]): readonly Violation[] {
  const { rules, faults } = readRules(spec);
  const titles = tests.map(readTitles);
  const carried = titles.flatMap((title) => title.ids);
  const known = new Set(rules.map((rule) => rule.id));
  const tested = new Set(carried.map((rule) => rule.id));
  const empty = { path: spec.path, line: 1, message: 'no rule was read' };
  return [
    ...(rules.length === 0 ? [empty] : []),
    ...faults,
    ...titles.flatMap((title) => title.faults),
    ...complain(rules, isRepeated, 'stands in the SPEC twice'),
    ...complain(rules, (rule) => !tested.has(rule.id), 'has no test'),
    ...complain(carried, (rule) => !known.has(rule.id), 'is no rule of the SPEC'),
  ];
}

function complain(
  rules: readonly Rule[],
  isWrong: (rule: Rule, index: number, all: readonly Rule[]) => boolean,
  what: string,
): readonly Violation[] {
  return rules
    .filter(isWrong)
    .map(({ id, path, line }) => ({ path, line, message: `${id} ${what}` }));
}

function isRepeated(rule: Rule, index: number, all: readonly Rule[]): boolean {
  return all.findIndex((other) => other.id === rule.id) < index;
}

/** `test(`, `it(`, and their chains such as `test.each(table)(`, but not `test.skip(`. */
function isRunningTest(callee: Expression): boolean {
  if (callee.type === 'Identifier') return callee.name === 'test' || callee.name === 'it';
  if (callee.type === 'CallExpression') return isRunningTest(callee.callee);
  if (callee.type === 'TaggedTemplateExpression') return isRunningTest(callee.tag);
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return !['skip', 'todo'].includes(callee.property.name) && isRunningTest(callee.object);
}

function titleOf(node: CallExpression): string | undefined {
  const [first] = node.arguments;
  if (first?.type === 'Literal' && typeof first.value === 'string') return first.value;
  return first?.type === 'TemplateLiteral' ? first.quasis[0]?.value.raw : undefined;
}

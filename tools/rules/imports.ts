// Reads what a file imports and exports, without judging it: imports, type imports, re-exports,
// dynamic imports and `import('x')` in a type position.

import { Visitor } from 'oxc-parser';
import { lineAt, parse, type Source } from './source.ts';

export interface Import {
  /** As written; undefined when a dynamic import computes it. */
  readonly specifier: string | undefined;
  readonly line: number;
}

export interface Module {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Lines of `export default`. */
  readonly defaultExports: readonly number[];
  /** Lines of `export * from` and `export * as name from`. */
  readonly starExports: readonly number[];
}

export function readModule(source: Source): Module {
  const { program } = parse(source);
  const imports: Import[] = [];
  const defaultExports: number[] = [];
  const starExports: number[] = [];
  const line = (node: { start: number }): number => lineAt(source.text, node.start);
  const note = (node: { start: number }, specifier: string | undefined): void => {
    imports.push({ specifier, line: line(node) });
  };
  new Visitor({
    ImportDeclaration: (node) => note(node, node.source.value),
    ExportNamedDeclaration(node) {
      if (node.source !== null) note(node, node.source.value);
      if (node.specifiers.some(({ exported }) => nameOf(exported) === 'default')) {
        defaultExports.push(line(node));
      }
    },
    ExportAllDeclaration(node) {
      note(node, node.source.value);
      starExports.push(line(node));
    },
    ExportDefaultDeclaration: (node) => void defaultExports.push(line(node)),
    ImportExpression(node) {
      note(node, node.source.type === 'Literal' ? String(node.source.value) : undefined);
    },
    TSImportType: (node) => note(node, node.source.value),
  }).visit(program);
  return { path: source.path, imports, defaultExports, starExports };
}

function nameOf(
  exported: { type: 'Literal'; value: string } | { type: 'Identifier'; name: string },
): string {
  return exported.type === 'Literal' ? exported.value : exported.name;
}

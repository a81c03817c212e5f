// The public surface: every name that an entry exports, with its declaration as the compiler
// publishes it, sorted by name. Kept as text under test/rules/surface, so that a change of the
// surface shows in a review as a change of that text. Comments are left out, they may change.

import { parse, type Source } from './source.ts';
import { resolve } from './floors.ts';

interface Declared {
  readonly name: string;
  readonly text: string;
}

/**
 * The surface of the entry whose declarations are in the file `entry`. `files` are all declaration
 * files of the package, by path.
 */
export function surfaceOf(entry: string, files: ReadonlyMap<string, Source>): string {
  const declared = exportsOf(entry, files);
  const sorted = [...declared].sort((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map(({ text }) => `${singleQuoted(text)}\n`).join('\n');
}

/** The compiler keeps the quotes of the source, which say nothing about the surface. */
function singleQuoted(text: string): string {
  return text.replace(/"([^"'\\\n]*)"/g, "'$1'");
}

function exportsOf(path: string, files: ReadonlyMap<string, Source>): readonly Declared[] {
  const source = files.get(path);
  if (source === undefined) throw new Error(`the build has no ${path}`);
  return parse(source).program.body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration') return [];
    if (node.declaration !== null) {
      const text = source.text.slice(node.declaration.start, node.declaration.end);
      return namesOf(node.declaration).map((name) => ({
        name,
        text: text.replace('declare ', ''),
      }));
    }
    const from = node.source?.value;
    return node.specifiers.flatMap(({ local, exported }) =>
      named(nameOf(local), nameOf(exported), from, path, files),
    );
  });
}

/** A name that is exported from elsewhere: ours with its declaration, a stranger's as it stands. */
function named(
  local: string,
  name: string,
  from: string | undefined,
  path: string,
  files: ReadonlyMap<string, Source>,
): readonly Declared[] {
  if (from?.startsWith('.') !== true) {
    return [{ name, text: `${name} = ${local} of ${from ?? path}` }];
  }
  const target = resolve(path, from).replace(/\.(ts|js)$/, '.d.ts');
  const found = exportsOf(target, files).filter((declared) => declared.name === local);
  if (found.length === 0) throw new Error(`${target} does not export ${local}`);
  return found.map(({ text }) => ({ name, text: local === name ? text : `${name} = ${text}` }));
}

function nameOf(node: { name: string } | { value: string }): string {
  return 'name' in node ? node.name : node.value;
}

function namesOf(declaration: object): readonly string[] {
  const declarations: unknown = Reflect.get(declaration, 'declarations');
  const nodes: readonly unknown[] = Array.isArray(declarations) ? declarations : [declaration];
  return nodes.flatMap((node) => {
    const id: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'id') : null;
    const name: unknown = typeof id === 'object' && id !== null ? Reflect.get(id, 'name') : null;
    return typeof name === 'string' ? [name] : [];
  });
}

// The sources as the house rules see them: a path from the root with forward slashes, and the text.
// Every rule is a pure function over such sources, so that it can be tried on planted violations.
// A file that does not parse is a bug of the file, not of the rule, and throws.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type Comment, type ParseResult } from 'oxc-parser';
import { root } from '../process.ts';

export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Everything that may hold code of ours. A folder that does not exist holds nothing yet. */
const codeFolders = ['src', 'server', 'web', 'test', 'bench', 'tools'];

const skipped = new Set(['node_modules', 'dist', 'surface', 'golden']);

/** All code of the repository: the folders above and the tools' own config files at the root. */
export function readCode(): readonly Source[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith('.config.ts'));
  const paths = [...codeFolders.flatMap(pathsBelow), ...atRoot];
  return paths.filter((path) => /\.(ts|tsx|mjs)$/.test(path)).map(readSource);
}

/** README, CHANGELOG and everything in docs. */
export function readDocs(): readonly Source[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  const below = pathsBelow('docs').filter((path) => path.endsWith('.md'));
  return [...atRoot, ...below].map(readSource);
}

export function readSource(path: string): Source {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

export function parse(source: Source): ParseResult {
  const result = parseSync(source.path, source.text, { preserveParens: false });
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${source.path} does not parse: ${error.message}`);
  return result;
}

/** The comments of a file, as the parser sees them: text in a string is none. */
export function commentsOf(source: Source): readonly Comment[] {
  return parse(source).comments;
}

/** The line, from 1, of a place in a text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** One line for each violation, as compilers print them: an editor can jump there. */
export function print(violations: readonly Violation[]): string {
  return violations.map(({ path, line, message }) => `${path}:${line} ${message}`).join('\n');
}

function pathsBelow(folder: string): readonly string[] {
  const absolute = join(root, folder);
  if (!statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? pathsBelow(path) : [path];
  });
}

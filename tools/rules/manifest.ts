// What package.json promises, read once: the table of public entries from which the floors, the
// surface, the snippets and the package check all work. A new entry is a new row of `exports` there
// and nothing anywhere else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../process.ts';
import type { Violation } from './source.ts';

export interface Entry {
  /** As an outsider writes it: `holdfast` or `holdfast/session`. */
  readonly name: string;
  /** Its source file, from the root. */
  readonly source: string;
  /** Its declarations in the package, from the root. */
  readonly types: string;
}

export type Json = Readonly<Record<string, unknown>>;

/** The condition by which our own tools read sources instead of the build. */
const sourceCondition = 'holdfast-source';

export function readManifest(): Json {
  return object(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
}

/** The public entries, in the order of package.json. A row that is only a file is none. */
export function entriesOf(manifest: Json): readonly Entry[] {
  return Object.entries(object(manifest['exports'])).flatMap(([key, conditions]) => {
    if (typeof conditions === 'string') return [];
    const row = object(conditions);
    return [
      {
        name: key.replace(/^\./, String(manifest['name'])),
        source: pathOf(row[sourceCondition]),
        types: pathOf(row['types']),
      },
    ];
  });
}

/** The names of the packages in some groups of a manifest, such as `dependencies`. */
export function namesIn(manifest: Json, ...groups: readonly string[]): readonly string[] {
  return groups.flatMap((group) => Object.keys(object(manifest[group] ?? {})));
}

/** Development versions are exact, so that two machines never build two things. */
export function judgeVersions(manifest: Json): readonly Violation[] {
  const groups = ['dependencies', 'devDependencies', 'overrides'];
  return groups.flatMap((group) => unpinned(group, object(manifest[group] ?? {})));
}

/** An override may hold overrides of its own, for one package alone. */
function unpinned(group: string, versions: Json): readonly Violation[] {
  return Object.entries(versions).flatMap(([name, version]) => {
    if (typeof version === 'object' && version !== null) {
      return unpinned(`${group}: ${name}`, object(version));
    }
    return /^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version))
      ? []
      : [{ path: 'package.json', line: 1, message: `${group}: ${name} is not pinned` }];
  });
}

/** The manifest as it is published: no way to the sources, nothing that only matters here. */
export function publishedManifest(manifest: Json): Json {
  const exports = Object.entries(object(manifest['exports'])).map(([key, conditions]) => {
    if (typeof conditions === 'string') return [key, conditions];
    const { [sourceCondition]: _, ...published } = object(conditions);
    return [key, published];
  });
  const inner = ['private', 'scripts', 'devDependencies', 'overrides', 'allowScripts'];
  const kept = Object.entries(manifest).filter(([key]) => !inner.includes(key));
  return { ...Object.fromEntries(kept), exports: Object.fromEntries(exports) };
}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new Error('package.json: not an object');
  return Object.fromEntries(Object.entries(value));
}

function pathOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error('package.json: an entry lacks a condition');
  return value.replace(/^\.\//, '');
}

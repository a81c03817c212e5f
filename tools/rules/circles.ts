// Finds circles of imports. Type imports count: a circle of types is two files that are one
// concept. (The linter has such a rule too; this one also reads `import('x')` types.)

import { resolve } from './floors.ts';
import { readModule } from './imports.ts';
import type { Source, Violation } from './source.ts';

/** Each circle once, written as the way round it. */
export function judgeCircles(sources: readonly Source[]): readonly Violation[] {
  const graph = new Map(sources.map((source) => [source.path, targetsOf(source)]));
  const done = new Set<string>();
  const found: Violation[] = [];
  const walk = (path: string, way: readonly string[]): void => {
    const begun = way.indexOf(path);
    if (begun >= 0) {
      const round = [...way.slice(begun), path].join(' -> ');
      found.push({ path, line: 1, message: `goes round: ${round}` });
      return;
    }
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}

function targetsOf(source: Source): readonly string[] {
  return readModule(source).imports.flatMap(({ specifier }) =>
    specifier?.startsWith('.') === true ? [resolve(source.path, specifier)] : [],
  );
}

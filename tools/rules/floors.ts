// The floors of the house: an import goes down, never up, never round; type imports count. The
// table is that of docs/ARCHITECTURE.md. What stands outside the house (the app, the measurements,
// the proofs) sees only public entry names, as a stranger would. Whether a package is among the
// dependencies is knip's business; ambient time and chance are the linter's.

import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { readModule, type Import, type Module } from './imports.ts';
import type { Source, Violation } from './source.ts';

export interface Floor {
  readonly folder: string;
  /** The folders below it; an outsider names only what it may import by path. */
  readonly may: readonly string[] | 'anything';
  /** Reaches the house by public entry names only. */
  readonly outsider?: true;
  /** May import Node's own modules. */
  readonly node?: true;
  /** May touch Yjs, so that a new major of it is one afternoon. */
  readonly yjs?: true;
}

const base = 'src/base';
const session = 'src/session';
const protocol = 'src/protocol';
const client = 'src/client';
const agent = 'src/agent';
const adapters = 'src/adapters';

/** What a composition root puts together: everything but what is for eyes. */
const composed = [base, session, protocol, 'src/trace', client, agent, 'src/conformance', adapters];

export const floors: readonly Floor[] = [
  { folder: base, may: [] },
  { folder: session, may: [base], yjs: true },
  { folder: protocol, may: [base], yjs: true },
  { folder: 'src/trace', may: [base, session] },
  { folder: client, may: [base, session, protocol], yjs: true },
  { folder: agent, may: [base, session, protocol, client] },
  { folder: 'src/react', may: [base, session, client] },
  { folder: 'src/conformance', may: [base, session, protocol, client], yjs: true },
  { folder: adapters, may: [base, session, client, agent] },
  { folder: 'server', may: [base, session, protocol], node: true, yjs: true },
  {
    folder: 'server/guide',
    may: [base, session, client, agent, adapters],
    node: true,
    yjs: true,
  },
  {
    folder: 'server/cli',
    may: [...composed, 'server', 'server/guide'],
    node: true,
    yjs: true,
  },
  { folder: 'web', may: [], outsider: true },
  { folder: 'bench', may: [], outsider: true, node: true, yjs: true },
  { folder: 'test/e2e', may: ['test/support'], outsider: true, node: true, yjs: true },
  { folder: 'test', may: 'anything', node: true, yjs: true },
  { folder: 'tools', may: [], node: true },
];

/** The root holds config files of tools, which may use the tools. */
const atRoot: Floor = { folder: '.', may: ['tools'], node: true };

const builtins = new Set(builtinModules);

/**
 * Judges all imports of `sources` together. `entries` are the public names, such as
 * `holdfast/session`. Reading nothing is a violation: a check that sees no import proves nothing.
 */
export function judgeFloors(
  sources: readonly Source[],
  entries: readonly string[],
): readonly Violation[] {
  const modules = sources.map(readModule);
  const count = modules.flatMap((module) => module.imports).length;
  if (count === 0) return [{ path: '.', line: 1, message: 'no import was read at all' }];
  const paths = new Set(sources.map((source) => source.path));
  return modules.flatMap((module) => [
    ...module.imports.flatMap((found) => {
      const message = judgeImport(module.path, found, paths, entries);
      return message === undefined ? [] : [{ path: module.path, line: found.line, message }];
    }),
    ...judgeExports(module),
  ]);
}

export function floorOf(path: string): Floor | undefined {
  if (!path.includes('/')) return atRoot;
  const above = floors.filter((floor) => path.startsWith(`${floor.folder}/`));
  return above.sort((one, other) => other.folder.length - one.folder.length)[0];
}

/** The file a relative specifier names, from the root. */
export function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

function judgeImport(
  path: string,
  { specifier }: Import,
  paths: ReadonlySet<string>,
  entries: readonly string[],
): string | undefined {
  const floor = floorOf(path);
  if (floor === undefined) return 'stands on no floor of tools/rules/floors.ts';
  if (specifier === undefined) {
    return floor.node === true ? undefined : 'a computed import cannot be checked';
  }
  if (specifier.startsWith('.')) return judgeOurs(floor, resolve(path, specifier), paths);
  if (specifier === 'holdfast' || specifier.startsWith('holdfast/')) {
    return judgeByName(floor, specifier, entries);
  }
  return judgeForeign(floor, specifier);
}

function judgeOurs(floor: Floor, target: string, paths: ReadonlySet<string>): string | undefined {
  if (/\.(ts|tsx|mjs)$/.test(target) && !paths.has(target)) return `${target} does not exist`;
  const below = floorOf(target);
  if (below === undefined) return `${target} stands on no floor`;
  if (below !== floor && !isBelow(floor, below, target)) {
    return `${floor.folder} may not import ${below.folder} (${target})`;
  }
  return /(^|\/)index\.tsx?$/.test(target)
    ? `${target} is an index: import the file that has it, the index is for outsiders`
    : undefined;
}

/** A floor may also import one folder of a floor alone, as `test/e2e` does `test/support`. */
function isBelow({ may }: Floor, below: Floor, target: string): boolean {
  if (may === 'anything' || may.includes(below.folder)) return true;
  const parts = may.filter((folder) => floorOf(`${folder}/`) === below && folder !== below.folder);
  return parts.some((folder) => target.startsWith(`${folder}/`));
}

function judgeByName(
  floor: Floor,
  specifier: string,
  entries: readonly string[],
): string | undefined {
  if (!entries.includes(specifier)) return `${specifier} is no public entry of package.json`;
  if (floor.outsider === true || floor.may === 'anything') return undefined;
  return `${specifier} is for outsiders: inside the house import the file`;
}

function judgeForeign(floor: Floor, specifier: string): string | undefined {
  const name = specifier.split('/')[0] ?? specifier;
  if (specifier.startsWith('node:') || builtins.has(name)) {
    if (floor.node !== true) return `${floor.folder} may not lean on Node (${specifier})`;
    return specifier.startsWith('node:') ? undefined : `write node:${specifier}`;
  }
  const isYjs = name === 'yjs' || name === 'lib0' || name.startsWith('y-');
  return isYjs && floor.yjs !== true
    ? `${floor.folder} may not touch Yjs (${specifier})`
    : undefined;
}

function judgeExports(module: Module): readonly Violation[] {
  // A tool asks for one, or the build makes one of a style sheet.
  const isForced = /\.(?:config|d)\.ts$/.test(module.path);
  const at = (message: string) => (line: number) => ({ path: module.path, line, message });
  return [
    ...module.starExports.map(at('export * hides what is exported: name it')),
    ...(isForced ? [] : module.defaultExports.map(at('a default export has no name: name it'))),
  ];
}

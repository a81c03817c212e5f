// `npm run bench`: runs every bench/NAME.bench.ts, bench/server/NAME.bench.ts and bench/client/NAME.bench.ts, or those named on
// the command line (`append`, `server/join`, or a folder as a whole: `server`), one after another,
// and prints their tables. A benchmark is a module that exports `bench`, a function that returns a
// Table. The run fails when one throws or misses a mark that is not absolute. With --quick, those
// that have small sizes of their own (`quick`) run with these. What has no public entry, and so no
// benchmark here, is measured by a file of the same kind in test/bench.

import { readdir } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasMissed, printTable, type Table } from './table.ts';

interface Bench {
  readonly bench: (sizes?: unknown) => Table | Promise<Table>;
  readonly quick?: unknown;
}

const ending = '.bench.ts';
const folders = ['.', 'server', 'client', '../test/bench'];
const found = await Promise.all(folders.map(benchesIn));
const places = new Map(found.flat());
const names = [...places.keys()];
const { values, positionals: wanted } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const isMeant = (name: string, by: string): boolean => name === by || name.startsWith(`${by}/`);
const unknown = wanted.filter((by) => !names.some((name) => isMeant(name, by)));

if (names.length === 0) {
  console.log('There is no benchmark yet.');
} else if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${names.join(', ')}.`);
  process.exitCode = 1;
} else {
  const chosen = names.filter((name) => wanted.some((by) => isMeant(name, by)));
  await runAll((wanted.length === 0 ? names : chosen).sort());
}

async function runAll(chosen: readonly string[]): Promise<void> {
  const [cpu] = cpus();
  const load = loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
  console.log(
    `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? 'unknown'}, load ${load}`,
  );
  const tables: Table[] = [];
  for (const name of chosen) {
    const table = await runOne(name);
    console.log(`\n${printTable(table)}`);
    tables.push(table);
  }
  process.exitCode = hasMissed(tables) ? 1 : 0;
}

/** The names of the benchmarks in a folder, and where each is. */
async function benchesIn(folder: string): Promise<(readonly [name: string, place: string])[]> {
  const files = await readdir(join(import.meta.dirname, folder));
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => [nameOf(folder, file), `./${folder}/${file}`]);
}

/** The folder of the servers stands in a name, because it can be asked for as a whole. */
function nameOf(folder: string, file: string): string {
  const name = file.slice(0, -ending.length);
  return folder === 'server' || folder === 'client' ? `${folder}/${name}` : name;
}

async function runOne(name: string): Promise<Table> {
  const place = places.get(name) ?? name;
  const module: unknown = await import(place);
  if (isBench(module)) return values.quick ? module.bench(module.quick) : module.bench();
  throw new Error(`${place} exports no function \`bench\``);
}

function isBench(module: unknown): module is Bench {
  return (
    typeof module === 'object' &&
    module !== null &&
    'bench' in module &&
    typeof module.bench === 'function'
  );
}

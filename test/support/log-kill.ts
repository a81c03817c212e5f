// Kills processes that write to a log, and looks at what they leave.

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { below, pick, seededChance, type Chance } from '../../src/base/chance.ts';
import { openEmbeddedLog } from '../../server/log/embedded.ts';
import { withFolder } from './folder.ts';
import { filesWith, textsOf } from './log-folder.ts';

/** Points that a writer passes; the rest are for worlds that are not processes. */
const POINTS = [
  'before-commit',
  'after-commit',
  'in-rotation',
  'before-move',
  'in-move',
  'after-move',
  'in-compaction',
  'in-deletion',
  'before-erasure',
] as const;

const WRITER = fileURLToPath(new URL('./log-writer.ts', import.meta.url));

export interface Life {
  kills: number;
  appends: number;
  deletions: number;
  readonly problems: string[];
}

interface Told {
  readonly durable: Map<string, string[]>;
  readonly deleted: Set<string>;
}

/** Writes, is killed and is looked at, again and again in one folder. */
export async function killedWriter(seed: number, kills: number): Promise<Life> {
  const chance = seededChance(seed);
  const told: Told = { durable: new Map(), deleted: new Set() };
  const life: Life = { kills: 0, appends: 0, deletions: 0, problems: [] };
  await withFolder(async (folder) => {
    for (let kill = 0; kill < kills; kill++) {
      await runAndKill(folder, chance, told, life);
      await look(folder, told, life);
    }
  });
  return life;
}

async function runAndKill(folder: string, chance: Chance, told: Told, life: Life): Promise<void> {
  const point = below(chance, 3) > 0 ? pick(chance, POINTS) : undefined;
  const passes = 1 + below(chance, point === 'in-deletion' || point === 'before-erasure' ? 2 : 9);
  const args = [
    folder,
    String(chance.uint32()),
    ...(point === undefined ? [] : [point, `${passes}`]),
  ];
  const writer = spawn(
    process.execPath,
    ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning', WRITER, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = endOf(writer);
  // A moment is counted in answers, not in time: 0 is before the first.
  let left = point === undefined ? below(chance, 400) : 5_000;
  for await (const line of createInterface({ input: writer.stdout })) {
    learn(line, told, life);
    if (left-- <= 0) writer.kill('SIGKILL');
  }
  const signal = await ended;
  if (signal === 'SIGKILL') life.kills += 1;
  else life.problems.push(`the writer ended by itself (${point ?? 'no point'})`);
}

function endOf(writer: ChildProcess): Promise<NodeJS.Signals | null> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals | null>();
  writer.once('exit', (_, signal) => resolve(signal));
  return promise;
}

function learn(line: string, told: Told, life: Life): void {
  const [what, session = '', seq = '', text = ''] = line.split(' ');
  if (what === 'opened' && session !== '0') life.problems.push('a kill was taken for damage');
  if (what === 'deleted') {
    told.deleted.add(session);
    life.deletions += 1;
  }
  if (what !== 'durable') return;
  const texts = told.durable.get(session) ?? [];
  texts[Number(seq) - 1] = text;
  told.durable.set(session, texts);
  life.appends += 1;
}

async function look(folder: string, told: Told, life: Life): Promise<void> {
  for (const session of told.deleted) {
    const files = filesWith(folder, `WORDS-OF-${session}`);
    if (files.length > 0) life.problems.push(`words of a deleted session are in ${files.join()}`);
  }
  const log = await openEmbeddedLog({ folder });
  for (const [session, durable] of told.durable) {
    const found = await textsOf(log, session);
    const isThere = Array.isArray(found) && durable.every((text, at) => found[at] === text);
    if (!isThere) life.problems.push(`${session} lost what it was told is durable`);
    if (Array.isArray(found) && found.length > durable.length + 1) {
      life.problems.push(`${session} has more than one record that nobody was told of`);
    }
    if (Array.isArray(found)) told.durable.set(session, [...found]);
  }
  for (const session of told.deleted) {
    if ((await textsOf(log, session)) !== 'deleted') life.problems.push(`${session} is back`);
  }
  await log.close();
}

// The commands of an operator beside a real server to which people write all the time. What
// each gives is compared with the stories that are being told: it must be one of the states
// that were committed, with nothing missing that was durable before it began.

import { join } from 'node:path';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { cli } from './cli.ts';
import { withFolder } from './folder.ts';
import { makeToken, type ServerProcess, withServer } from './server-process.ts';
import { Storyteller, storyIn } from './storyteller.ts';

const COMMANDS = 6;
/** How often each writer makes something durable while a command runs. */
const BARRIERS = 25;
const names = ['ann', 'bob', 'cyd'];
const rights = ['read', 'write', 'control', 'annotate', 'create'];
const sessionOf = (name: string): string => `session-of-${name}-0123456789`;

export interface Upkept {
  exports: number;
  verifies: number;
  backups: number;
  /** Of all stories. */
  steps: number;
  /** Records that were in snapshots at the end: the commands met compactions on their way. */
  merged: number;
  readonly problems: string[];
}

interface World {
  readonly folder: string;
  readonly data: string;
  readonly chance: Chance;
  readonly tellers: readonly Storyteller[];
  readonly done: Upkept;
}

/** One server, its writers, and some commands beside them. */
export async function upkept(seed: number): Promise<Upkept> {
  const done = { exports: 0, verifies: 0, backups: 0, steps: 0, merged: 0, problems: [] };
  await withFolder(async (folder) => {
    const data = join(folder, 'data');
    await withServer({ folder: data }, async (server) => {
      const chance = seededChance(seed);
      const tellers = await Promise.all(names.map((name) => tellerOf(name, data, server, chance)));
      await live({ folder, data, chance, tellers, done });
      await Promise.all(tellers.map(({ wire }) => wire.leave()));
    });
  });
  return done;
}

async function tellerOf(
  name: string,
  data: string,
  { url }: ServerProcess,
  chance: Chance,
): Promise<Storyteller> {
  const own = seededChance(chance.uint32());
  const token = await makeToken(data, { sub: name, kind: 'agent', rights });
  return new Storyteller(name, own, { url, session: sessionOf(name), token });
}

async function live(world: World): Promise<void> {
  const { chance, tellers, done } = world;
  const telling = Promise.all(tellers.map((teller) => teller.tell()));
  // All are in the middle of their stories when a command begins.
  const goOn = async (): Promise<void> => {
    for (const teller of tellers) teller.breathe(BARRIERS);
    await Promise.race([Promise.all(tellers.map((teller) => teller.progress())), telling]);
  };
  for (let left = COMMANDS; left > 0; left--) {
    const wish = below(chance, 4);
    await goOn();
    await (wish === 0 ? backUp(world) : wish === 1 ? verify(world) : exportAll(world));
  }
  await goOn();
  await exportAll(world);
  for (const teller of tellers) teller.stop();
  await telling;
  done.steps = tellers.reduce((all, { sent }) => all + sent, 0);
  await verify(world);
  await backUp(world);
  done.merged = await mergedIn(world);
}

/** What a command printed that must do what it is asked. */
async function ask({ folder, done }: World, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await cli(args, folder, { clock: systemClock });
  if (code !== 0 || err !== '') done.problems.push(`${args.join(' ')} ended with ${code}: ${err}`);
  return out;
}

/** Reads each session, which must be its story as it was since these steps. */
async function compare(
  { tellers, done }: World,
  since: readonly number[],
  read: (session: string) => Promise<string>,
): Promise<void> {
  for (const [at, teller] of tellers.entries()) {
    const words = storyIn(await read(sessionOf(teller.name)));
    if (teller.isStory(words, since[at] ?? 0, teller.sent)) continue;
    done.problems.push(`${teller.name} never said ${words.join(' ')} after step ${since[at]}`);
  }
}

const durableIn = ({ tellers }: World): readonly number[] => tellers.map(({ durable }) => durable);

async function exportAll(world: World): Promise<void> {
  const { chance, data, done } = world;
  const format = pick(chance, ['json', 'markdown', 'update']) ?? 'json';
  await compare(world, durableIn(world), (session) =>
    ask(world, 'export', session, '--format', format, '--data', data),
  );
  done.exports += 1;
}

async function verify(world: World, data = world.data): Promise<void> {
  const said = await ask(world, 'verify', '--data', data);
  const isSound = new RegExp(`^${names.length} sessions, .* 0 files: all sound\\.\\n$`).test(said);
  if (!isSound) world.done.problems.push(said);
  world.done.verifies += 1;
}

async function backUp(world: World): Promise<void> {
  const { folder, data, done } = world;
  const since = durableIn(world);
  const [file, back] = [join(folder, 'backup'), join(folder, `back-${done.backups}`)];
  await ask(world, 'backup', file, '--data', data);
  await ask(world, 'restore', file, '--data', back);
  await verify(world, back);
  await compare(world, since, (session) => ask(world, 'export', session, '--data', back));
  done.backups += 1;
}

async function mergedIn(world: World): Promise<number> {
  let merged = 0;
  for (const name of names) {
    const line = await ask(world, 'inspect', sessionOf(name), '--json', '--data', world.data);
    merged += (JSON.parse(line) as { log: { merged: number } }).log.merged;
  }
  return merged;
}

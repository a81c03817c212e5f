// One sample is one load on one new server. Servers take turns, round by round, so that whatever
// else the machine does hits all of them alike; what is shown is the median over the rounds.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../harness.ts';
import { installPeers, type Name, type RunningServer, startServer } from './contestants.ts';
import type { Figures } from './host.ts';
import type { LoadName, Order, Said, SizesOf } from './load.ts';

const flags = ['--conditions=holdfast-source', '--disable-warning=ExperimentalWarning'];
/** A load that takes longer than this hangs. */
const SAMPLE_MS_MAX = 300_000;

export type Medians = (name: Name, figure: string) => number;

/** Runs a load on each server in turns; who begins a round changes from round to round. */
export async function inTurns<Load extends LoadName>(
  names: readonly Name[],
  rounds: number,
  load: Load,
  sizes: SizesOf<Load>,
): Promise<Medians> {
  await installPeers(names);
  const samples = new Map<Name, Figures[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      if (name === undefined) continue;
      const figures = await sample(name, load, sizes);
      samples.set(name, [...(samples.get(name) ?? []), figures]);
    }
  }
  return (name, figure) => {
    const found = (samples.get(name) ?? []).map((figures) => figures[figure]);
    return median(found.filter((value) => value !== undefined));
  };
}

async function sample<Load extends LoadName>(
  name: Name,
  load: Load,
  sizes: SizesOf<Load>,
): Promise<Figures> {
  const server = await startServer(name);
  try {
    return await loaded(server, { load, target: server.target, sizes });
  } finally {
    await server.stop();
  }
}

async function loaded(server: RunningServer, order: Order): Promise<Figures> {
  const { promise, resolve, reject } = Promise.withResolvers<Figures>();
  const child = fork(join(import.meta.dirname, 'load.ts'), { execArgv: flags });
  const what = `${order.load} on ${order.target.name}`;
  const hangs = setTimeout(() => reject(new Error(`${what} hangs`)), SAMPLE_MS_MAX);
  child.on('message', (said: Said) => {
    if ('figures' in said) resolve(said.figures);
    else if ('failed' in said) reject(new Error(`${what}: ${said.failed}`));
    else void answer(said.ask);
  });
  child.once('exit', (code) => reject(new Error(`${what} ended with ${code}`)));
  child.send(order);
  try {
    return await promise;
  } finally {
    clearTimeout(hangs);
    child.kill('SIGKILL');
  }

  async function answer(question: 'usage' | 'collect'): Promise<void> {
    const usage = await (question === 'usage' ? server.usage() : server.collected());
    child.send(usage);
  }
}

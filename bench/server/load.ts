// The process that makes the load: `node load.ts`, started by sample.ts for one sample, so that the
// server's CPU is counted alone and no sample pays for the one before. Its parent says which load
// to run on which server, and answers for the server when its usage is asked for.

import type { Target } from './contestants.ts';
import type { Figures, Host } from './host.ts';
import * as idle from './load/idle.ts';
import * as join from './load/join.ts';
import * as steady from './load/steady.ts';
import * as storm from './load/storm.ts';
import * as stream from './load/stream.ts';
import type { Question, Usage } from './probe.ts';

const loads = { idle, join, steady, storm, stream };

export type LoadName = keyof typeof loads;
export type SizesOf<Name extends LoadName> = Parameters<(typeof loads)[Name]['load']>[1];

/** What a sample begins with. */
export interface Order<Name extends LoadName = LoadName> {
  readonly load: Name;
  readonly target: Target;
  readonly sizes: SizesOf<Name>;
}

/** What the process says to its parent. */
export type Said =
  | { readonly ask: Question }
  | { readonly figures: Figures }
  | { readonly failed: string };

function say(said: Said): void {
  process.send?.(said);
}

function ask(question: Question): Promise<Usage> {
  const { promise, resolve } = Promise.withResolvers<Usage>();
  process.once('message', (usage) => resolve(usage as Usage));
  say({ ask: question });
  return promise;
}

const host: Host = { usage: () => ask('usage'), collected: () => ask('collect') };

process.once('message', (order) => {
  const { load, target, sizes } = order as Order;
  const run = loads[load].load as (target: Target, sizes: unknown, host: Host) => Promise<Figures>;
  run(target, sizes, host).then(
    (figures) => say({ figures }),
    (error: unknown) => say({ failed: error instanceof Error ? `${error.stack}` : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

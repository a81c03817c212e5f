// How things are measured here. Contestants take turns, round by round, so that whatever else the
// machine does hits all of them alike; what is compared are times of one run, as ratios. A
// benchmark says what it must reach and shows a miss as a miss. Each round begins with an
// empty young heap, so that nobody pays for the garbage of the one before.

import { collectYoungGarbage } from './garbage.ts';

/** One way of doing the work that is compared. */
export interface Contestant<State> {
  readonly name: string;
  /** Makes what one round needs. Its time does not count. */
  prepare(): State | Promise<State>;
  /** Does the work of one round. What it returns is kept alive, so that nothing is optimised away. */
  run(state: State): unknown;
}

export interface Plan {
  /** Rounds that count. One more is run before, for the compiler. */
  readonly rounds: number;
  /** How many operations one `run` does: times are per operation. */
  readonly operations: number;
}

/** Over the rounds, in microseconds per operation. */
export interface Timing {
  readonly name: string;
  /** The median. */
  readonly wallUs: number;
  /**
   * CPU of the whole process, with the compiler and the collector: what a quarter of the rounds did
   * not exceed. On a busy machine a long round is interrupted and a short one is not, so wall times
   * of different lengths do not compare; and neighbours only ever add, so a low quantile tells of the
   * code where the median tells of them, and still has the collector in it, as the least may not.
   */
  readonly cpuUs: number;
}

interface Sample {
  readonly wallUs: number;
  readonly cpuUs: number;
}

let kept: unknown;

/** Runs all contestants in turns; who begins a round changes from round to round. */
export async function measure<State>(
  contestants: readonly Contestant<State>[],
  plan: Plan,
): Promise<readonly Timing[]> {
  const samples = contestants.map((): Sample[] => []);
  for (let round = 0; round <= plan.rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const index = (round + turn) % contestants.length;
      const contestant = contestants[index];
      if (contestant === undefined) continue;
      const sample = await sampleOf(contestant, plan.operations);
      if (round > 0) samples[index]?.push(sample);
    }
  }
  return contestants.map(({ name }, index) => {
    const walls = (samples[index] ?? []).map((sample) => sample.wallUs);
    const cpus = (samples[index] ?? []).map((sample) => sample.cpuUs);
    return { name, wallUs: median(walls), cpuUs: quantile(cpus, 0.25) };
  });
}

/** The timing of one contestant, by name. */
export function timingOf(timings: readonly Timing[], name: string): Timing {
  const found = timings.find((timing) => timing.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` (0 to 1) of the values lies, between neighbours by weight. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('nothing was measured');
  return below + (above - below) * (place - Math.floor(place));
}

async function sampleOf<State>(contestant: Contestant<State>, operations: number): Promise<Sample> {
  const state = await contestant.prepare();
  collectYoungGarbage();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const result = contestant.run(state);
  kept = result instanceof Promise ? await result : result;
  const wallUs = ((performance.now() - begun) * 1000) / operations;
  const used = process.cpuUsage(cpu);
  return { wallUs, cpuUs: (used.user + used.system) / operations };
}

/** What the last round returned; read by nobody, which no optimiser can know. */
export function lastResult(): unknown {
  return kept;
}

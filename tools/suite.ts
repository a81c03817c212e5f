// `npm test`, `npm run check` and `npm run soak`: runs the steps of a suite one after another, each
// under its own heading, and closes with the ten slowest tests and one line of counts. Every step
// runs even after one failed, because a wrong comma should not hide a lost message; `npm run check`
// is there for the impatient. Names after the suite choose steps: `npm test -- unit rules`.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enter, readProved, type Proved } from './ledger.ts';
import { runNode } from './process.ts';
import { steps, suites, type Step, type Suite } from './steps.ts';
import {
  add,
  closingLine,
  nothing,
  slowest,
  tallyOfStep,
  tallyOfVitest,
  type Tally,
} from './tally.ts';

interface Outcome {
  readonly step: Step;
  readonly seconds: string;
  readonly tally: Tally;
  readonly stopped: NodeJS.Signals | undefined;
  readonly proved: readonly Proved[];
}

const [suiteName, ...names] = process.argv.slice(2);
const suite = suites.find((name) => name === suiteName);
if (suite === undefined) {
  stop(`Say which suite: ${suites.join(', ')}.`);
} else {
  const chosen = choose(suite, names);
  if (chosen.length === 0) stop(`${suite} has no step ${names.join(' or ')}`.trim());
  else await runAll(suite, chosen);
}

function stop(sentence: string): void {
  console.error(sentence);
  console.log(closingLine({ ...nothing, failed: 1 }));
  process.exitCode = 1;
}

/** The steps of the suite that were named; all when none was; none when a name is unknown. */
function choose(of: Suite, wanted: readonly string[]): readonly Step[] {
  const all = steps().filter((step) => step.suites.includes(of));
  const unknown = wanted.some((name) => all.every((step) => step.name !== name));
  if (unknown) return [];
  return wanted.length === 0 ? all : all.filter((step) => wanted.includes(step.name));
}

async function runAll(of: Suite, chosen: readonly Step[]): Promise<void> {
  console.log(`Node ${process.versions.node}: ${chosen.map((step) => step.name).join(', ')}`);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-suite-'));
  const outcomes: Outcome[] = [];
  for (const step of chosen) {
    console.log(`\n=== ${step.name} ===`);
    const outcome = await runStep(of, step, join(folder, `${outcomes.length}.json`));
    outcomes.push(outcome);
    const verdict = outcome.tally.failed === 0 ? 'ok' : 'FAILED';
    console.log(`=== ${step.name}: ${verdict} in ${outcome.seconds} s ===`);
    if (outcome.tally.failed > 0 && step.advice !== undefined) console.log(step.advice);
    if (outcome.stopped !== undefined) break;
  }
  await rm(folder, { recursive: true, force: true });
  await enter(outcomes.flatMap((outcome) => (outcome.tally.failed === 0 ? outcome.proved : [])));
  close(chosen, outcomes);
}

async function runStep(of: Suite, step: Step, report: string): Promise<Outcome> {
  const begun = performance.now();
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = step.counts ? [...step.args, ...reporting] : step.args;
  const ledger = `${report}l`;
  const env: Record<string, string> =
    of === 'soak' ? { HOLDFAST_SOAK: '1', HOLDFAST_LEDGER: ledger } : {};
  const ending = await runNode(args, { env });
  const ms = performance.now() - begun;
  const tally = step.counts
    ? tallyOfVitest(await readReport(report), ending.code)
    : tallyOfStep(step.name, ending.code, ms);
  return {
    step,
    seconds: (ms / 1000).toFixed(1),
    tally,
    stopped: ending.stopped,
    proved: await readProved(ledger),
  };
}

/** What vitest wrote, or undefined when it wrote nothing that can be read. */
async function readReport(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function close(chosen: readonly Step[], outcomes: readonly Outcome[]): void {
  const total = outcomes.map((outcome) => outcome.tally).reduce(add, nothing);
  const tests = outcomes.filter((outcome) => outcome.step.counts).map((outcome) => outcome.tally);
  console.log('\nSlowest tests:');
  for (const { title, ms } of slowest(tests.reduce(add, nothing), 10)) {
    console.log(`  ${(ms / 1000).toFixed(2).padStart(7)} s  ${title}`);
  }
  const failed = outcomes.filter((outcome) => outcome.tally.failed > 0);
  if (failed.length > 0) console.log(`Failed: ${failed.map(({ step }) => step.name).join(', ')}`);
  const missing = chosen.length - outcomes.length;
  if (missing > 0) console.log(`Stopped before ${missing} of ${chosen.length} steps.`);
  console.log(closingLine({ ...total, failed: total.failed + missing }));
  const signal = outcomes.at(-1)?.stopped;
  if (signal !== undefined) process.kill(process.pid, signal);
  else process.exitCode = total.failed + missing === 0 ? 0 : 1;
}

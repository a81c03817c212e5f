// Counts what ran, from the JSON that vitest leaves behind and from exit codes, and words the
// closing lines of a run. It is pure, because the last line is read by programs and must be right
// even when vitest crashes, a file fails to load or no test is found at all.

export interface Timed {
  readonly title: string;
  readonly ms: number;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Every test that ran, with its time. */
  readonly timed: readonly Timed[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0, timed: [] };

/** A step without tests of its own counts as one test. */
export function tallyOfStep(title: string, code: number, ms: number): Tally {
  const passed = code === 0 ? 1 : 0;
  return { passed, failed: 1 - passed, skipped: 0, timed: [{ title, ms }] };
}

/**
 * Counts a vitest run. `report` is its parsed JSON, or undefined when it left none. What vitest
 * cannot count (a file that does not load, a hook that throws, an unhandled rejection, a crash)
 * counts as one failure each, and a run that failed never counts zero failures.
 */
export function tallyOfVitest(report: unknown, code: number): Tally {
  const files = list(field(report, 'testResults'));
  const tally = files.map(tallyOfFile).reduce(add, nothing);
  const unexplained = tally.failed === 0 && (code !== 0 || files.length === 0);
  return unexplained ? { ...tally, failed: 1 } : tally;
}

export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    timed: [...one.timed, ...other.timed],
  };
}

/** The `most` slowest, slowest first. */
export function slowest(tally: Tally, most: number): readonly Timed[] {
  return [...tally.timed].sort((one, other) => other.ms - one.ms).slice(0, most);
}

/** The last line of a run: `N passed, N failed`, with `, N skipped` only when some were. */
export function closingLine(tally: Tally): string {
  const line = `${tally.passed} passed, ${tally.failed} failed`;
  return tally.skipped === 0 ? line : `${line}, ${tally.skipped} skipped`;
}

function tallyOfFile(file: unknown): Tally {
  const tests = list(field(file, 'assertionResults'));
  const count = (wanted: string): number =>
    tests.filter((test) => field(test, 'status') === wanted).length;
  const passed = count('passed');
  const failed = count('failed');
  const fileFailed = field(file, 'status') === 'failed' && failed === 0;
  const timed = tests.flatMap((test) => {
    const ms = field(test, 'duration');
    const title = field(test, 'fullName');
    return typeof ms === 'number' && typeof title === 'string' ? [{ title: title.trim(), ms }] : [];
  });
  const skipped = tests.length - passed - failed;
  return { passed, failed: failed + (fileFailed ? 1 : 0), skipped, timed };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

// How much a test does. `npm test` takes the short counts, `npm run soak` the long ones; a slow
// machine may lower both by HOLDFAST_COUNT, and what was done is what is reported. HOLDFAST_SEED
// makes all worlds of a run those of one seed, to see a failure again.

/** The number of worlds, frames or crashes that a test tries. */
export function count(short: number, long: number): number {
  const wanted = process.env['HOLDFAST_COUNT'];
  if (wanted !== undefined) return wholeNumber('HOLDFAST_COUNT', wanted, 1);
  return process.env['HOLDFAST_SOAK'] === '1' ? long : short;
}

/** The seed that was asked for. Without one a test draws its own, and prints it when it fails. */
export function seed(): number | undefined {
  const wanted = process.env['HOLDFAST_SEED'];
  const least = Number.MIN_SAFE_INTEGER;
  return wanted === undefined ? undefined : wholeNumber('HOLDFAST_SEED', wanted, least);
}

/** The parameters of a fast-check property: `fc.assert(property, runs(100, 10_000))`. */
export function runs(short: number, long: number): { numRuns: number; seed?: number } {
  const wanted = seed();
  const numRuns = count(short, long);
  return wanted === undefined ? { numRuns } : { numRuns, seed: wanted };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${name} must be a whole number of at least ${least}, and is "${text}"`);
}

// Whether one document takes far more time than others of its size: how a test sees that
// a reader hangs, or nearly so, without a clock on the wall. Processor time of this process
// is compared with what the documents before it took, and what seems slow is done again.

const RATIO_MAX = 200;
/** What seems slower than this is done again: most often somebody else was in the way. */
const RATIO_DOUBTED = 20;
/** So many units before there is a mean. */
const UNITS_MIN = 200_000;
const TURNS_MAX = 5;

export class Pace {
  #micros = 0;
  #units = 0;
  /** The slowest work so far, as a multiple of the mean. */
  worst = 0;

  /** Does the work, which can be done again, and throws where it took too long for so many units. */
  keep(units: number, work: () => void): void {
    let micros = spent(work);
    const mean = this.#units < UNITS_MIN ? undefined : this.#micros / this.#units;
    this.#micros += micros;
    this.#units += units;
    if (mean === undefined) return;
    for (let turn = 1; micros > mean * units * RATIO_DOUBTED && turn < TURNS_MAX; turn++) {
      micros = Math.min(micros, spent(work));
    }
    const ratio = micros / (mean * units);
    this.worst = Math.max(this.worst, ratio);
    if (ratio > RATIO_MAX) {
      throw new Error(
        `${micros} microseconds for ${units} units: ${ratio.toFixed(0)} times the mean`,
      );
    }
  }
}

function spent(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

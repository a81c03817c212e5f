// What the worlds of a run did. A property that holds because nothing ever happened
// proves nothing: each kind of event is counted, printed, and missed where it stays
// at zero.

export class Tally {
  readonly counts = new Map<string, number>();

  add(kind: string, times = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + times);
  }

  /** The wanted kinds that never happened. */
  missing(wanted: readonly string[]): readonly string[] {
    return wanted.filter((kind) => (this.counts.get(kind) ?? 0) === 0);
  }

  toString(): string {
    return [...this.counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, times]) => `${kind} ${times}`)
      .join(', ');
  }
}

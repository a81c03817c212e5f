// Values by ranges of clocks: of each client, what covers which of its clocks. Ranges do not
// overlap, and mostly come in order.

export interface ClockRange<Value> {
  readonly clock: number;
  readonly length: number;
  readonly value: Value;
}

export class ClockRanges<Value> {
  #byClient = new Map<number, ClockRange<Value>[]>();

  add(client: number, range: ClockRange<Value>): void {
    const ranges = this.#byClient.get(client);
    if (ranges === undefined) {
      this.#byClient.set(client, [range]);
      return;
    }
    let at = ranges.length;
    while (at > 0 && (ranges[at - 1]?.clock ?? 0) > range.clock) at--;
    ranges.splice(at, 0, range);
  }

  /** The range in which this clock is. */
  find(client: number, clock: number): ClockRange<Value> | undefined {
    const ranges = this.#byClient.get(client) ?? [];
    let low = 0;
    for (let high = ranges.length; low < high;) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range !== undefined && range.clock + range.length <= clock) low = middle + 1;
      else high = middle;
    }
    const range = ranges[low];
    return range !== undefined && range.clock <= clock ? range : undefined;
  }

  /** All ranges, in no order of clients. */
  *entries(): IterableIterator<readonly [client: number, range: ClockRange<Value>]> {
    for (const [client, ranges] of this.#byClient) {
      for (const range of ranges) yield [client, range];
    }
  }
}

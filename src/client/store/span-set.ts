// Which clocks of which clients: sorted spans that never touch. Nearly always a client has one span
// that grows at its end, so that is the fast way.

interface Span {
  start: number;
  end: number;
}

export class SpanSet {
  readonly #spans = new Map<number, Span[]>();

  /** Takes in `length` clocks from `start`; whether any of them was new. */
  add(client: number, start: number, length: number): boolean {
    const end = start + length;
    const spans = this.#spans.get(client);
    if (spans === undefined) {
      this.#spans.set(client, [{ start, end }]);
      return true;
    }
    const last = spans[spans.length - 1];
    if (last !== undefined && start >= last.start && start <= last.end) {
      if (end <= last.end) return false;
      last.end = end;
      return true;
    }
    return insert(spans, start, end);
  }

  has(client: number, start: number, length: number): boolean {
    const spans = this.#spans.get(client);
    const span = spans?.[firstEndingAt(spans, start + 1)];
    return span !== undefined && span.start <= start && span.end >= start + length;
  }

  /** The clock after the first span that begins at 0, per client: what a state vector says. */
  *starts(): Iterable<readonly [number, number]> {
    for (const [client, [first]] of this.#spans) {
      if (first !== undefined && first.start === 0) yield [client, first.end];
    }
  }
}

/** The index of the first span that ends at `clock` or after it. */
function firstEndingAt(spans: readonly Span[], clock: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.end ?? 0) < clock) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(spans: Span[], start: number, end: number): boolean {
  const at = firstEndingAt(spans, start);
  let to = at;
  const merged = { start, end };
  for (let span = spans[to]; span !== undefined && span.start <= end; span = spans[to]) {
    if (span.start <= start && span.end >= end) return false;
    merged.start = Math.min(merged.start, span.start);
    merged.end = Math.max(merged.end, span.end);
    to += 1;
  }
  spans.splice(at, to - at, merged);
  return true;
}

// An update as a room keeps it, with what it brings of which client, so that nobody has to
// read it again to know whether a joiner needs it.

import { UpdateReader } from '../../src/protocol/update-reader.ts';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';

/** Clocks of one client, from `from` up to before `to`. */
export interface Span {
  readonly client: number;
  readonly from: number;
  readonly to: number;
}

export interface StoredUpdate {
  readonly bytes: Uint8Array;
  /** Empty where it only deletes. */
  readonly spans: readonly Span[];
}

/** What an update brings, of one that was judged good before. */
export function spansOf(bytes: Uint8Array): readonly Span[] {
  const reader = new UpdateReader(bytes, syncAnswerBudget);
  const spans: { client: number; from: number; to: number }[] = [];
  while (reader.nextStruct()) {
    const last = spans.at(-1);
    const to = reader.clock + reader.length;
    if (last?.client === reader.client) last.to = to;
    else spans.push({ client: reader.client, from: reader.clock, to });
  }
  return spans;
}

/** Whether a peer that has `clocks` lacks something of it. */
export function lacks(clocks: ReadonlyMap<number, number>, spans: readonly Span[]): boolean {
  return spans.some(({ client, to }) => (clocks.get(client) ?? 0) < to);
}

// A view as plain, sorted JSON, to compare what two peers see: tables have no order
// that peers share, everything else does.

import type { View } from '../../src/session/view.ts';

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

export function plainView(view: View): unknown {
  return {
    meta: view.meta,
    path: view.path,
    messages: [...view.messages].toSorted(byId),
    runs: [...view.runs].toSorted(byId),
    requests: [...view.requests].toSorted(byId),
    participants: [...view.participants].toSorted(byId),
    annotations: [...view.annotations].toSorted(byId),
    selection: sortedEntries(view.selection),
    children: sortedEntries(view.tree.children),
    within: sortedEntries(view.tree.within),
    faults: view.faults,
  };
}

function sortedEntries<Value>(map: ReadonlyMap<string, Value>): readonly [string, Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

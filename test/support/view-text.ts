// A view as one text, so that two are equal exactly when the texts are: all that
// `plainView` gives, and how the tree was resolved.

import { expect } from 'vitest';
import type { View } from '../../src/session/view.ts';
import { plainView } from './plain-view.ts';

export function viewText(view: View): string {
  const { parents, expected, faults } = view.tree;
  const tree = { parents: sorted(parents), expected: sorted(expected), faults };
  return JSON.stringify({ view: plainView(view), tree });
}

/** Fails with the difference where the views are not equal. */
export function expectSameView(now: View, anew: View, what: string): void {
  const [one, other] = [viewText(now), viewText(anew)];
  if (one === other) return;
  expect(JSON.parse(one), what).toEqual(JSON.parse(other));
  expect(one, what).toBe(other);
}

function sorted<Value>(map: ReadonlyMap<string, Value>): readonly [string, Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

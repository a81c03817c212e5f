// What became of a write that another tab issued again or left out, when nothing tells any more: its
// successor is durable by now and stands in the base, under another client, or a draft was not worth
// keeping. What it made is looked for under the ids that it gave.

import type { Right } from '../../protocol/token.ts';
import type { View } from '../../session/view.ts';
import { beyondRights, type BlamedWrite } from './blame.ts';

/** The rule by which it was left out; undefined where it stands. `view` is of what the server has. */
export function ruleOfLeftOut(
  write: BlamedWrite,
  view: View,
  rights: readonly Right[] | null,
): string | undefined {
  const isThere = (id: string): boolean =>
    view.messages.get(id) !== undefined ||
    view.runs.get(id) !== undefined ||
    view.requests.get(id) !== undefined;
  const { ids = [], refs = [] } = write.intent ?? {};
  if (ids.length > 0) return ids.some(isThere) ? undefined : 'depends';
  if (rights !== null) {
    const rule = beyondRights([write], rights).get(write.id);
    if (rule !== undefined) return rule;
  }
  return refs.every(isThere) ? undefined : 'depends';
}

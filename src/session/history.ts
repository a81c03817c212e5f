// What may follow what: rules about two views of one session, an earlier and a later
// one on the same peer. Together with invariant.ts they say what "nothing is lost,
// doubled or rewritten" means, so that a simulator, a crash test and a browser test
// can hold a session to it at every step.

import { canonicalJson, type Json } from '../base/json.ts';
import { ackTable, type RequestState } from './control.ts';
import type { Message } from './message.ts';
import type { Part } from './part.ts';
import { isFinal, type Run, type RunState, runTable } from './run.ts';
import type { View } from './view.ts';

/** The rules, by number. The texts stand in docs/SPEC.md as well. */
export const historyRules = {
  H1: 'a message stays, with its head; its words only go by deletion, a part of a reply also while its run has not ended',
  H2: 'the words of a part only grow at the end',
  H3: 'a run moves along its table, and a final one never changes',
  H4: 'epochs only rise, and each has one holder',
  H5: 'a request stays as it is, and its answer moves along its table',
} as const;

export type HistoryRuleId = keyof typeof historyRules;

export interface HistoryViolation {
  readonly id: HistoryRuleId;
  readonly where: string;
}

/** All ways in which the later view breaks with the earlier one. Skipped steps are allowed; impossible ones are not. */
export function checkHistory(before: View, after: View): readonly HistoryViolation[] {
  const found: HistoryViolation[] = [];
  const report = (id: HistoryRuleId, where: string): void => {
    found.push({ id, where });
  };
  for (const message of before.messages) {
    if (!message.expected) checkMessage(before, message, after.messages.get(message.id), report);
  }
  for (const run of before.runs) checkRun(run, after.runs.get(run.id), report);
  for (const request of before.requests) {
    const now = after.requests.get(request.id);
    const stayed = now !== undefined && sameBut(request, now, ['state', 'ack']);
    if (!stayed || !answersReachable(request.state, now.state)) report('H5', request.id);
  }
  return found;
}

type Report = (id: HistoryRuleId, where: string) => void;

function checkMessage(
  view: View,
  before: Message,
  after: Message | undefined,
  report: Report,
): void {
  if (before === after) return;
  if (after === undefined || !sameBut(before, after, ['parts', 'deleted', 'expected'])) {
    report('H1', before.id);
    return;
  }
  if (after.deleted) return;
  if (before.deleted) report('H1', before.id);
  const parts = new Map(after.parts.map((part) => [part.id, part]));
  for (const part of before.parts) {
    const now = parts.get(part.id);
    if (now === undefined && isSettled(view, before)) report('H1', `${before.id}/${part.id}`);
    else if (now !== undefined && !wordsOf(now).startsWith(wordsOf(part)))
      report('H2', `${before.id}/${part.id}`);
  }
}

/** Whether its parts may not go any more: it is no reply, or its run has ended. */
function isSettled(view: View, { run }: Message): boolean {
  const answered = run === undefined ? undefined : view.runs.get(run);
  return answered === undefined || isFinal(answered.status.state);
}

function wordsOf(part: Part): string {
  return part.type === 'text' || part.type === 'reasoning' ? part.text : '';
}

function checkRun(before: Run, after: Run | undefined, report: Report): void {
  if (before === after) return;
  if (after === undefined) {
    report('H3', before.id);
    return;
  }
  if (isFinal(before.status.state) && !sameBut(before, after, [])) report('H3', before.id);
  if (!statesReachable(before.status.state).has(after.status.state)) report('H3', before.id);
  const [was, is] = [before.claim, after.claim];
  if (was === null) return;
  if (is === null || is.epoch < was.epoch) report('H4', before.id);
  else if (is.epoch === was.epoch && is.holder !== was.holder) report('H4', before.id);
}

/** All states that some number of steps leads to, the state itself included. */
function statesReachable(from: RunState): ReadonlySet<RunState> {
  const reached = new Set<RunState>([from]);
  for (const state of reached) {
    for (const next of Object.values(runTable[state])) if (next !== null) reached.add(next);
  }
  return reached;
}

function answersReachable(from: RequestState, to: RequestState): boolean {
  return from === to || ackTable[from].some((next) => answersReachable(next, to));
}

function sameBut(a: object, b: object, ignored: readonly string[]): boolean {
  const rest = (value: object): Json =>
    Object.fromEntries(Object.entries(value).filter(([key]) => !ignored.includes(key)));
  return canonicalJson(rest(a)) === canonicalJson(rest(b));
}

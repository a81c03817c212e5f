// What became of a prompt that nobody began to answer: taken back, replaced, handed on, refused.
// It has no reply that could say so.

import type { Run, View } from 'holdfast';
import { isFinal } from 'holdfast/session';
import { useView } from 'holdfast/react';
import type { ReactElement } from 'react';
import styles from './message.module.css';
import { runSentence } from './run-state.ts';

export function PromptNote({ message }: { readonly message: string }): ReactElement | null {
  const run = useView((view) => newestOf(view.runs).get(message));
  if (run === undefined || run.startedAt !== null || !isFinal(run.status.state)) return null;
  const facts = { requests: [], hasWords: false, isOnline: true, agents: null, nameOf: String };
  return <p className={styles['note']}>{runSentence(run, facts)?.text}</p>;
}

const byTable = new WeakMap<View['runs'], ReadonlyMap<string, Run>>();

/** The newest run of each prompt: looked up once for all who ask. */
function newestOf(runs: View['runs']): ReadonlyMap<string, Run> {
  const known = byTable.get(runs);
  if (known !== undefined) return known;
  const newest = new Map<string, Run>();
  for (const run of runs) {
    if (run.createdAt >= (newest.get(run.message)?.createdAt ?? 0)) newest.set(run.message, run);
  }
  byTable.set(runs, newest);
  return newest;
}

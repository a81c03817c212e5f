// What is true of a run, in one sentence for people, with how much it matters. Total over the
// states of a run, so that a new one does not compile until it is said what is shown of it.

import type { Request, Run } from 'holdfast';
import { words } from './strings.ts';

export interface RunSentence {
  readonly tone: 'quiet' | 'live' | 'asks' | 'warns' | 'fails';
  readonly text: string;
}

export interface RunFacts {
  readonly requests: readonly Request[];
  readonly hasWords: boolean;
  readonly isOnline: boolean;
  /** How many wait for runs here, by name; null where that is not known. */
  readonly agents: Readonly<Record<string, number>> | null;
  /** Its place in the line, from 1; absent where it is the next. */
  readonly place?: number | undefined;
  readonly nameOf: (principal: string) => string;
}

/** Null where there is nothing to say: it ended well. */
export function runSentence(run: Run, facts: RunFacts): RunSentence | null {
  const { status, agent } = run;
  const { runs } = words;
  switch (status.state) {
    case 'queued':
      return { tone: 'quiet', text: queuedText(run, facts) };
    case 'running':
      if (stopAsked(facts.requests)) return { tone: 'warns', text: runs.stopping };
      return { tone: 'live', text: facts.hasWords ? runs.running(agent) : runs.thinking(agent) };
    case 'waiting':
      return { tone: 'asks', text: runs.waiting };
    case 'stalled':
      return { tone: 'warns', text: runs.stalled(agent) };
    case 'complete':
      return null;
    case 'cancelled':
      return { tone: 'quiet', text: cancelledText(run, facts) };
    case 'failed':
      return { tone: 'fails', text: status.error.message };
  }
}

function queuedText({ agent }: Run, { isOnline, place, agents }: RunFacts): string {
  if (!isOnline) return words.runs.queuedOffline;
  if (agents !== null && (agents[agent] ?? 0) === 0) return words.runs.nobody(agent);
  return place === undefined ? words.runs.queued : words.runs.waitsItsTurn(place);
}

function cancelledText(run: Run, { requests, nameOf }: RunFacts): string {
  const { runs } = words;
  if (run.status.state !== 'cancelled') return runs.stopped;
  if (run.status.why === 'replaced') return runs.replaced;
  if (run.status.why === 'steered') return runs.steered;
  if (run.status.why === 'withdrawn' || run.startedAt === null) return runs.withdrawn;
  const asked = requests.find(({ kind, state }) => kind === 'cancel' && state === 'settled');
  return asked === undefined ? runs.stopped : runs.stoppedBy(nameOf(asked.by));
}

/** Whether somebody asked for a stop that is not answered. */
export const stopAsked = (requests: readonly Request[]): boolean =>
  requests.some(
    ({ kind, state }) => kind === 'cancel' && (state === 'requested' || state === 'accepted'),
  );

/** Why the last stop was not taken. */
export const stopRefusal = (requests: readonly Request[]): string | undefined => {
  const last = requests.findLast(({ kind }) => kind === 'cancel');
  return last?.state === 'refused' ? (last.ack?.reason ?? '') : undefined;
};

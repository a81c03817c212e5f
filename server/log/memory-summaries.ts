// Summaries in memory.

import {
  compareSummaries,
  isAfter,
  type ListedSummary,
  type Summaries,
  type Summary,
  type SummaryPlace,
  type SummaryScope,
} from './summaries.ts';

type Answer<Method extends keyof Summaries> = Awaited<ReturnType<Summaries[Method]>>;

export interface MemorySessions {
  /** Of the living. */
  readonly all: () => readonly { readonly session: string; readonly createdAt: number }[];
  readonly has: (principal: string, session: string) => boolean;
}

export class MemorySummaries implements Summaries {
  #sessions: MemorySessions;
  #summaries = new Map<string, Summary>();

  constructor(sessions: MemorySessions) {
    this.#sessions = sessions;
  }

  async put(summaries: readonly Summary[]): Promise<Answer<'put'>> {
    const living = new Set(this.#sessions.all().map(({ session }) => session));
    for (const summary of summaries) {
      if (living.has(summary.session)) this.#summaries.set(summary.session, summary);
    }
    return { ok: true };
  }

  async latest(
    scope: SummaryScope,
    after: SummaryPlace | undefined,
    limit: number,
  ): Promise<Answer<'latest'>> {
    const listed = this.#listed(({ session }) => this.#isIn(scope, session));
    const rest = listed.filter((summary) => isAfter(summary, after)).toSorted(compareSummaries);
    return { ok: true, summaries: rest.slice(0, limit) };
  }

  async of(sessions: readonly string[]): Promise<Answer<'of'>> {
    return { ok: true, summaries: this.#listed(({ session }) => sessions.includes(session)) };
  }

  forget(session: string): void {
    this.#summaries.delete(session);
  }

  #listed(wanted: (summary: ListedSummary) => boolean): readonly ListedSummary[] {
    return this.#sessions
      .all()
      .map(({ session, createdAt }) => {
        const summary = this.#summaries.get(session);
        const activity = summary?.activity ?? createdAt;
        return { session, createdAt, activity, json: summary?.json };
      })
      .filter(wanted);
  }

  #isIn({ principal, beginnings, sessions }: SummaryScope, session: string): boolean {
    const belongs = principal !== undefined && this.#sessions.has(principal, session);
    return (
      belongs ||
      sessions.includes(session) ||
      beginnings.some((beginning) => session.startsWith(beginning))
    );
  }
}

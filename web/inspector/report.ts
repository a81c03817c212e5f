// A report that a person can read, judge and give away: how a session is doing and how it is made.
// What was said is counted, not quoted, and people are numbered, not named, unless whoever gives
// it away wants otherwise. No token and no address is ever in it.

import type { Inspection, Part, SessionStatus, View } from 'holdfast';

export interface ReportOptions {
  readonly withWords: boolean;
  readonly withNames: boolean;
}

export interface ReportFacts {
  readonly session: string;
  readonly view: View;
  readonly status: SessionStatus;
  readonly inspection: Inspection | null;
  readonly now: number;
  readonly agent: string;
}

export function reportOf(facts: ReportFacts, options: ReportOptions): string {
  const { view, status, inspection, now, agent } = facts;
  const who = namer(options.withNames);
  const said = (text: string): string => (options.withWords ? text : `(${text.length} characters)`);
  const report = {
    about: 'A report of Holdfast, made on this device at the wish of the person who saved it.',
    at: new Date(now).toISOString(),
    browser: agent,
    session: options.withNames ? facts.session : `(${facts.session.length} characters)`,
    status: { ...status, agents: status.agents === null ? null : Object.values(status.agents) },
    inspection,
    meta: { ...view.meta, title: said(view.meta.title), createdBy: undefined },
    faults: view.faults,
    messages: [...view.messages].map(({ id, role, author, parent, createdAt, run, parts }) => ({
      id,
      role,
      author: who(author),
      parent,
      createdAt,
      run,
      parts: parts.map((part) => partOf(part, said)),
    })),
    runs: [...view.runs].map((run) => ({
      ...run,
      createdBy: who(run.createdBy),
      claim: run.claim === null ? null : { ...run.claim, holder: who(run.claim.holder) },
      status:
        run.status.state === 'failed'
          ? {
              ...run.status,
              error: { code: run.status.error.code, message: said(run.status.error.message) },
            }
          : run.status,
    })),
    requests: [...view.requests].map(({ id, run, kind, by, at, state, ack }) => ({
      id,
      run,
      kind,
      by: who(by),
      at,
      state,
      ack: ack === null ? null : { state: ack.state, at: ack.at, by: who(ack.by) },
    })),
  };
  return JSON.stringify(report, undefined, 2);
}

function partOf(part: Part, said: (text: string) => string): object {
  const { id, type, startedAt, endedAt } = part;
  const base = { id, type, startedAt, endedAt };
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { ...base, state: part.state, text: said(part.text) };
    case 'tool':
      return { ...base, name: part.name, state: part.state };
    case 'file':
      return { ...base, mediaType: part.mediaType, size: part.size };
    case 'source':
      return { ...base, title: said(part.title) };
    case 'data':
    case 'unknown':
      return { ...base, name: part.name };
  }
}

/** People by number, in the order in which they come up. */
function namer(withNames: boolean): (principal: string) => string {
  const known = new Map<string, string>();
  return (principal) => {
    if (withNames || principal === 'server') return principal;
    const number = known.get(principal) ?? `participant ${known.size + 1}`;
    known.set(principal, number);
    return number;
  };
}

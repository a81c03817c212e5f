// The parts of a reply with the agents that it asked for help in between, each where it was asked:
// who, what for, and its own words as they come, written by it and relayed by nobody. Each can be
// stopped and steered by itself. What an agent writes below another is the same thing again, one
// level deeper, so both stand in this file.

import type { Run, View } from 'holdfast';
import { type MessageOutline, useMessage, useRun, useView } from 'holdfast/react';
import { Fragment, type ReactElement } from 'react';
import { PartView } from './part.tsx';
import styles from './message.module.css';
import { RunLine } from './run-line.tsx';
import { Sources } from './sources.tsx';
import { SteerForm } from './steer-form.tsx';
import { SteerNote } from './steer-note.tsx';
import { useMayControl } from './talk.ts';
import cardStyles from './team-card.module.css';

export interface ReplyBodyProps {
  readonly message: MessageOutline;
  readonly depth: number;
}

export function ReplyBody({ message, depth }: ReplyBodyProps): ReactElement {
  const { id, run, parts, role } = message;
  const state = useRun(run)?.status.state;
  const isLive = state === 'running' || state === 'waiting';
  const asked = useAsked(id, run);
  return (
    <div className={styles['parts']} aria-busy={isLive || undefined}>
      {parts.map((part, index) => (
        <Fragment key={part.id}>
          <TeamCards asked={asked} before={index} depth={depth} />
          <PartView
            message={id}
            index={index}
            run={run}
            isLive={isLive}
            isPrompt={role !== 'assistant'}
          />
        </Fragment>
      ))}
      <TeamCards asked={asked} before={parts.length} depth={depth} />
    </div>
  );
}

interface Asked {
  readonly run: string;
  /** The part before which it was asked; the number of parts where it was behind all of them. */
  readonly before: number;
}

function TeamCards({
  asked,
  before,
  depth,
}: {
  readonly asked: readonly Asked[];
  readonly before: number;
  readonly depth: number;
}): ReactElement | null {
  const here = asked.filter((one) => one.before === before);
  if (here.length === 0) return null;
  return (
    <div className={styles['team']}>
      {here.map(({ run }) => (
        <TeamCard key={run} run={run} depth={depth} />
      ))}
    </div>
  );
}

const none: readonly Asked[] = [];

function useAsked(message: string, run: string | undefined): readonly Asked[] {
  return useView(
    (view) => (run === undefined ? none : askedBy(view, message, run)),
    (a, b) =>
      a.length === b.length &&
      a.every((one, at) => one.run === b[at]?.run && one.before === b[at]?.before),
  );
}

function askedBy(
  view: Pick<View, 'runs' | 'messages'>,
  message: string,
  run: string,
): readonly Asked[] {
  const below = childrenOf(view.runs).get(run);
  if (below === undefined) return none;
  const parts = view.messages.get(message)?.parts ?? [];
  return below.map(({ id, createdAt }) => {
    const at = parts.findIndex(({ startedAt }) => startedAt !== undefined && startedAt > createdAt);
    return { run: id, before: at < 0 ? parts.length : at };
  });
}

const byTable = new WeakMap<View['runs'], ReadonlyMap<string, readonly Run[]>>();

/** Sorted once for all who ask, and again only when a run changed. */
function childrenOf(runs: View['runs']): ReadonlyMap<string, readonly Run[]> {
  const known = byTable.get(runs);
  if (known !== undefined) return known;
  const children = new Map<string, Run[]>();
  for (const run of runs) {
    if (run.parentRun === undefined) continue;
    const list = children.get(run.parentRun);
    if (list === undefined) children.set(run.parentRun, [run]);
    else list.push(run);
  }
  byTable.set(runs, children);
  return children;
}

/** Deeper ones are folded, lest a line has room for three letters. */
const openDepthMax = 3;

function TeamCard({
  run: id,
  depth,
}: {
  readonly run: string;
  readonly depth: number;
}): ReactElement | null {
  const run = useRun(id);
  const reply = useMessage(run?.reply ?? '');
  const mayControl = useMayControl(id);
  const prompt = useView((view) => {
    const part = view.messages.get(run?.message ?? '')?.parts.find(({ type }) => type === 'text');
    return part?.type === 'text' ? part.text : '';
  });
  if (run === undefined) return null;
  const { state } = run.status;
  const isActive = state === 'running' || state === 'waiting';
  return (
    <details className={cardStyles['card']} data-state={state} open={depth < openDepthMax}>
      <summary>
        <b>{run.agent}</b>
        <span dir="auto">{prompt}</span>
      </summary>
      <div className={cardStyles['inside']}>
        {reply !== undefined && <ReplyBody message={reply} depth={depth + 1} />}
        {reply !== undefined && <Sources message={reply.id} />}
        {reply !== undefined && <Steers run={id} reply={reply.id} />}
        <RunLine run={id} hasWords={(reply?.parts.length ?? 0) > 0} isTop={false} />
        {isActive && mayControl && <SteerForm run={id} agent={run.agent} />}
      </div>
    </details>
  );
}

const noIds: readonly string[] = [];

/** What people said to it while it wrote: those words hang on its reply, beside the main line. */
function Steers({
  run,
  reply,
}: {
  readonly run: string;
  readonly reply: string;
}): ReactElement | null {
  const ids = useView(
    (view) => {
      const behind = view.tree.children.get(reply);
      return behind?.filter((id) => view.messages.get(id)?.steers === run) ?? noIds;
    },
    (a, b) => a.length === b.length && a.every((id, at) => id === b[at]),
  );
  return (
    <>
      {ids.map((id) => (
        <blockquote key={id} className={cardStyles['said']}>
          <PartView message={id} index={0} run={undefined} isLive={false} isPrompt />
          <SteerNote message={id} run={run} />
        </blockquote>
      ))}
    </>
  );
}

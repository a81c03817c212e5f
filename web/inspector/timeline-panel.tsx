// The runs as swim lanes: one line each, those that another one asked below it, with what people
// asked meanwhile. A line that has words can be replayed at the pace at which they came.

import type { SessionHandle } from 'holdfast';
import { useView } from 'holdfast/react';
import { type ReactElement, useState } from 'react';
import { clock } from '../base/clock.ts';
import styles from './inspector.module.css';
import { Replay } from './replay.tsx';
import { words } from './strings.ts';
import { type Lane, shareOf, type Timeline, timelineOf } from './timeline.ts';

const laneHeight = 26;
const width = 1_000;

export function TimelinePanel({ session }: { readonly session: SessionHandle }): ReactElement {
  const runs = useView((view) => view.runs);
  const requests = useView((view) => view.requests);
  const timeline = timelineOf({ runs, requests }, clock.now());
  const [replayed, replay] = useState<string>();
  return (
    <article className={styles['panel']} data-wide>
      <header>
        <h2>{words.timeline}</h2>
      </header>
      {timeline.lanes.length === 0 && <p>{words.noRuns}</p>}
      <ol className={styles['lanes']}>
        {timeline.lanes.map((lane) => (
          <LaneRow
            key={lane.run}
            lane={lane}
            timeline={timeline}
            isReplayed={lane.run === replayed}
            onReplay={() => replay(lane.run === replayed ? undefined : lane.run)}
          />
        ))}
      </ol>
      {replayed !== undefined && <Replay key={replayed} session={session} run={replayed} />}
    </article>
  );
}

interface LaneRowProps {
  readonly lane: Lane;
  readonly timeline: Timeline;
  readonly isReplayed: boolean;
  readonly onReplay: () => void;
}

function LaneRow({ lane, timeline, isReplayed, onReplay }: LaneRowProps): ReactElement {
  const x = (at: number): number => shareOf(at, timeline) * width;
  const { agent, state, depth, from, started, to, marks } = lane;
  const begun = started ?? to;
  return (
    <li>
      <button
        type="button"
        aria-pressed={isReplayed}
        aria-label={`${words.lane(agent, state)}. ${words.replayOf(agent)}`}
        onClick={onReplay}
      >
        {'· '.repeat(depth)}
        {agent}
      </button>
      <svg
        viewBox={`0 0 ${width} ${laneHeight}`}
        preserveAspectRatio="none"
        aria-hidden
        data-state={state}
      >
        <rect
          className={styles['waited']}
          x={x(from)}
          y={11}
          width={Math.max(1, x(begun) - x(from))}
          height={4}
        />
        <rect
          className={styles['worked']}
          x={x(begun)}
          y={6}
          width={Math.max(2, x(to) - x(begun))}
          height={14}
          rx={3}
        />
        {marks.map(({ at, kind, state: became }) => (
          <line
            key={`${kind} ${at}`}
            className={styles['mark']}
            x1={x(at)}
            x2={x(at)}
            y1={1}
            y2={25}
            data-kind={kind}
          >
            <title>{`${kind}: ${became}`}</title>
          </line>
        ))}
      </svg>
      <small>{state}</small>
    </li>
  );
}

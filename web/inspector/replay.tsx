// One reply again, as its words came: by itself at its own pace or a quicker one, or moved by hand.

import type { SessionHandle } from 'holdfast';
import { useMessage, useRun } from 'holdfast/react';
import { type ReactElement, useEffect, useState } from 'react';
import { Button } from '../base/button.tsx';
import { clock } from '../base/clock.ts';
import styles from './inspector.module.css';
import { partsAt, spanOf } from './replay.ts';
import { words } from './strings.ts';

const stepMs = 60;
const paces = [1, 4, 16] as const;

export function Replay({
  session,
  run: id,
}: {
  readonly session: SessionHandle;
  readonly run: string;
}): ReactElement {
  const run = useRun(id);
  // The outline only says that there are others: the words are read at once, as they are now.
  useMessage(run?.reply ?? '');
  const parts = session.view.messages.get(run?.reply ?? '')?.parts ?? [];
  const span = spanOf(parts);
  const [at, setAt] = useState(0);
  const [pace, setPace] = useState<number>(1);
  const [isPlaying, play] = useState(true);
  const length = span === null ? 0 : span.to - span.from;
  useEffect(() => {
    if (!isPlaying || at >= length) return;
    return clock.after(stepMs, () => setAt((before) => Math.min(length, before + stepMs * pace)));
  }, [isPlaying, at, pace, length]);
  if (span === null) return <p>{words.noPace}</p>;
  return (
    <div className={styles['replay']}>
      <div>
        <Button onClick={() => (at >= length ? (setAt(0), play(true)) : play(!isPlaying))}>
          {isPlaying && at < length ? words.pause : words.replay}
        </Button>
        <input
          type="range"
          aria-label={words.at}
          min={0}
          max={length}
          value={at}
          onChange={(event) => {
            play(false);
            setAt(Number(event.target.value));
          }}
        />
        <select
          aria-label={words.pace}
          value={pace}
          onChange={(event) => setPace(Number(event.target.value))}
        >
          {paces.map((times) => (
            <option key={times} value={times}>{`×${times}`}</option>
          ))}
        </select>
      </div>
      {partsAt(parts, span.from + at).map((part) => (
        <p key={part.id} dir="auto" data-type={part.type}>
          {part.text}
        </p>
      ))}
    </div>
  );
}

// What stands below the field: files, who is asked, and the buttons that send, steer and stop.

import { ArrowUp, CornerDownRight, Paperclip, Square } from 'lucide-react';
import { type ReactElement, useRef } from 'react';
import { Button, IconButton } from '../base/button.tsx';
import { AgentPicker, PolicyPicker } from './agent-picker.tsx';
import styles from './composer.module.css';
import { words } from './strings.ts';

export interface ComposerBarProps {
  readonly agents: readonly string[];
  readonly agent: string | null;
  readonly isEmpty: boolean;
  readonly isSending: boolean;
  readonly acts: {
    readonly send: () => void;
    readonly steer: () => void;
    readonly stop: (() => void) | null;
  };
  readonly onAgent: (agent: string | null) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

export function ComposerBar(props: ComposerBarProps): ReactElement {
  const { agents, agent, isEmpty, isSending, acts } = props;
  const isRunning = acts.stop !== null;
  return (
    <div className={styles['bar']}>
      <FilePicker onFiles={props.onFiles} />
      <AgentPicker agents={agents} agent={agent} onChoose={props.onAgent} />
      {isRunning && <PolicyPicker />}
      <span className={styles['gap']} />
      {acts.stop !== null && (
        <Button icon={<Square size={12} aria-hidden />} onClick={acts.stop}>
          {words.stop}
        </Button>
      )}
      {isRunning && !isEmpty && (
        <Button icon={<CornerDownRight size={15} aria-hidden />} onClick={acts.steer}>
          {words.steer}
        </Button>
      )}
      <Button
        look="main"
        icon={<ArrowUp size={16} aria-hidden />}
        disabled={isEmpty || isSending}
        onClick={acts.send}
      >
        {isRunning ? words.queueIt : words.send}
      </Button>
    </div>
  );
}

function FilePicker({ onFiles }: Pick<ComposerBarProps, 'onFiles'>): ReactElement {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={words.attach} onClick={() => picker.current?.click()}>
        <Paperclip size={17} aria-hidden />
      </IconButton>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file may be picked again.
          event.target.value = '';
        }}
      />
    </>
  );
}

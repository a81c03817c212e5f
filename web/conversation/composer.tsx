// Where a prompt is written. The words are the draft that follows a person between devices; Enter
// sends them, and while a reply is being written they wait their turn, or are handed to it with
// Ctrl+Enter. It works the same without a network.

import { isActive } from 'holdfast/session';
import { useComposer, useSession, useSessionStatus, useView } from 'holdfast/react';
import { ArrowUp, CornerDownRight, Paperclip, Square } from 'lucide-react';
import { type ReactElement, useRef, useState } from 'react';
import { Button, IconButton } from '../base/button.tsx';
import { AgentPicker, PolicyPicker, useAgents } from './agent-picker.tsx';
import { Attachments } from './attachments.tsx';
import { Alternative } from './alternative.tsx';
import styles from './composer.module.css';
import { Field } from './field.tsx';
import { words } from './strings.ts';
import { mentionedAgent } from './suggestions.ts';
import { useMayControl, useTalk } from './talk.ts';
import { useFiles } from './use-files.ts';

export function Composer(): ReactElement {
  const { readOnly } = useSessionStatus();
  if (readOnly) {
    return (
      <div className={styles['frame']}>
        <p className={styles['readonly']}>{words.writeOnlyRead}</p>
      </div>
    );
  }
  return <WritingComposer />;
}

function WritingComposer(): ReactElement {
  const talk = useTalk();
  const composer = useComposer();
  const { meta } = useSession(talk.session.id);
  const agents = useAgents();
  const [chosen, choose] = useState<string | null>();
  const files = useFiles(composer.attach);
  const { connection } = useSessionStatus();
  const top = useView((view) => [...view.runs].findLast(isOnTop)?.id);
  const mayStop = useMayControl(top);
  const picker = useRef<HTMLInputElement>(null);
  const agent = chosen === undefined ? meta.agent : chosen;
  const isRunning = top !== undefined;
  const isEmpty = composer.text.trim() === '' && composer.attachments.length === 0;
  const send = async (): Promise<void> => {
    const asked = mentionedAgent(composer.text, agents) ?? agent;
    const sent = await composer.send({ agent: asked });
    if (sent !== null) talk.showEnd();
  };
  const steer = async (): Promise<void> => {
    if (top !== undefined && (await composer.steer(top)) !== null) talk.showEnd();
  };
  const stop = (): void => {
    if (top !== undefined && mayStop) talk.session.cancel(top);
  };
  const placeholder =
    connection.name === 'offline' ? words.writeOffline : agent === null ? words.write : words.writeTo(agent);
  return (
    <div className={styles['frame']}>
      <Alternative text={composer.alternative} onTake={composer.set} onKeep={composer.settle} />
      <div className={styles['box']}>
        <Attachments
          attachments={composer.attachments}
          previews={files.previews}
          onDetach={composer.detach}
        />
        <Field
          text={composer.text}
          placeholder={placeholder}
          agents={agents}
          isRunning={isRunning}
          onText={composer.set}
          onLeave={composer.flush}
          onFiles={files.add}
          onSend={() => void send()}
          onSteer={() => void steer()}
          onStop={stop}
        />
        <div className={styles['bar']}>
          <IconButton label={words.attach} onClick={() => picker.current?.click()}>
            <Paperclip size={17} aria-hidden />
          </IconButton>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              files.add([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <AgentPicker agents={agents} agent={agent} onChoose={choose} />
          {isRunning && <PolicyPicker />}
          <span className={styles['gap']} />
          {isRunning && mayStop && (
            <Button icon={<Square size={12} aria-hidden />} onClick={stop}>
              {words.stop}
            </Button>
          )}
          {isRunning && !isEmpty && mayStop && (
            <Button icon={<CornerDownRight size={15} aria-hidden />} onClick={() => void steer()}>
              {words.steer}
            </Button>
          )}
          <Button
            look="main"
            icon={<ArrowUp size={16} aria-hidden />}
            disabled={isEmpty || composer.isSending}
            onClick={() => void send()}
          >
            {isRunning ? words.queueIt : words.send}
          </Button>
        </div>
      </div>
      {composer.problem !== null && (
        <p role="alert" className={styles['problem']}>
          {composer.problem.message}
        </p>
      )}
    </div>
  );
}

const isOnTop = (run: { readonly parentRun?: string | undefined; readonly status: { readonly state: Parameters<typeof isActive>[0] } }): boolean =>
  run.parentRun === undefined && isActive(run.status.state);

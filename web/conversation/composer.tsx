// Where a prompt is written. The words are the draft that follows a person between devices; Enter
// sends them, and while a reply is being written they wait their turn, or are handed to it with
// Ctrl+Enter. It works the same without a network.

import type { Run } from 'holdfast';
import { isActive } from 'holdfast/session';
import {
  type UsedComposer,
  useComposer,
  useSession,
  useSessionStatus,
  useView,
} from 'holdfast/react';
import { type ReactElement, useState } from 'react';
import { useAgents } from './agent-picker.tsx';
import { Alternative } from './alternative.tsx';
import { Attachments } from './attachments.tsx';
import { ComposerBar } from './composer-bar.tsx';
import styles from './composer.module.css';
import { Field } from './field.tsx';
import { words } from './strings.ts';
import { mentionedAgent } from './suggestions.ts';
import { useMayControl, useTalk } from './talk.ts';
import { useFiles } from './use-files.ts';

export function Composer(): ReactElement {
  const { readOnly } = useSessionStatus();
  if (!readOnly) return <WritingComposer />;
  return (
    <div className={styles['frame']}>
      <p className={styles['readonly']}>{words.writeOnlyRead}</p>
    </div>
  );
}

function WritingComposer(): ReactElement {
  const { session } = useTalk();
  const composer = useComposer();
  const { meta } = useSession(session.id);
  const agents = useAgents();
  const [chosen, choose] = useState<string | null>();
  const files = useFiles(composer.attach);
  const { connection } = useSessionStatus();
  const agent = chosen === undefined ? meta.agent : chosen;
  const acts = useActs(composer, agents, chosen);
  const { text, attachments, isSending, problem, alternative } = composer;
  return (
    <div className={styles['frame']}>
      <Alternative text={alternative} onTake={composer.set} onKeep={composer.settle} />
      <div className={styles['box']}>
        <Attachments
          attachments={attachments}
          previews={files.previews}
          onDetach={composer.detach}
        />
        <Field
          text={text}
          placeholder={invitation(connection.name === 'offline', agent)}
          agents={agents}
          isRunning={acts.stop !== null}
          onText={composer.set}
          onLeave={composer.flush}
          onFiles={files.add}
          onSend={acts.send}
          onSteer={acts.steer}
          onStop={acts.stop ?? nothing}
        />
        <ComposerBar
          agents={agents}
          agent={agent}
          isEmpty={text.trim() === '' && attachments.length === 0}
          isSending={isSending}
          acts={acts}
          onAgent={choose}
          onFiles={files.add}
        />
      </div>
      {problem !== null && (
        <p role="alert" className={styles['problem']}>
          {problem.message}
        </p>
      )}
    </div>
  );
}

const nothing = (): void => undefined;

function invitation(isOffline: boolean, agent: string | null): string {
  if (isOffline) return words.writeOffline;
  return agent === null ? words.write : words.writeTo(agent);
}

export interface ComposerActs {
  readonly send: () => void;
  readonly steer: () => void;
  /** Null where nothing runs, or where this person may not stop it. */
  readonly stop: (() => void) | null;
}

/** What the composer does with its words, and with the reply that is being written. */
function useActs(
  composer: UsedComposer,
  agents: readonly string[],
  chosen: string | null | undefined,
): ComposerActs {
  const talk = useTalk();
  const run = useView((view) => [...view.runs].findLast(isOnTop)?.id);
  const mayStop = useMayControl(run);
  const { isReady } = useSession(talk.session.id);
  const send = async (): Promise<void> => {
    // Whoever is quick is sent for as soon as there is a session to send it in.
    if (!isReady) await talk.session.ready;
    const asked = mentionedAgent(composer.text, agents) ?? chosen;
    const sent = await composer.send(asked === undefined ? {} : { agent: asked });
    if (sent !== null) talk.showEnd();
  };
  const steer = async (): Promise<void> => {
    if (run !== undefined && (await composer.steer(run)) !== null) talk.showEnd();
  };
  return {
    send: () => void send(),
    steer: () => void steer(),
    stop: run === undefined || !mayStop ? null : () => talk.session.cancel(run),
  };
}

const isOnTop = (run: Run): boolean => run.parentRun === undefined && isActive(run.status.state);

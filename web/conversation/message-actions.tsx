// What can be done with a message: which version of it is shown, copy, link, edit, ask again, go
// on elsewhere from here, and what a person thinks of it. Everything is there for the keyboard.

import type { RunState } from 'holdfast';
import { type Branches, type MessageOutline, useRun, useSessionStatus } from 'holdfast/react';
import {
  Check,
  ChevronLeft,
  ChevronRight,
  Copy,
  GitFork,
  Link2,
  Pencil,
  RotateCcw,
  Share,
  Trash2,
} from 'lucide-react';
import type { ReactElement } from 'react';
import { useLocation } from 'wouter';
import { IconButton } from '../base/button.tsx';
import { notes } from '../base/notes.tsx';
import { useCopied } from './copied.ts';
import { Feedback } from './feedback.tsx';
import styles from './message.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

export interface MessageActionsProps {
  readonly message: MessageOutline;
  readonly branches: Branches;
  /** Of the run whose reply it is. */
  readonly state: RunState | undefined;
}

const size = 15;

export function MessageActions({ message, branches, state }: MessageActionsProps): ReactElement {
  const { role, run } = message;
  const isOver = state !== 'running' && state !== 'waiting' && state !== 'queued';
  return (
    <footer className={styles['actions']}>
      {branches.count > 1 && <BranchPicker id={message.id} branches={branches} />}
      <span className={styles['tools']}>
        <CopyTools id={message.id} />
        <WriteTools message={message} isOver={isOver} />
        {role === 'assistant' && isOver && <Feedback message={message.id} />}
      </span>
      {run !== undefined && <RunUsage run={run} />}
    </footer>
  );
}

function BranchPicker({
  id,
  branches,
}: {
  readonly id: string;
  readonly branches: Branches;
}): ReactElement {
  const { session } = useTalk();
  const { readOnly } = useSessionStatus();
  const { index, count, choose } = branches;
  return (
    <span className={styles['branch']} role="group" aria-label={words.branch(index + 1, count)}>
      <IconButton label={words.former} disabled={index <= 0} onClick={() => choose(index - 1)}>
        <ChevronLeft size={size} aria-hidden />
      </IconButton>
      {`${index + 1}/${count}`}
      <IconButton
        label={words.latter}
        disabled={index >= count - 1}
        onClick={() => choose(index + 1)}
      >
        <ChevronRight size={size} aria-hidden />
      </IconButton>
      {!readOnly && (
        <IconButton label={words.shareBranch} onClick={() => session.choose(id, { share: true })}>
          <Share size={size} aria-hidden />
        </IconButton>
      )}
    </span>
  );
}

function CopyTools({ id }: { readonly id: string }): ReactElement {
  const { session } = useTalk();
  const [isCopied, copy] = useCopied();
  const [isLinked, link] = useCopied();
  const Done = <Check size={size} aria-hidden />;
  return (
    <>
      <IconButton
        label={words.copyWords}
        onClick={() => copy(wordsOf(session.view.messages.get(id)))}
      >
        {isCopied ? Done : <Copy size={size} aria-hidden />}
      </IconButton>
      <IconButton
        label={words.copyLink}
        onClick={() => link(`${location.origin}/s/${session.id}/m/${id}`)}
      >
        {isLinked ? Done : <Link2 size={size} aria-hidden />}
      </IconButton>
    </>
  );
}

interface WriteToolsProps {
  readonly message: MessageOutline;
  readonly isOver: boolean;
}

function WriteTools({ message, isOver }: WriteToolsProps): ReactElement | null {
  const { id, role, author, deleted, from, within } = message;
  const talk = useTalk();
  const { readOnly } = useSessionStatus();
  const [, go] = useLocation();
  const isOwn = author === talk.principal && role === 'user' && from === undefined;
  const fork = (): void => {
    const made = talk.session.fork(id);
    go(`/s/${made.id}`);
    // The page that shows it has it open by then, or opens it again from this device.
    made.close();
  };
  return (
    <>
      {role === 'user' && !deleted && !readOnly && within === undefined && (
        <IconButton label={words.edit} onClick={() => talk.editing.set(id)}>
          <Pencil size={size} aria-hidden />
        </IconButton>
      )}
      {role === 'assistant' && isOver && !readOnly && from === undefined && (
        <IconButton
          label={words.regenerate}
          onClick={() => {
            talk.session.regenerate(id);
            talk.showEnd();
          }}
        >
          <RotateCcw size={size} aria-hidden />
        </IconButton>
      )}
      {isOver && (
        <IconButton label={words.fork} onClick={fork}>
          <GitFork size={size} aria-hidden />
        </IconButton>
      )}
      {isOwn && !deleted && !readOnly && (
        <IconButton
          label={words.remove}
          onClick={() => {
            talk.session.remove(id);
            notes.speak(words.removed);
          }}
        >
          <Trash2 size={size} aria-hidden />
        </IconButton>
      )}
    </>
  );
}

function RunUsage({ run: id }: { readonly run: string }): ReactElement | null {
  const usage = useRun(id)?.usage;
  if (usage === undefined || usage === null) return null;
  const { inputTokens, outputTokens, costUsd } = usage;
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return null;
  const cost =
    typeof costUsd === 'number'
      ? `, ${costUsd.toLocaleString(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })}`
      : '';
  return (
    <span className={styles['usage']}>{`${words.tokens(inputTokens, outputTokens)}${cost}`}</span>
  );
}

interface Worded {
  readonly parts: readonly { readonly type: string }[];
}

/** The words of a message as they were written, Markdown and all. */
function wordsOf(message: Worded | undefined): string {
  return (message?.parts ?? [])
    .map((part) => (part.type === 'text' && 'text' in part ? String(part.text) : ''))
    .filter((text) => text !== '')
    .join('\n\n');
}

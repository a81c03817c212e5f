// A tool call: what it is called with, where it stands, what came of it. Where it asks for
// consent, anybody who may can answer from any device; the first answer counts, and who gave it
// stays to be read.

import type { ToolPart } from 'holdfast';
import { Wrench } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { Consent } from './consent.tsx';
import { durationOf } from './duration.ts';
import { JsonView } from './json-view.tsx';
import { words } from './strings.ts';
import { useName } from './talk.ts';
import styles from './tool-card.module.css';

export interface ToolCardProps {
  readonly part: ToolPart;
  readonly run: string | undefined;
  readonly isLive: boolean;
}

export function ToolCard({ part, run, isLive }: ToolCardProps): ReactElement {
  const asks = part.state === 'approval-requested' && isLive;
  const [chosen, choose] = useState<boolean>();
  const isOpen = chosen ?? (asks || part.state === 'output-error');
  const { startedAt, endedAt } = part;
  const took = startedAt !== undefined && endedAt !== undefined && durationOf(endedAt - startedAt);
  return (
    <details
      className={styles['card']}
      data-state={part.state}
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open !== isOpen) choose(event.currentTarget.open);
      }}
    >
      <summary>
        <Wrench size={15} aria-hidden />
        <b>{part.name}</b>
        <span className={styles['state']}>{words.tools[part.state]}</span>
        {took !== false && <small>{took}</small>}
      </summary>
      <div className={styles['inside']}>
        <ToolInput part={part} />
        {asks && run !== undefined && <Consent run={run} part={part} />}
        <Verdict part={part} />
        <ToolResult part={part} />
      </div>
    </details>
  );
}

function ToolInput({ part }: { readonly part: ToolPart }): ReactElement {
  const input = 'input' in part ? part.input : undefined;
  const raw = 'rawInput' in part ? part.rawInput : undefined;
  return (
    <section aria-label={words.input}>
      <h4>{words.input}</h4>
      <JsonView value={input ?? raw ?? ''} />
    </section>
  );
}

function ToolResult({ part }: { readonly part: ToolPart }): ReactElement | null {
  if (part.state === 'output-error') {
    return (
      <p className={styles['error']} dir="auto">
        {part.error}
      </p>
    );
  }
  if (part.state !== 'output-available') return null;
  const title = part.preliminary ? words.preliminary : words.output;
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      <JsonView value={part.output} />
    </section>
  );
}

/** Who decided, and why. */
function Verdict({ part }: { readonly part: ToolPart }): ReactElement | null {
  const decision = 'decision' in part ? part.decision : undefined;
  const who = useName(decision?.by ?? '');
  if (decision === undefined) return null;
  const { approved, by, reason } = decision;
  const said =
    by === undefined ? words.deniedByTime : approved ? words.allowedBy(who) : words.deniedBy(who);
  return (
    <p className={styles['verdict']} dir="auto">
      {reason === undefined ? said : `${said}: ${reason}`}
    </p>
  );
}

// Who is asked, and what happens to a prompt that comes while a reply is being written. The first
// is this prompt's; the second is the session's, so that all devices agree.

import type { Policy } from 'holdfast';
import { useSession, useSessionStatus, useView } from 'holdfast/react';
import { type ReactElement, useMemo } from 'react';
import styles from './composer.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

/** The names of agents that wait for runs here or were ever asked, the session's own first. */
export function useAgents(): readonly string[] {
  const asked = useView(
    (view) => [...new Set([...view.runs].map(({ agent }) => agent))],
    (a, b) => a.join('\n') === b.join('\n'),
  );
  const own = useView((view) => view.meta.agent);
  const { agents } = useSessionStatus();
  return useMemo(
    () => [...new Set([...(own === null ? [] : [own]), ...Object.keys(agents ?? {}), ...asked])],
    [own, asked, agents],
  );
}

export interface AgentPickerProps {
  readonly agents: readonly string[];
  readonly agent: string | null;
  readonly onChoose: (agent: string | null) => void;
}

export function AgentPicker({ agents, agent, onChoose }: AgentPickerProps): ReactElement {
  return (
    <select
      className={styles['select']}
      aria-label={words.askWhom}
      value={agent ?? ''}
      onChange={(event) => onChoose(event.target.value === '' ? null : event.target.value)}
    >
      {agents.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
      <option value="">{words.askNobody}</option>
    </select>
  );
}

const policies = Object.entries(words.policies);

export function PolicyPicker(): ReactElement {
  const { session } = useTalk();
  const { meta } = useSession(session.id);
  const { readOnly } = useSessionStatus();
  return (
    <select
      className={styles['select']}
      aria-label={words.policy}
      title={words.policy}
      value={meta.policy}
      disabled={readOnly}
      onChange={(event) => {
        const { value } = event.target;
        if (isPolicy(value)) session.setPolicy(value);
      }}
    >
      {policies.map(([policy, name]) => (
        <option key={policy} value={policy}>
          {name}
        </option>
      ))}
    </select>
  );
}

const isPolicy = (value: string): value is Policy => Object.hasOwn(words.policies, value);

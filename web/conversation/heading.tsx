// Who is here besides this device, who is writing, and whether the versions that others share are
// followed. It stands above the messages and takes no room when there is nobody.

import { type PresentParticipant, useParticipants } from 'holdfast/react';
import { Bot, UserRound } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import styles from './heading.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

export function Heading(): ReactElement | null {
  const talk = useTalk();
  const participants = useParticipants();
  const here = participants.filter(({ devices, id }) => devices > 0 && id !== talk.principal);
  const typing = here.filter(({ isTyping, kind }) => isTyping && kind === 'person');
  if (here.length === 0) return null;
  return (
    <div className={styles['heading']}>
      <ul aria-label={words.here}>
        {here.map((one) => (
          <Present key={one.id} one={one} />
        ))}
      </ul>
      <p className={styles['typing']}>
        {typing.length === 0 ? '' : words.typing(typing.map(({ name }) => name))}
      </p>
      {here.some(({ kind }) => kind === 'person') && <FollowBranches />}
    </div>
  );
}

function Present({ one }: { readonly one: PresentParticipant }): ReactElement {
  const { name, kind, devices } = one;
  return (
    <li title={`${name}, ${words.devices(devices)}`} data-typing={one.isTyping || undefined}>
      {kind === 'agent' ? <Bot size={14} aria-hidden /> : <UserRound size={14} aria-hidden />}
      <span dir="auto">{name}</span>
      {devices > 1 && <small>×{devices}</small>}
    </li>
  );
}

function FollowBranches(): ReactElement {
  const { session } = useTalk();
  const [follows, setFollows] = useState(false);
  return (
    <label className={styles['follow']}>
      <input
        type="checkbox"
        checked={follows}
        onChange={(event) => {
          setFollows(event.target.checked);
          session.followSelection(event.target.checked);
        }}
      />
      {words.followBranches}
    </label>
  );
}

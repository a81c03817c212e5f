// What stands beside the list while no session is looked at.

import type { ReactElement } from 'react';
import { SquarePen } from 'lucide-react';
import { useClient } from 'holdfast/react';
import { useLocation } from 'wouter';
import { Button } from '../base/button.tsx';
import { strings } from '../strings.ts';
import { Mark } from './mark.tsx';
import { newSession } from './session-actions.ts';
import styles from './welcome.module.css';

export function Welcome(): ReactElement {
  const client = useClient();
  const [, go] = useLocation();
  return (
    <section className={styles['welcome']}>
      <Mark size={56} />
      <h1>{strings.welcome.title}</h1>
      <p>{strings.welcome.sentence}</p>
      <Button
        look="main"
        icon={<SquarePen size={17} aria-hidden />}
        onClick={() => go(`/s/${newSession(client)}`)}
      >
        {strings.list.create}
      </Button>
    </section>
  );
}

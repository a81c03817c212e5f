// The page of the inspector: one session as a developer looks at it.

import type { ReactElement } from 'react';
import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import { Inspector } from '../inspector/inspector.tsx';
import { strings } from '../strings.ts';
import { NotFound } from './not-found.tsx';
import { isSessionId } from './session-id.ts';
import styles from './settings.module.css';

export function InspectPage({ id }: { readonly id: string }): ReactElement {
  if (!isSessionId(id)) return <NotFound />;
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <Link href={`/s/${id}`} className={styles['back']} aria-label={strings.session.back}>
          <ArrowLeft size={19} aria-hidden />
        </Link>
        <h1>{strings.session.inspect}</h1>
      </header>
      <Inspector session={id} />
    </div>
  );
}

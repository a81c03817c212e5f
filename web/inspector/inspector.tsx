// A session as a developer looks at it: what its document is made of and whether its rules hold,
// how the connection does, who worked when, and a report to give away. It reads, and writes nothing.

import { SessionProvider, useSession } from 'holdfast/react';
import type { ReactElement } from 'react';
import { DocumentPanel } from './document-panel.tsx';
import styles from './inspector.module.css';
import { ReportPanel } from './report-panel.tsx';
import { StatusPanel } from './status-panel.tsx';
import { words } from './strings.ts';
import { TimelinePanel } from './timeline-panel.tsx';

export interface InspectorProps {
  /** The id of the session. */
  readonly session: string;
}

export function Inspector({ session: id }: InspectorProps): ReactElement {
  const { session } = useSession(id);
  return (
    <SessionProvider id={id}>
      <section className={styles['inspector']} aria-label={words.title}>
        <DocumentPanel session={session} />
        <StatusPanel />
        <TimelinePanel session={session} />
        <ReportPanel session={session} />
      </section>
    </SessionProvider>
  );
}

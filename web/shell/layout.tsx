// The frame of every view: the sessions at the side, what is looked at beside them. On a phone it
// is one or the other, by the address, so that the back gesture does what it says.

import { lazy, type ReactElement, Suspense } from 'react';
import { Redirect, Route, Switch, useRoute } from 'wouter';
import { FailureBoundary } from '../base/failure.tsx';
import { strings } from '../strings.ts';
import { useAttention } from './attention.ts';
import { useInvitation } from './invitation.ts';
import styles from './layout.module.css';
import { NotFound } from './not-found.tsx';
import { Overlays } from './overlays.tsx';
import { SessionPage } from './session-page.tsx';
import { useSyncNotes } from './last-synced.ts';
import { useUpdateNote } from './update-note.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { Sidebar } from './sidebar.tsx';
import { Welcome } from './welcome.tsx';

const SettingsPage = lazy(async () => {
  const { SettingsPage: Page } = await import('./settings-page.tsx');
  return { default: Page };
});

const InspectPage = lazy(async () => {
  const { InspectPage: Page } = await import('./inspect-page.tsx');
  return { default: Page };
});

export function Shell(): ReactElement {
  const [isHome] = useRoute('/');
  useShortcuts();
  useAttention();
  useInvitation();
  useSyncNotes();
  useUpdateNote();
  return (
    <div className={styles['shell']} data-home={isHome}>
      <a className={styles['skip']} href="#main">
        {strings.skip}
      </a>
      <div className={styles['side']}>
        <FailureBoundary where="the list">
          <Sidebar />
        </FailureBoundary>
      </div>
      <main id="main" className={styles['main']} tabIndex={-1}>
        <FailureBoundary where="the page">
          <Suspense>
            <Pages />
          </Suspense>
        </FailureBoundary>
      </main>
      <Overlays />
    </div>
  );
}

function Pages(): ReactElement {
  return (
    <Switch>
      <Route path="/" component={Welcome} />
      <Route path="/settings" component={SettingsPage} />
      <Route path="/s/:id">{({ id }) => <SessionPage key={id} id={id} />}</Route>
      <Route path="/s/:id/m/:message">
        {({ id, message }) => <SessionPage key={id} id={id} message={message} />}
      </Route>
      <Route path="/s/:id/inspect">{({ id }) => <InspectPage key={id} id={id} />}</Route>
      <Route path="/index.html">
        <Redirect to="/" replace />
      </Route>
      <Route component={NotFound} />
    </Switch>
  );
}

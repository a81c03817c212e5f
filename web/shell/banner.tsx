// The banner over a conversation. A screen reader hears a new sentence once; the seconds that
// count down in it are no news.

import { type ReactElement, useEffect, useState } from 'react';
import { useClient, useSession, useSessionStatus } from 'holdfast/react';
import { useLocation } from 'wouter';
import { Button } from '../base/button.tsx';
import { clock } from '../base/clock.ts';
import { notes } from '../base/notes.tsx';
import { isOnline } from '../base/page-state.ts';
import { useStore } from '../base/store.ts';
import { strings } from '../strings.ts';
import { type BannerAction, bannerOf } from './banner-of.ts';
import styles from './banner.module.css';
import { identity } from './identity.ts';

export function SessionBanner({ session: id }: { readonly session: string }): ReactElement | null {
  const client = useClient();
  const { session } = useSession(id);
  const status = useSessionStatus();
  const online = useStore(isOnline);
  const [, go] = useLocation();
  const { connection } = status;
  const now = useTicking(connection.name === 'connecting' && connection.retryAt !== null);
  const banner = bannerOf(status, online, now);
  const spoken = banner?.text.replaceAll(/\d+/g, '') ?? '';
  useEffect(() => {
    if (banner !== null) notes.speak(banner.text);
    // A sentence is new when its words are, not its numbers.
  }, [spoken]);
  if (banner === null) return null;
  const acts: Readonly<Record<BannerAction, () => void>> = {
    'sign-in': () => go('/settings'),
    retry: () => identity.retry(),
    storage: () => go('/settings'),
    dismiss: () => session.dismissNotice(),
    fork: () => {
      const last = session.view.path.findLast((message) => !message.expected);
      if (last === undefined) return;
      const fork = session.fork(last.id);
      go(`/s/${fork.id}`);
      fork.close();
      notes.say(strings.session.forked);
      client.library.markRead(fork.id);
    },
  };
  const { action } = banner;
  return (
    <div className={styles['banner']} data-tone={banner.tone}>
      <p>{banner.text}</p>
      {action !== null && (
        <Button look="quiet" onClick={acts[action.does]}>
          {action.name}
        </Button>
      )}
    </div>
  );
}

/** The time, once a second where it matters. */
function useTicking(isOn: boolean): number {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    if (!isOn) return undefined;
    return clock.after(1_000 - (clock.now() % 1_000), () => setNow(clock.now()));
  }, [isOn, now]);
  return isOn ? Math.max(now, clock.now()) : now;
}

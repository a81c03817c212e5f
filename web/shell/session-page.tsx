// One session: what it is called and what can be done with it, what has to be known of it, and
// the conversation.

import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import { ArrowLeft, Ellipsis, Share2 } from 'lucide-react';
import { SessionProvider, useClient, useLibrary, useSession } from 'holdfast/react';
import { Link, useLocation } from 'wouter';
import { IconButton } from '../base/button.tsx';
import { Menu } from '../base/menu.tsx';
import { isVisible } from '../base/page-state.ts';
import { useStore } from '../base/store.ts';
import { strings } from '../strings.ts';
import { SessionBanner } from './banner.tsx';
import { nameOf } from './groups.ts';
import { NotFound } from './not-found.tsx';
import { overlay } from './overlay.ts';
import { isSessionId } from './session-id.ts';
import { itemsOf } from './session-menu.tsx';
import styles from './session-page.module.css';

// The list is there before it is needed; the service worker has it for when it is.
const Conversation = lazy(async () => {
  const { Conversation: Shown } = await import('../conversation/conversation.tsx');
  return { default: Shown };
});

export interface SessionPageProps {
  readonly id: string;
  readonly message?: string;
}

export function SessionPage({ id, message }: SessionPageProps): ReactElement {
  if (!isSessionId(id)) return <NotFound />;
  return (
    <SessionProvider id={id}>
      <SessionHead id={id} />
      <SessionBanner session={id} />
      <Suspense>
        <Conversation session={id} {...(message !== undefined && { message })} />
      </Suspense>
    </SessionProvider>
  );
}

function SessionHead({ id }: { readonly id: string }): ReactElement {
  const client = useClient();
  const { meta } = useSession(id);
  const [, go] = useLocation();
  const { entries } = useLibrary();
  const entry = entries.find((known) => known.id === id);
  const title = meta.title || (entry === undefined ? strings.session.newTitle : nameOf(entry));
  useRead(id, entry?.unread ?? false);
  const items = entry === undefined ? [] : itemsOf(client, entry);
  return (
    <header className={styles['head']}>
      <Link href="/" className={styles['back']} aria-label={strings.back}>
        <ArrowLeft size={19} aria-hidden />
      </Link>
      <h1 className={styles['title']} dir="auto">
        <button
          type="button"
          title={strings.session.rename}
          onClick={() => overlay.set({ kind: 'rename', session: id, title: meta.title })}
        >
          {title}
        </button>
      </h1>
      <IconButton
        label={strings.session.share}
        onClick={() => overlay.set({ kind: 'share', session: id })}
      >
        <Share2 size={17} aria-hidden />
      </IconButton>
      <Menu
        label={strings.session.menu}
        items={items.map((item) =>
          // A session that is deleted is looked at no more.
          item.isDanger === true
            ? { ...item, run: () => (item.run(), go('/', { replace: true })) }
            : item,
        )}
      >
        <Ellipsis size={18} aria-hidden />
      </Menu>
    </header>
  );
}

/** What is looked at is read. */
function useRead(id: string, isUnread: boolean): void {
  const client = useClient();
  const isSeen = useStore(isVisible);
  useEffect(() => {
    if (isUnread && isSeen) client.library.markRead(id);
  }, [client, id, isUnread, isSeen]);
}

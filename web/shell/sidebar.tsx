// The sessions of a person: searched, grouped by date, and what is known of each at a glance.

import { type ReactElement, useDeferredValue, useId, useState } from 'react';
import { Archive, Command, Search, Settings, SquarePen, X } from 'lucide-react';
import { useClient, useLibrary } from 'holdfast/react';
import { Link, useLocation } from 'wouter';
import { IconButton } from '../base/button.tsx';
import { strings } from '../strings.ts';
import { Mark } from './mark.tsx';
import { overlay } from './overlay.ts';
import { searchFieldId } from './search-field.ts';
import { SearchResults } from './search-results.tsx';
import { newSession } from './session-actions.ts';
import { SessionList } from './session-list.tsx';
import styles from './sidebar.module.css';
import { WhoAmI } from './who-am-i.tsx';

export function Sidebar(): ReactElement {
  const [text, setText] = useState('');
  const [isArchive, setArchive] = useState(false);
  const asked = useDeferredValue(text);
  const label = useId();
  return (
    <nav className={styles['sidebar']} aria-labelledby={label}>
      <h2 id={label} className="hidden">
        {strings.list.label}
      </h2>
      <Head />
      <search className={styles['search']}>
        <Search size={16} aria-hidden />
        <input
          id={searchFieldId}
          type="text"
          inputMode="search"
          dir="auto"
          aria-label={strings.list.search}
          placeholder={strings.list.search}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setText('');
          }}
        />
        {text !== '' && (
          <IconButton label={strings.list.clearSearch} onClick={() => setText('')}>
            <X size={16} aria-hidden />
          </IconButton>
        )}
      </search>
      <div className={styles['scroll']}>
        {text.trim() === '' ? (
          <SessionList isArchive={isArchive} />
        ) : (
          <SearchResults text={asked} />
        )}
      </div>
      <Foot isArchive={isArchive} setArchive={setArchive} />
    </nav>
  );
}

function Head(): ReactElement {
  const client = useClient();
  const [, go] = useLocation();
  return (
    <header className={styles['head']}>
      <Link href="/" className={styles['brand']}>
        <Mark />
        {strings.name}
      </Link>
      <IconButton label={strings.list.create} onClick={() => go(`/s/${newSession(client)}`)}>
        <SquarePen size={18} aria-hidden />
      </IconButton>
    </header>
  );
}

interface FootProps {
  readonly isArchive: boolean;
  readonly setArchive: (on: boolean) => void;
}

function Foot({ isArchive, setArchive }: FootProps): ReactElement {
  const { entries } = useLibrary();
  const hasArchived = entries.some((entry) => entry.archived);
  return (
    <footer className={styles['foot']}>
      <WhoAmI />
      {(hasArchived || isArchive) && (
        <IconButton
          label={isArchive ? strings.list.backToAll : strings.list.archive}
          aria-pressed={isArchive}
          onClick={() => setArchive(!isArchive)}
        >
          <Archive size={17} aria-hidden />
        </IconButton>
      )}
      <IconButton label={strings.me.palette} onClick={() => overlay.set({ kind: 'palette' })}>
        <Command size={17} aria-hidden />
      </IconButton>
      <Link href="/settings" className={styles['settings']} aria-label={strings.me.settings}>
        <Settings size={17} aria-hidden />
      </Link>
    </footer>
  );
}

// What this device has, keeps and forgets.

import { type ReactElement, useEffect, useId, useState, useSyncExternalStore } from 'react';
import { useClient, useLibrary } from 'holdfast/react';
import { Button } from '../base/button.tsx';
import { clock } from '../base/clock.ts';
import { Dialog } from '../base/dialog.tsx';
import { Choice } from '../base/field.tsx';
import { notes } from '../base/notes.tsx';
import { useStore } from '../base/store.ts';
import { ago, sizeOf } from '../base/time.ts';
import { strings } from '../strings.ts';
import { identity } from './identity.ts';
import { installing } from './installing.ts';
import { useSynced } from './last-synced.ts';
import { type OfflineCount, offlineCount, offlineCounts, setOfflineCount } from './offline-wish.ts';
import styles from './settings.module.css';

const words = strings.settings;

export function DeviceSettings(): ReactElement {
  const heading = useId();
  const synced = useSynced();
  const install = useStore(installing);
  const fixed = { now: words.syncedNow, never: words.never };
  return (
    <section className={styles['part']} aria-labelledby={heading}>
      <h2 id={heading}>{words.device}</h2>
      <dl className={styles['row']}>
        <dt>{words.lastSynced}</dt>
        <dd>{typeof synced === 'number' ? ago(synced, clock.now()) : fixed[synced]}</dd>
      </dl>
      <StorageRow />
      <OfflineRow />
      <div className={styles['line']}>
        {install !== null && <Button onClick={() => void install()}>{words.install}</Button>}
        <ClearButton />
      </div>
    </section>
  );
}

interface Storage {
  readonly used: number | undefined;
  readonly quota: number | undefined;
  readonly isKept: boolean;
}

function StorageRow(): ReactElement {
  const [storage, setStorage] = useState<Storage>();
  useEffect(() => void look().then(setStorage), []);
  const keep = async (): Promise<void> => {
    const isKept = (await navigator.storage?.persist?.()) ?? false;
    if (!isKept) notes.say(words.notPromised);
    setStorage(await look());
  };
  const { used, quota, isKept = false } = storage ?? {};
  const known = used !== undefined && quota !== undefined;
  return (
    <>
      <dl className={styles['row']}>
        <dt>{words.storage}</dt>
        <dd>{known ? words.ofQuota(sizeOf(used), sizeOf(quota)) : words.unknown}</dd>
      </dl>
      <div className={styles['row']}>
        <p>{isKept ? words.kept : words.notKept}</p>
        {!isKept && <Button onClick={() => void keep()}>{words.keep}</Button>}
      </div>
    </>
  );
}

async function look(): Promise<Storage> {
  const { storage } = navigator;
  const estimate = await storage?.estimate?.();
  const isKept = (await storage?.persisted?.()) ?? false;
  return { used: estimate?.usage, quota: estimate?.quota, isKept };
}

function OfflineRow(): ReactElement {
  const { library } = useClient();
  const { done, total } = useSyncExternalStore(
    (changed) => library.download.subscribe(changed),
    () => library.download.progress,
  );
  const [count, setCount] = useState(offlineCount);
  const [first] = useState(count);
  const named = (option: OfflineCount): readonly [OfflineCount, string] => [
    option,
    option === '0' ? words.offlineNone : option,
  ];
  return (
    <>
      <div className={styles['line']}>
        <Choice
          label={words.offlineCount}
          value={count}
          options={offlineCounts.map(named)}
          onChoice={(chosen) => {
            setOfflineCount(chosen);
            setCount(chosen);
          }}
        />
      </div>
      <p>{count === first ? words.offlineHere(done, total) : words.offlineNext}</p>
    </>
  );
}

function ClearButton(): ReactElement {
  const { entries } = useLibrary();
  const [isAsking, setAsking] = useState(false);
  const unsent = entries.reduce((sum, entry) => sum + entry.unsent, 0);
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        {words.clear}
      </Button>
      {isAsking && (
        <Dialog
          title={words.clear}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>{strings.cancel}</Button>
              <Button look="danger" onClick={() => void identity.signOut()}>
                {words.clearYes}
              </Button>
            </>
          }
        >
          <p>{words.clearSentence}</p>
          {unsent > 0 && <p role="alert">{words.clearUnsent(unsent)}</p>}
        </Dialog>
      )}
    </>
  );
}

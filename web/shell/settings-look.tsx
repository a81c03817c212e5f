// How the app looks, and how it calls.

import { type ReactElement, useId, useState } from 'react';
import { Choice } from '../base/field.tsx';
import { recall, remember } from '../base/remembered.ts';
import { useStore } from '../base/store.ts';
import { strings } from '../strings.ts';
import { notifyWish, wishNotify } from './attention.ts';
import styles from './settings.module.css';
import { setTheme, theme, themes } from './theme.ts';

const words = strings.settings;

/** What reads replies aloud looks here. */
const ANNOUNCE = 'announce';

export function LookSettings(): ReactElement {
  const heading = useId();
  const wanted = useStore(theme);
  const [isQuiet, setQuiet] = useState(() => recall(ANNOUNCE) === 'complete');
  return (
    <section className={styles['part']} aria-labelledby={heading}>
      <h2 id={heading}>{words.look}</h2>
      <div className={styles['line']}>
        <Choice
          label={words.theme.label}
          value={wanted}
          options={themes.map((name) => [name, words.theme[name]] as const)}
          onChoice={setTheme}
        />
      </div>
      <NotifyCheck />
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={isQuiet}
          onChange={({ target: { checked } }) => {
            remember(ANNOUNCE, checked ? 'complete' : null);
            setQuiet(checked);
          }}
        />
        {words.announce}
      </label>
    </section>
  );
}

function NotifyCheck(): ReactElement {
  const wish = useStore(notifyWish);
  const [isBlocked, setBlocked] = useState(false);
  const set = async (isOn: boolean): Promise<void> => {
    const isGranted = await wishNotify(isOn);
    setBlocked(isOn && !isGranted);
  };
  return (
    <>
      <label className={styles['check']}>
        <input
          type="checkbox"
          checked={wish === 'on'}
          onChange={({ target: { checked } }) => void set(checked)}
        />
        {words.notify}
      </label>
      {isBlocked && <p role="alert">{words.notifyBlocked}</p>}
    </>
  );
}

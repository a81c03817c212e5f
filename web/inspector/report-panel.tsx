// The report, shown whole before it is saved.

import type { SessionHandle } from 'holdfast';
import { type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import { clock } from '../base/clock.ts';
import { saveFile } from '../base/save-file.ts';
import styles from './inspector.module.css';
import { reportOf } from './report.ts';
import { words } from './strings.ts';

export function ReportPanel({ session }: { readonly session: SessionHandle }): ReactElement {
  const [withWords, setWords] = useState(false);
  const [withNames, setNames] = useState(false);
  const [text, setText] = useState<string>();
  const make = (options: { readonly withWords: boolean; readonly withNames: boolean }): void => {
    const { id, view, status } = session;
    const facts = {
      session: id,
      view,
      status,
      inspection: session.inspect(),
      now: clock.now(),
      agent: navigator.userAgent,
    };
    setText(reportOf(facts, options));
  };
  return (
    <article className={styles['panel']} data-wide>
      <header>
        <h2>{words.bundle}</h2>
        <Button onClick={() => make({ withWords, withNames })}>{words.look}</Button>
      </header>
      <p className={styles['note']}>{words.bundleAbout}</p>
      <div className={styles['choices']}>
        <label>
          <input
            type="checkbox"
            checked={withWords}
            onChange={({ target: { checked } }) => {
              setWords(checked);
              make({ withWords: checked, withNames });
            }}
          />
          {words.withWords}
        </label>
        <label>
          <input
            type="checkbox"
            checked={withNames}
            onChange={({ target: { checked } }) => {
              setNames(checked);
              make({ withWords, withNames: checked });
            }}
          />
          {words.withNames}
        </label>
        {text !== undefined && (
          <Button
            look="main"
            onClick={() =>
              saveFile(new Blob([text], { type: 'application/json' }), 'holdfast-report.json')
            }
          >
            {words.save}
          </Button>
        )}
      </div>
      {text !== undefined && (
        <textarea
          readOnly
          aria-label={words.preview}
          className={styles['preview']}
          spellCheck={false}
          value={text}
        />
      )}
    </article>
  );
}

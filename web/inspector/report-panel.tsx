// The report, shown whole before it is saved.

import type { SessionHandle } from 'holdfast';
import { type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import { clock } from '../base/clock.ts';
import { saveFile } from '../base/save-file.ts';
import styles from './inspector.module.css';
import { reportOf, type ReportFacts, type ReportOptions } from './report.ts';
import { words } from './strings.ts';

export function ReportPanel({ session }: { readonly session: SessionHandle }): ReactElement {
  const [options, setOptions] = useState({ withWords: false, withNames: false });
  const [text, setText] = useState<string>();
  const make = (chosen: ReportOptions): void => {
    setOptions(chosen);
    setText(reportOf(factsOf(session), chosen));
  };
  return (
    <article className={styles['panel']} data-wide>
      <header>
        <h2>{words.bundle}</h2>
        <Button onClick={() => make(options)}>{words.look}</Button>
      </header>
      <p className={styles['note']}>{words.bundleAbout}</p>
      <div className={styles['choices']}>
        <Choice
          name={words.withWords}
          isOn={options.withWords}
          onChange={(withWords) => make({ ...options, withWords })}
        />
        <Choice
          name={words.withNames}
          isOn={options.withNames}
          onChange={(withNames) => make({ ...options, withNames })}
        />
        {text !== undefined && (
          <Button look="main" onClick={() => save(text)}>
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

function factsOf(session: SessionHandle): ReportFacts {
  const { id, view, status } = session;
  const agent = navigator.userAgent;
  return { session: id, view, status, inspection: session.inspect(), now: clock.now(), agent };
}

const save = (text: string): void =>
  saveFile(new Blob([text], { type: 'application/json' }), 'holdfast-report.json');

interface ChoiceProps {
  readonly name: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Choice({ name, isOn, onChange }: ChoiceProps): ReactElement {
  return (
    <label>
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {name}
    </label>
  );
}

// Commands and sessions by their names, from anywhere: type, choose with the arrows, Enter.

import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from 'react';
import { useClient, useLibrary } from 'holdfast/react';
import { useLocation } from 'wouter';
import { Dialog } from '../base/dialog.tsx';
import { strings } from '../strings.ts';
import { commandsOf } from './commands.ts';
import { closeOverlay } from './overlay.ts';
import { type Choosable, matching } from './matching.ts';
import styles from './palette.module.css';

const shownMax = 12;

export function Palette(): ReactElement {
  const client = useClient();
  const { entries } = useLibrary();
  const [path, go] = useLocation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const found = matching(commandsOf({ client, entries, path, go }), text).slice(0, shownMax);
  const chosen = found[Math.min(at, found.length - 1)];
  const run = (choice: Choosable | undefined): void => {
    if (choice === undefined) return;
    closeOverlay();
    choice.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((Math.min(at, found.length - 1) + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <Dialog title={strings.palette.title} onClose={closeOverlay} isBare>
      <input
        className={styles['field']}
        type="text"
        dir="auto"
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
        aria-label={strings.palette.field}
        placeholder={strings.palette.field}
        value={text}
        autoFocus
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div id={list} role="listbox" aria-label={strings.palette.title} className={styles['list']}>
        {found.map((choice) => (
          <Option
            key={choice.id}
            list={list}
            choice={choice}
            isChosen={choice === chosen}
            run={run}
          />
        ))}
      </div>
      {found.length === 0 && <p className={styles['none']}>{strings.palette.none}</p>}
    </Dialog>
  );
}

interface OptionProps {
  readonly list: string;
  readonly choice: Choosable;
  readonly isChosen: boolean;
  readonly run: (choice: Choosable) => void;
}

/** The focus stays in the field, which says which one is meant. */
function Option({ list, choice, isChosen, run }: OptionProps): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isChosen) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <div
      ref={element}
      id={`${list}-${choice.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      className={styles['option']}
      onClick={() => run(choice)}
    >
      <span dir="auto">{choice.name}</span>
      <span className={styles['kind']}>{choice.kind}</span>
    </div>
  );
}

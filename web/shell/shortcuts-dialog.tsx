// All keys, explained.

import type { ReactElement } from 'react';
import { Dialog } from '../base/dialog.tsx';
import { strings } from '../strings.ts';
import { closeOverlay } from './overlay.ts';
import { keysOf, nameOfShortcut, shortcuts } from './shortcuts.ts';
import styles from './shortcuts-dialog.module.css';

/** Those of the conversation, which listens to them itself. */
const others: readonly (readonly [string, readonly string[]])[] = [
  [strings.shortcuts.send, ['Enter']],
  [strings.shortcuts.line, ['Shift', 'Enter']],
  [strings.shortcuts.stop, ['Esc']],
  [strings.shortcuts.edit, ['↑']],
];

export function ShortcutsDialog(): ReactElement {
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const rows = [
    ...shortcuts.map(
      (shortcut) => [nameOfShortcut(shortcut.name), keysOf(shortcut, isMac)] as const,
    ),
    ...others,
  ];
  return (
    <Dialog title={strings.shortcuts.title} onClose={closeOverlay}>
      <dl className={styles['keys']}>
        {rows.map(([name, keys]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

// A dialog of the browser's own kind: it keeps the focus, Escape closes it, and the focus goes
// back to where it was. It is there while its component is.

import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';
import { X } from 'lucide-react';
import { strings } from '../strings.ts';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Its buttons, at the end. */
  readonly actions?: ReactNode;
  /** At the top of the page and without a heading, as the palette is. */
  readonly isBare?: boolean;
}

export function Dialog({ title, onClose, children, actions, isBare }: DialogProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={isBare === true ? styles['bare'] : styles['dialog']}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        // What is around a dialog counts as the dialog itself.
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={styles['inside']}>
        <header className={isBare === true ? 'hidden' : styles['head']}>
          <h2 id={heading}>{title}</h2>
          {isBare !== true && (
            <IconButton label={strings.close} onClick={onClose}>
              <X size={18} aria-hidden />
            </IconButton>
          )}
        </header>
        {children}
        {actions !== undefined && <footer className={styles['actions']}>{actions}</footer>}
      </div>
    </dialog>
  );
}

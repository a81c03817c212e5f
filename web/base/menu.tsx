// A menu behind a button, by the pattern that screen readers know: arrows move, Escape and Tab
// leave it, and the focus goes back to the button. It stands in the browser's top layer, so
// nothing that scrolls cuts it off.

import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import { IconButton } from './button.tsx';
import styles from './menu.module.css';

export interface MenuItem {
  readonly name: string;
  readonly icon?: ReactNode;
  readonly run: () => void;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
}

export interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** What stands on the button. */
  readonly children: ReactNode;
}

export function Menu({ label, items, children }: MenuProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <IconButton
        ref={button}
        label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {children}
      </IconButton>
      {isOpen && (
        <MenuList
          label={label}
          items={items}
          anchor={button.current}
          onClose={close}
          onAway={() => setOpen(false)}
        />
      )}
    </>
  );
}

interface ListProps extends Omit<MenuProps, 'children'> {
  readonly anchor: HTMLElement | null;
  readonly onClose: () => void;
  readonly onAway: () => void;
}

function MenuList({ label, items, anchor, onClose, onAway }: ListProps): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    element.showPopover();
    place(element, anchor);
    element.querySelector('button')?.focus();
  }, [anchor]);
  return (
    <div
      ref={list}
      role="menu"
      aria-label={label}
      popover="auto"
      className={styles['menu']}
      onToggle={(event) => {
        if (event.newState === 'closed') onAway();
      }}
      onKeyDown={(event) => onKey(event, list.current, onClose)}
    >
      {items.map(({ name, icon, run, isDanger, isDisabled }) => (
        <button
          key={name}
          type="button"
          role="menuitem"
          tabIndex={-1}
          disabled={isDisabled}
          className={isDanger === true ? styles['danger'] : styles['item']}
          onClick={() => {
            onClose();
            run();
          }}
        >
          {icon}
          {name}
        </button>
      ))}
    </div>
  );
}

/** Below its button and within the page; the style is set by script, as no style may stand in markup. */
function place(menu: HTMLElement, anchor: HTMLElement | null): void {
  const at = anchor?.getBoundingClientRect();
  if (at === undefined) return;
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4 + height < innerHeight;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
}

function onKey(event: KeyboardEvent, menu: HTMLElement | null, close: () => void): void {
  const items = [...(menu?.querySelectorAll<HTMLElement>('button:enabled') ?? [])];
  const at = items.findIndex((item) => item === document.activeElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1 + items.length,
    Home: 0,
    End: items.length - 1,
  };
  const next = steps[event.key];
  if (next !== undefined) {
    event.preventDefault();
    items[next % items.length]?.focus();
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

// Buttons: words, or an icon whose name is said to those who cannot see it.

import type { ButtonHTMLAttributes, ReactElement, ReactNode, Ref } from 'react';
import styles from './button.module.css';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'>;

export interface ButtonProps extends Native {
  readonly look?: 'plain' | 'main' | 'danger' | 'quiet';
  readonly icon?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = 'plain', icon, children, ...rest }: ButtonProps): ReactElement {
  return (
    <button type="button" className={`${styles['button']} ${styles[look]}`} {...rest}>
      {icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  readonly label: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, children, ...rest }: IconButtonProps): ReactElement {
  return (
    <button type="button" className={styles['icon']} aria-label={label} title={label} {...rest}>
      {children}
    </button>
  );
}

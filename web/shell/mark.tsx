// The sign of the app: a line made fast on a cleat.

import type { ReactElement } from 'react';

export function Mark({ size = 22 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" fill="none" aria-hidden>
      <path
        d="M8 24h48M24 24v24M40 24v24"
        stroke="currentColor"
        strokeWidth="7"
        strokeLinecap="round"
      />
      <path
        d="M13 50C18 14 46 54 51 12"
        stroke="var(--paper)"
        strokeWidth="12"
        strokeLinecap="round"
      />
      <path
        d="M13 50C18 14 46 54 51 12"
        stroke="var(--brass)"
        strokeWidth="6"
        strokeLinecap="round"
      />
    </svg>
  );
}

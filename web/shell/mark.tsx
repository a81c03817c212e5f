// The sign of the app: two posts, and a line made fast on them.

import type { ReactElement } from 'react';

export function Mark({ size = 24 }: { readonly size?: number }): ReactElement {
  const rope = 'M4 43c12 0 15-4 21-10s12-13 35-13';
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 64 64"
      fill="none"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M21 8v48M43 8v48" stroke="currentColor" strokeWidth="9" />
      <path d={rope} stroke="var(--mark-gap, var(--paper))" strokeWidth="15" />
      <path d={rope} stroke="var(--brass-bright)" strokeWidth="8" />
    </svg>
  );
}

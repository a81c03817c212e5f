// Which rights allow writing below which root of a session. The server judges by this table,
// and a client asks it before it writes, so that nothing is written that would be refused.

import type { Right } from './token.ts';

/** Any one of a root's rights is enough. */
export const rootRights = {
  meta: ['write'],
  messages: ['write', 'agent'],
  runs: ['write', 'control', 'agent'],
  control: ['control', 'agent'],
  participants: ['write', 'annotate', 'control', 'agent'],
  annotations: ['annotate'],
  selection: ['write'],
} as const satisfies Readonly<Record<string, readonly Right[]>>;

export type WritableRoot = keyof typeof rootRights;

export const isWritableRoot = (name: string): name is WritableRoot =>
  Object.hasOwn(rootRights, name);

/** Whether somebody with these rights may write below this root. */
export function mayWriteBelow(root: WritableRoot, has: (right: Right) => boolean): boolean {
  return rootRights[root].some((right) => has(right));
}

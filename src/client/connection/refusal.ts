// Why a server will not have a connection, as an app is told: a code to decide on and a
// sentence for the person. Coming back as one is would end the same way.

import { closeReason, closeReasons } from '../../protocol/close.ts';

export type ConnectionRefusalCode =
  | 'token'
  | 'rights'
  | 'no-session'
  | 'generation'
  | 'too-large'
  | 'protocol';

export interface ConnectionRefusal {
  readonly code: ConnectionRefusalCode;
  /** What happened and what to do, for a person. */
  readonly sentence: string;
}

const codes: ReadonlyMap<number, ConnectionRefusalCode> = new Map([
  [closeReasons.token.code, 'token'],
  [closeReasons.refused.code, 'rights'],
  [closeReasons.missing.code, 'no-session'],
  [closeReasons.generation.code, 'generation'],
  [closeReasons.tooLarge.code, 'too-large'],
  [closeReasons.upgrade.code, 'protocol'],
]);

/** What a final close code says. One that this version does not know is of a newer protocol. */
export function refusalOf(code: number): ConnectionRefusal {
  const { sentence } = closeReason(code) ?? closeReasons.upgrade;
  return { code: codes.get(code) ?? 'protocol', sentence };
}

export const tokenRefusal: ConnectionRefusal = refusalOf(closeReasons.token.code);

/** The token is of another person than the one whose words these are. */
export const strangerRefusal: ConnectionRefusal = {
  code: 'token',
  sentence: 'You are signed in as somebody else. What was written here is kept for its writer.',
};

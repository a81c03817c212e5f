// Why a server ends a connection. A stock client of y-websocket 3.1 never comes
// back after 4400-4499 and tries again after everything else, so the number decides
// that too; its words are for a person.

export interface CloseReason {
  readonly code: number;
  readonly name: string;
  /** Coming back with the same token, session and program would end the same way. */
  readonly final: boolean;
  /** What happened and what to do, for a person. */
  readonly sentence: string;
}

export const closeReasons = {
  token: {
    code: 4401,
    name: 'token',
    final: true,
    sentence: 'You are signed out. Sign in again to go on.',
  },
  refused: {
    code: 4403,
    name: 'refused',
    final: true,
    sentence: 'You may not do this here. What you wrote is kept on this device.',
  },
  missing: {
    code: 4404,
    name: 'missing',
    final: true,
    sentence: 'There is no such session, or it is not shared with you.',
  },
  generation: {
    code: 4409,
    name: 'generation',
    final: true,
    sentence: 'This session was restored from an older state. Open it again to go on.',
  },
  tooLarge: {
    code: 4413,
    name: 'too-large',
    final: true,
    sentence: 'This is too large to be sent. What you wrote is kept on this device.',
  },
  upgrade: {
    code: 4426,
    name: 'upgrade',
    final: true,
    sentence: 'Reload to update. What you wrote is kept on this device.',
  },
  unavailable: {
    code: 4503,
    name: 'unavailable',
    final: false,
    sentence: 'The server is restarting. You can go on; it will be sent in a moment.',
  },
  busy: {
    code: 4529,
    name: 'busy',
    final: false,
    sentence: 'There is too much at once. You can go on; it will be sent in a while.',
  },
} as const satisfies Record<string, CloseReason>;

/** Codes of which a stock client, and ours, does not come back. */
export function isFinalClose(code: number): boolean {
  return code >= 4400 && code <= 4499;
}

/** What we know of a code that a peer closed with. */
export function closeReason(code: number): CloseReason | undefined {
  return Object.values(closeReasons).find((reason) => reason.code === code);
}

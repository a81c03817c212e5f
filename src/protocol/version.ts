// The version of the wire, and what each one brought. A new minor adds what an
// older peer can ignore; a new major is refused by an older peer (close 4426). The
// test of this file holds the shapes of the wire against the version they were
// given, so that neither changes alone.

export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

export interface ProtocolChange extends ProtocolVersion {
  readonly change: string;
}

/** Newest last. Lines are added, never changed. */
export const protocolHistory: readonly [ProtocolChange, ...ProtocolChange[]] = [
  {
    major: 1,
    minor: 0,
    change:
      'Frames of y-websocket with v1 updates; barrier (102); commands (103): hello, ready, refused, ' +
      'renew-token, token-renewed, error. The library: the list of sessions and the desk.',
  },
  {
    major: 1,
    minor: 1,
    change:
      'Claims (103): claim, claimed, renew, advance, ack, usage, title, release, done, lease-lost; ' +
      'agents, which says who waits for runs. The agents: offers of runs, by name.',
  },
];

/** What this program speaks. */
export const protocolVersion: ProtocolVersion = protocolHistory.at(-1) ?? protocolHistory[0];

// Where the connection to the library stands, as a value, and what each event makes of it.
// The table is total: a new state does not compile until every event is answered. It knows
// no socket and no clock; link.ts does what a state asks for.
//
//     offline --wanted--> connecting --opened--> syncing --ready--> live
//        ^                 ^    ^                   |                 |
//        |  unwanted       |    '------- lost ------'------ lost -----'
//        '-- from all      '-- wanted -- refused <------ refused, from all that are on their way

/** Why the server will not have us. Coming back alone does not help. */
export interface LinkRefusal {
  readonly code: 'token' | 'rights' | 'protocol';
  /** For a person. */
  readonly sentence: string;
}

export type LinkState =
  | { readonly name: 'offline'; readonly why: 'not-wanted' | 'closed' }
  /** The device says that it has no network. It is tried all the same, since a server can be nearer than that. */
  | {
      readonly name: 'offline';
      readonly why: 'no-network';
      readonly attempt: number;
      readonly retryAt: number;
    }
  /** `retryAt`: when it is tried again, by the device's clock; null while it is tried. */
  | { readonly name: 'connecting'; readonly attempt: number; readonly retryAt: number | null }
  | { readonly name: 'syncing'; readonly attempt: number }
  | { readonly name: 'live'; readonly attempt: number }
  | { readonly name: 'refused'; readonly reason: LinkRefusal };

export type LinkEvent =
  | { readonly type: 'wanted' }
  | { readonly type: 'unwanted' }
  | { readonly type: 'closed' }
  /** It is time to try again. */
  | { readonly type: 'dialled' }
  | { readonly type: 'opened' }
  | { readonly type: 'ready' }
  /** It has held for a while. */
  | { readonly type: 'steady' }
  | { readonly type: 'lost'; readonly retryAt: number; readonly hasNetwork: boolean }
  | { readonly type: 'refused'; readonly reason: LinkRefusal };

type EventOf<T extends LinkEvent['type']> = Extract<LinkEvent, { type: T }>;
type StateOf<N extends LinkState['name']> = Extract<LinkState, { name: N }>;
type Row<N extends LinkState['name']> = {
  readonly [T in LinkEvent['type']]: (state: StateOf<N>, event: EventOf<T>) => LinkState;
};

const stay = (state: LinkState): LinkState => state;
const notWanted = (): LinkState => ({ name: 'offline', why: 'not-wanted' });
const closed = (): LinkState => ({ name: 'offline', why: 'closed' });
const trying = (attempt: number): LinkState => ({ name: 'connecting', attempt, retryAt: null });
const refused = (_: LinkState, { reason }: EventOf<'refused'>): LinkState => ({
  name: 'refused',
  reason,
});

function lost(
  { attempt }: { readonly attempt: number },
  { retryAt, hasNetwork }: EventOf<'lost'>,
): LinkState {
  const next = { attempt: attempt + 1, retryAt };
  return hasNetwork
    ? { name: 'connecting', ...next }
    : { name: 'offline', why: 'no-network', ...next };
}

const table: { readonly [N in LinkState['name']]: Row<N> } = {
  offline: {
    wanted: (state) => (state.why === 'not-wanted' ? trying(0) : state),
    unwanted: (state) => (state.why === 'closed' ? state : notWanted()),
    closed,
    dialled: (state) => (state.why === 'no-network' ? trying(state.attempt) : state),
    opened: stay,
    ready: stay,
    steady: stay,
    lost: stay,
    refused: stay,
  },
  connecting: {
    wanted: stay,
    unwanted: notWanted,
    closed,
    dialled: (state) => (state.retryAt === null ? state : trying(state.attempt)),
    opened: ({ attempt }) => ({ name: 'syncing', attempt }),
    ready: stay,
    steady: stay,
    lost,
    refused,
  },
  syncing: {
    wanted: stay,
    unwanted: notWanted,
    closed,
    dialled: stay,
    opened: stay,
    ready: ({ attempt }) => ({ name: 'live', attempt }),
    steady: stay,
    lost,
    refused,
  },
  live: {
    wanted: stay,
    unwanted: notWanted,
    closed,
    dialled: stay,
    opened: stay,
    ready: stay,
    steady: () => ({ name: 'live', attempt: 0 }),
    lost,
    refused,
  },
  refused: {
    wanted: () => trying(0),
    unwanted: notWanted,
    closed,
    dialled: stay,
    opened: stay,
    ready: stay,
    steady: stay,
    lost: stay,
    refused,
  },
};

/** The state after the event. Never throws. */
export function linkAfter(state: LinkState, event: LinkEvent): LinkState {
  // The table says of each pair what it takes; that a pair is looked up by itself TypeScript cannot see.
  const answer = table[state.name][event.type] as (state: LinkState, event: LinkEvent) => LinkState;
  return answer(state, event);
}

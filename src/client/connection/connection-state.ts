// The states of a connection, as values: what each of them makes of each thing that can happen.
// Nothing here touches a socket, a clock or a document; what is to be done is returned.
//
//     offline --connect--> fetching --token--> opening --opened--> syncing --ready, synced--> live
//        ^                    ^                   |                   |                        |
//        |                    |<-----late------ waiting <--ended, lost, late-------------------'
//        '--disconnect        '<----- 4401, once -----------'          44xx --> refused
//
// waiting, fetching and opening are one for an app: `connecting`. Every state has one term at
// most, at whose end it hears `late`. Without a network the waiting is called `offline`; it
// still tries now and then, because a device does not always know that it has one.

import { unreachable } from '../../base/assert.ts';
import { isFinalClose, closeReasons } from '../../protocol/close.ts';
import { type ConnectionRefusal, refusalOf, strangerRefusal, tokenRefusal } from './refusal.ts';

/** What an app sees. */
export type ConnectionState =
  | { readonly name: 'offline'; readonly why: 'no-network' | 'not-wanted' | 'closed' }
  /** `retryAt`: when the next attempt is due, in milliseconds since 1970; null while one is made. */
  | { readonly name: 'connecting'; readonly attempt: number; readonly retryAt: number | null }
  | { readonly name: 'syncing' }
  | { readonly name: 'live' }
  | { readonly name: 'refused'; readonly reason: ConnectionRefusal };

/** What outlives a single attempt. */
export interface Course {
  /** Failures since the last good connection. */
  readonly attempt: number;
  /** A token was just refused, and a new one is tried. */
  readonly isRenewed: boolean;
  readonly hasNetwork: boolean;
}

export type Stage =
  | {
      readonly name: 'offline';
      readonly why: 'no-network' | 'not-wanted' | 'closed';
      readonly course: Course;
    }
  | { readonly name: 'waiting'; readonly course: Course }
  | { readonly name: 'fetching'; readonly course: Course }
  | { readonly name: 'opening'; readonly course: Course }
  | {
      readonly name: 'syncing';
      readonly course: Course;
      /** The server has let us in. */
      readonly isReady: boolean;
      /** What it has is here. */
      readonly isSynced: boolean;
    }
  | { readonly name: 'live'; readonly course: Course }
  | { readonly name: 'refused'; readonly reason: ConnectionRefusal; readonly course: Course };

export type StageName = Stage['name'];

export type ConnectionEvent =
  | { readonly type: 'connect'; readonly hasNetwork: boolean }
  | { readonly type: 'disconnect' }
  | { readonly type: 'close' }
  | { readonly type: 'token' }
  | { readonly type: 'token-failed' }
  /** There is no other token than the one that was refused. */
  | { readonly type: 'token-refused' }
  /** The token of an open connection could not be renewed on it. */
  | { readonly type: 'token-ended' }
  | { readonly type: 'opened' }
  | { readonly type: 'ready' }
  | { readonly type: 'synced' }
  /** The token is of another principal than the words. */
  | { readonly type: 'stranger' }
  /** The socket was closed by the other side, or never opened. */
  | { readonly type: 'ended'; readonly code: number }
  /** The socket is open by name only, or what comes from it makes no sense. */
  | { readonly type: 'lost' }
  /** The term of this state is over. */
  | { readonly type: 'late' }
  /** `isStale`: what is under way was begun long ago. */
  | { readonly type: 'woken'; readonly isStale: boolean; readonly hasNetwork: boolean }
  | { readonly type: 'unplugged' };

export type ConnectionEventType = ConnectionEvent['type'];

export type Term = 'retry' | 'slow-retry' | 'token' | 'opening' | 'syncing' | 'steady';

/** What is to be done, in order. A change of state ends the term of the old one first. */
export type Effect =
  | { readonly type: 'fetch-token' }
  | { readonly type: 'open' }
  /** As the first frame, before the provider's own. */
  | { readonly type: 'hello' }
  | { readonly type: 'drop' }
  /** Finds out whether the socket still lives. */
  | { readonly type: 'probe' }
  | { readonly type: 'term'; readonly term: Term; readonly attempt: number };

export interface Step {
  readonly stage: Stage;
  readonly effects: readonly Effect[];
}

type StageOf<N extends StageName> = Extract<Stage, { name: N }>;
type EventOf<T extends ConnectionEventType> = Extract<ConnectionEvent, { type: T }>;
type Row<N extends StageName> = {
  readonly [T in ConnectionEventType]: (stage: StageOf<N>, event: EventOf<T>) => Step;
};

export const startStage: Stage = {
  name: 'offline',
  why: 'not-wanted',
  course: { attempt: 0, isRenewed: false, hasNetwork: true },
};

const stay = (stage: Stage): Step => ({ stage, effects: [] });

const drop: Effect = { type: 'drop' };

const after = (first: Effect, { stage, effects }: Step): Step => ({
  stage,
  effects: [first, ...effects],
});

const termOf = (term: Term, { attempt }: Course): Effect => ({ type: 'term', term, attempt });

const fetching = (course: Course): Step => ({
  stage: { name: 'fetching', course },
  effects: [{ type: 'fetch-token' }, termOf('token', course)],
});

const opening = (course: Course): Step => ({
  stage: { name: 'opening', course },
  effects: [{ type: 'open' }, termOf('opening', course)],
});

const syncing = (course: Course): Step => ({
  stage: { name: 'syncing', course, isReady: false, isSynced: false },
  effects: [{ type: 'hello' }, termOf('syncing', course)],
});

const refused = (reason: ConnectionRefusal, course: Course): Step => ({
  stage: { name: 'refused', reason, course },
  effects: [],
});

/** After an attempt that came to nothing, or a connection that ended. */
function failed({ attempt, hasNetwork }: Course): Step {
  const course = { attempt: attempt + 1, isRenewed: false, hasNetwork };
  if (course.hasNetwork) {
    return { stage: { name: 'waiting', course }, effects: [termOf('retry', course)] };
  }
  const stage: Stage = { name: 'offline', why: 'no-network', course };
  return { stage, effects: [termOf('slow-retry', course)] };
}

/** The same state, whose term goes on. */
const noted = (stage: Stage, course: Partial<Course>): Step =>
  stay({ ...stage, course: { ...stage.course, ...course } });

const anew = ({ course }: Stage, hasNetwork: boolean): Step =>
  fetching({ ...course, attempt: 0, isRenewed: false, hasNetwork });

const leave = (stage: Stage, why: 'not-wanted' | 'closed'): Step => ({
  stage: { name: 'offline', why, course: { ...startStage.course, hasNetwork: hasNet(stage) } },
  effects: [],
});

const hasNet = ({ course }: Stage): boolean => course.hasNetwork;

/** A new token is tried at once, but only one. */
function outdated(course: Course): Step {
  return course.isRenewed
    ? refused(tokenRefusal, course)
    : fetching({ ...course, isRenewed: true });
}

function ended({ course }: Stage, { code }: EventOf<'ended'>): Step {
  if (code === closeReasons.token.code) return outdated(course);
  return isFinalClose(code) ? refused(refusalOf(code), course) : failed(course);
}

/** Both are needed, in either order. */
function furthered(stage: StageOf<'syncing'>, what: Partial<StageOf<'syncing'>>): Step {
  const next = { ...stage, ...what };
  if (!next.isReady || !next.isSynced) return stay(next);
  const { course } = next;
  return { stage: { name: 'live', course }, effects: [termOf('steady', course)] };
}

const unplugged = (stage: Stage): Step => noted(stage, { hasNetwork: false });

/** Of states without a socket, or for which these events mean nothing. */
const deaf = {
  'token-ended': stay,
  opened: stay,
  ready: stay,
  synced: stay,
  stranger: stay,
  ended: stay,
  lost: stay,
};

const deafToToken = { token: stay, 'token-failed': stay, 'token-refused': stay };

/** Of states that hold a socket. */
const held = {
  ...deafToToken,
  connect: stay,
  disconnect: (stage: Stage): Step => after(drop, leave(stage, 'not-wanted')),
  close: (stage: Stage): Step => after(drop, leave(stage, 'closed')),
  ended,
  lost: ({ course }: Stage): Step => after(drop, failed(course)),
  unplugged,
};

const isClosed = (stage: StageOf<'offline'>): boolean => stage.why === 'closed';

/** What each state makes of each event. */
export const transitions: { readonly [N in StageName]: Row<N> } = {
  offline: {
    ...deaf,
    ...deafToToken,
    connect: (stage, { hasNetwork }) => (isClosed(stage) ? stay(stage) : anew(stage, hasNetwork)),
    disconnect: (stage) => (isClosed(stage) ? stay(stage) : leave(stage, 'not-wanted')),
    close: (stage) => leave(stage, 'closed'),
    late: (stage) => (stage.why === 'no-network' ? fetching(stage.course) : stay(stage)),
    woken: (stage, { hasNetwork }) =>
      stage.why === 'no-network' ? anew(stage, hasNetwork) : noted(stage, { hasNetwork }),
    unplugged,
  },
  waiting: {
    ...deaf,
    ...deafToToken,
    connect: (stage, { hasNetwork }) => anew(stage, hasNetwork),
    disconnect: (stage) => leave(stage, 'not-wanted'),
    close: (stage) => leave(stage, 'closed'),
    late: ({ course }) => fetching(course),
    woken: (stage, { hasNetwork }) => anew(stage, hasNetwork),
    unplugged: ({ course }) => {
      const stage: Stage = {
        name: 'offline',
        why: 'no-network',
        course: { ...course, hasNetwork: false },
      };
      return { stage, effects: [termOf('slow-retry', course)] };
    },
  },
  fetching: {
    ...deaf,
    connect: stay,
    disconnect: (stage) => leave(stage, 'not-wanted'),
    close: (stage) => leave(stage, 'closed'),
    token: ({ course }) => opening(course),
    'token-failed': ({ course }) => failed(course),
    'token-refused': ({ course }) => refused(tokenRefusal, course),
    late: ({ course }) => failed(course),
    woken: (stage, { isStale, hasNetwork }) =>
      isStale ? anew(stage, hasNetwork) : noted(stage, { attempt: 0, hasNetwork }),
    unplugged,
  },
  opening: {
    ...held,
    'token-ended': stay,
    opened: ({ course }) => syncing(course),
    ready: stay,
    synced: stay,
    stranger: stay,
    late: ({ course }) => after(drop, failed(course)),
    woken: (stage, { isStale, hasNetwork }) =>
      isStale ? after(drop, anew(stage, hasNetwork)) : noted(stage, { attempt: 0, hasNetwork }),
  },
  syncing: {
    ...held,
    'token-ended': ({ course }) => after(drop, outdated(course)),
    opened: stay,
    ready: (stage) => furthered(stage, { isReady: true }),
    synced: (stage) => furthered(stage, { isSynced: true }),
    stranger: ({ course }) => after(drop, refused(strangerRefusal, course)),
    late: ({ course }) => after(drop, failed(course)),
    woken: (stage, { hasNetwork }) =>
      after({ type: 'probe' }, noted(stage, { attempt: 0, hasNetwork })),
  },
  live: {
    ...held,
    'token-ended': ({ course }) => after(drop, outdated(course)),
    opened: stay,
    ready: stay,
    synced: stay,
    stranger: ({ course }) => after(drop, refused(strangerRefusal, course)),
    late: (stage) => noted(stage, { attempt: 0, isRenewed: false }),
    woken: (stage, { hasNetwork }) =>
      after({ type: 'probe' }, noted(stage, { attempt: 0, hasNetwork })),
    // Nobody waits 20 s to be told what the device knows already.
    unplugged: (stage) => after({ type: 'probe' }, unplugged(stage)),
  },
  refused: {
    ...deaf,
    ...deafToToken,
    connect: (stage, { hasNetwork }) => anew(stage, hasNetwork),
    disconnect: (stage) => leave(stage, 'not-wanted'),
    close: (stage) => leave(stage, 'closed'),
    late: stay,
    woken: (stage, { hasNetwork }) => noted(stage, { hasNetwork }),
    unplugged,
  },
};

/** The next state, and what is to be done. */
export function stepConnection(stage: Stage, event: ConnectionEvent): Step {
  // A row takes its own state and a cell its own event; that the two agree here is what the
  // type of the table says, and what the compiler cannot follow through two look-ups.
  const row = transitions[stage.name] as Row<StageName>;
  const cell = row[event.type] as (stage: Stage, event: ConnectionEvent) => Step;
  return cell(stage, event);
}

/** As an app sees it. */
export function shownState(stage: Stage, retryAt: number | null): ConnectionState {
  switch (stage.name) {
    case 'offline':
      return { name: 'offline', why: stage.why };
    case 'waiting':
    case 'fetching':
    case 'opening':
      // An attempt without a network is made in silence.
      if (!stage.course.hasNetwork) return { name: 'offline', why: 'no-network' };
      return { name: 'connecting', attempt: stage.course.attempt, retryAt };
    case 'syncing':
    case 'live':
      return { name: stage.name };
    case 'refused':
      return { name: 'refused', reason: stage.reason };
    default:
      return unreachable(stage);
  }
}

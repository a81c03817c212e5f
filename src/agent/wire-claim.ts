// Claiming a run in a session that was joined: asked for by a command, and good once the document
// shows it and stands where the lanes begin. Where that does not come it is given back.

import type { Clock } from '../base/clock.ts';
import type { JoinedSession } from '../client/joined-session.ts';
import type { Claimed as Grant } from '../protocol/claim.ts';
import { clockOf } from '../session/struct.ts';
import { limits } from './limits.ts';
import { WireHold } from './wire-hold.ts';

/** Undefined where the run is not to be had. */
export async function claimOverWire(
  joined: JoinedSession,
  run: string,
  clock: Clock,
): Promise<WireHold | undefined> {
  const answer = await joined.ask({ type: 'claim', run, lanes: limits.claimLanes });
  if (answer?.type !== 'claimed') return undefined;
  const hold = new WireHold(joined, answer, clock);
  if (await isSeen(joined, answer, clock)) return hold;
  await hold.release();
  return undefined;
}

function isSeen(joined: JoinedSession, grant: Grant, clock: Clock): Promise<boolean> {
  const { session } = joined;
  const holds = (): boolean => {
    const claim = session.view.runs.get(grant.run)?.claim;
    const stands = grant.lanes.every((lane) => clockOf(session.doc, lane.client) === lane.clock);
    return claim?.epoch === grant.epoch && claim.holder === session.principal && stands;
  };
  if (holds()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (seen: boolean): void => {
      stopTimer();
      session.doc.off('update', look);
      resolve(seen);
    };
    const look = (): void => {
      if (holds()) end(true);
    };
    const stopTimer = clock.after(limits.grantSeenMsMax, () => end(false));
    session.doc.on('update', look);
  });
}

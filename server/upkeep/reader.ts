// What the commands of an operator read of a log, whoever has it open: this process, or a
// server that is asked over its control socket.

import type { Log } from '../log/log.ts';
import type { Members } from '../log/members.ts';
import type { Upkeep } from '../log/upkeep.ts';

export interface LogReader extends Pick<Log, 'list' | 'open' | 'read'> {
  readonly members: Pick<Members, 'of'>;
  readonly upkeep: Upkeep;
  /** What was found damaged when it was opened; empty as long as it can be written. */
  readonly faults: readonly string[];
}

/** Who has the log open. */
export interface Holder {
  readonly pid: number;
  /** Where it listens; undefined where it does not, or not by itself. */
  readonly url: string | undefined;
}

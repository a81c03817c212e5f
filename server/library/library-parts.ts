// What the library is given: who checks tokens, who belongs where, the list, the desk, time,
// and whom it tells of what happens.

import type { Clock } from '../../src/base/clock.ts';
import type { Cap } from '../access/caps.ts';
import type { Guard } from '../access/guard.ts';
import type { TokenRefusal, TokenVerifier } from '../access/tokens.ts';
import type { Log } from '../log/log.ts';
import type { Desk } from './desk.ts';
import type { SummaryKeeper } from './summary-keeper.ts';

/** What an operator may want to count. Must not throw. */
export interface LibraryReport {
  opened(): void;
  closed(): void;
  received(bytes: number): void;
  sent(bytes: number): void;
  tokenRefused(fault: TokenRefusal['fault']): void;
  /** A connection was ended because of this limit, by its name. */
  limitHit(limit: string): void;
  /** A reader did not take what it was sent. */
  slow(): void;
  /** Something threw that never may. */
  broken(error: unknown): void;
}

export interface LibraryParts {
  readonly verifier: TokenVerifier;
  readonly guard: Pick<Guard, 'onChange'>;
  readonly principals: Cap;
  readonly log: Pick<Log, 'incarnation' | 'members' | 'summaries'>;
  readonly keeper: Pick<SummaryKeeper, 'onEvent'>;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly report: LibraryReport;
}

// What the agents' side is given: who checks tokens, who belongs where, time, and whom it
// tells of what happens.

import type { Clock } from '../../src/base/clock.ts';
import type { Cap } from '../access/caps.ts';
import type { Guard } from '../access/guard.ts';
import type { TokenVerifier } from '../access/tokens.ts';
import type { LibraryReport } from '../library/library-parts.ts';
import type { Log } from '../log/log.ts';

export interface AgentParts {
  readonly verifier: TokenVerifier;
  readonly guard: Pick<Guard, 'onChange'>;
  readonly principals: Cap;
  readonly log: Pick<Log, 'incarnation' | 'members'>;
  readonly clock: Clock;
  readonly report: LibraryReport;
}

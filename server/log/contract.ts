// What every log must do, as cases that need no test framework: each gets a fresh log and
// throws where it finds another behaviour. An implementation proves itself by passing all
// of them; what only one kind of log can do (surviving its process) is asked of those
// that can be opened again.

import { claimCases } from './contract-claims.ts';
import type { LogCase } from './contract-case.ts';
import { compactionCases } from './contract-compaction.ts';
import { deletionCases } from './contract-deletion.ts';
import { peopleCases } from './contract-people.ts';
import { recordCases } from './contract-records.ts';
import { summaryCases } from './contract-summaries.ts';

export const logContract: readonly LogCase[] = [
  ...recordCases,
  ...compactionCases,
  ...deletionCases,
  ...claimCases,
  ...peopleCases,
  ...summaryCases,
];

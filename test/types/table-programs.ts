// Tables that are not whole: a state that is added does not compile until every table answers it.

export const tablePrograms = [
  {
    title: 'a table of runs without a row, or with a row that leaves an event unanswered',
    text: `
import { type RunEvent, runTable } from 'holdfast/session';
const { failed, ...others } = runTable;
export const whole: typeof runTable = { ...others, failed };
export const without: typeof runTable = others; // TS2741 Property 'failed' is missing
const { lose, ...events } = failed;
export const unanswered: typeof runTable = { ...others, failed: events }; // TS2741 Property 'lose' is missing
export const nowhere: typeof runTable = { ...others, failed: { ...failed, lose: 'lost' } }; // TS2322 Type '"lost"' is not assignable
export const event: RunEvent = 'pause'; // TS2322 Type '"pause"' is not assignable
runTable.queued.claim = 'complete'; // TS2540 read-only
`,
  },
  {
    title: 'a table of answers without a row',
    text: `
import { ackTable } from 'holdfast/session';
const { settled, ...others } = ackTable;
export const without: typeof ackTable = others; // TS2741 Property 'settled' is missing
export const back: typeof ackTable = { ...others, settled: ['requested'] }; // TS2322 not assignable to type 'AckState'
ackTable.settled = []; // TS2540 read-only
ackTable.void.push('settled'); // TS2339 'push' does not exist on type 'readonly AckState[]'
`,
  },
  {
    title: 'a table of tool calls without a row',
    text: `
import { toolTable } from 'holdfast/session';
const { 'output-denied': denied, ...others } = toolTable;
export const without: typeof toolTable = others; // TS2741 Property '"output-denied"' is missing
export const wrong: typeof toolTable = { ...others, 'output-denied': ['done'] }; // TS2322 not assignable to type 'ToolState'
toolTable['output-denied'] = []; // TS2540 read-only
`,
  },
] as const;

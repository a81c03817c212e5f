// Misuses of the decisions and of what they are taken from.

export const documentPrograms = [
  {
    title: 'a command that no holder has, or without its epoch',
    text: `
import { type Decider, type HolderCommand, obeyHolder, type Projection } from 'holdfast/session';
const run = 'r';
export const good: HolderCommand = { do: 'wait', run, epoch: 1, for: 'approval' };
export const kind: HolderCommand = { do: 'restart', run, epoch: 1 }; // TS2322 Type '"restart"' is not assignable
export const epoch: HolderCommand = { do: 'complete', run }; // TS2322 'epoch' is missing
export const why: HolderCommand = { do: 'fail', run, epoch: 1 }; // TS2322 'error' is missing
export const ack: HolderCommand = { do: 'ack', run, epoch: 1, request: 'q', state: 'requested' }; // TS2322 Type '"requested"' is not assignable
export function obey(projection: Projection, decider: Decider): unknown {
  const outcome = obeyHolder(projection, decider, 'agent', good);
  const early = outcome.writes; // TS2339 'writes' does not exist on type
  return outcome.ok ? outcome.code : [outcome.code, early]; // TS2339 'code' does not exist on type
}
`,
  },
  {
    title: 'a write that is not one of the entries of a session',
    text: `
import type { Write } from 'holdfast/session';
export const order: Write = { to: 'order', run: 'r', value: 1 };
export const word: Write = { to: 'order', run: 'r', value: 'first' }; // TS2322 Type 'string' is not assignable to type 'number'
export const head: Write = { to: 'head', run: 'r', value: 1 }; // TS2322 Type '"head"' is not assignable
export const bare: Write = { to: 'status', run: 'r', value: { state: 'running' } }; // TS2322 'at' is missing
export const failed: Write = { to: 'status', run: 'r', value: { state: 'failed', at: 1 } }; // TS2322 'error' is missing
`,
  },
  {
    title: 'a switch over policies, verdicts or refusals that forgets one',
    text: `
import type { Policy, RefusalCode, Verdict } from 'holdfast/session';
const never = (value: never): never => value;
export const policies: Record<Policy, string> = { enqueue: '', interrupt: '', concurrent: '', reject: '' }; // TS2741 Property 'steer' is missing
export function follow(verdict: Verdict): string {
  switch (verdict.do) {
    case 'start':
    case 'wait':
    case 'reject':
      return verdict.do;
    case 'steer':
      return verdict.run;
    default:
      return never(verdict); // TS2345 is not assignable to parameter of type 'never'
  }
}
export const code: RefusalCode = 'busy'; // TS2322 Type '"busy"' is not assignable
`,
  },
  {
    title: 'another entry than the public one',
    text: `
import { createSession } from 'holdfast'; // TS2305 no exported member 'createSession'
import { writeRequest } from 'holdfast/session/pen'; // TS2307 Cannot find module 'holdfast/session/pen'
import { Session } from 'holdfast/session'; // TS1485 must be imported using a type-only import
import { writeRun } from 'holdfast/session'; // TS2305 has no exported member 'writeRun'
export const made = new Session(); // TS1362 cannot be used as a value
export { createSession, writeRequest, writeRun };
`,
  },
] as const;

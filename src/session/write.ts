// What the server may write: one entry at a time, each as its reader will read it.
// An entry that no reader could read would be worse than a refusal, because it takes
// away what stood there before: a run that has ended would be queued again.

import { unreachable } from '../base/assert.ts';
import { type Ack, type ControlRequest, decodeAck, decodeRequest } from './control.ts';
import { isAgentTitle } from './meta.ts';
import { type Claim, isRunValue, type RunStatus, type Usage } from './run.ts';
import { plainJson } from './store.ts';

/** One entry to write. All writes of one decision belong into one transaction, in order. */
export type Write =
  | { readonly to: 'status'; readonly run: string; readonly value: RunStatus }
  | { readonly to: 'claim'; readonly run: string; readonly value: Claim }
  | { readonly to: 'startedAt'; readonly run: string; readonly value: number }
  | { readonly to: 'usage'; readonly run: string; readonly value: Usage }
  | { readonly to: 'order'; readonly run: string; readonly value: number }
  | { readonly to: 'ack'; readonly run: string; readonly request: string; readonly value: Ack }
  /** A request that the server makes in the asker's name, as a policy says. */
  | { readonly to: 'control'; readonly request: ControlRequest }
  | { readonly to: 'title'; readonly value: string };

/** Whether every peer can read what is written. */
export function isReadable(write: Write): boolean {
  switch (write.to) {
    case 'control':
      return decodeRequest(plainJson(write.request)) !== undefined;
    case 'ack':
      return decodeAck(plainJson(write.value)) !== undefined;
    case 'title':
      return isAgentTitle(write.value);
    case 'status':
    case 'claim':
    case 'startedAt':
    case 'usage':
    case 'order':
      return isRunValue(write.to, plainJson(write.value));
    default:
      return unreachable(write);
  }
}

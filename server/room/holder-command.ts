// What a holder asks on the wire, as the decisions of a session know it.

import { unreachable } from '../../src/base/assert.ts';
import type { AdvanceRun, HolderRequest } from '../../src/protocol/claim.ts';
import type { HolderCommand } from '../../src/session/bookkeeping.ts';

/** To stay alive and to give the run back are no steps of a run. */
export type StepRequest = Exclude<HolderRequest, { type: 'renew' | 'release' }>;

export function holderCommand(request: StepRequest): HolderCommand {
  const { run, epoch } = request;
  switch (request.type) {
    case 'advance':
      return advance(request);
    case 'ack': {
      const { request: answered, state, reason, place } = request;
      return { run, epoch, do: 'ack', request: answered, state, reason, place };
    }
    case 'usage':
      return { run, epoch, do: 'usage', usage: request.usage };
    case 'title':
      return { run, epoch, do: 'title', title: request.title };
    default:
      return unreachable(request);
  }
}

function advance({ run, epoch, to, for: what, error }: AdvanceRun): HolderCommand {
  const of = { run, epoch };
  switch (to) {
    case 'waiting':
      return { ...of, do: 'wait', for: what ?? 'people' };
    case 'running':
      return { ...of, do: 'proceed' };
    case 'complete':
    case 'cancelled':
      return { ...of, do: to };
    case 'failed': {
      const unsaid = { code: 'failed', message: 'The agent did not say why.' };
      return { ...of, do: 'fail', error: error ?? unsaid };
    }
    default:
      return unreachable(to);
  }
}

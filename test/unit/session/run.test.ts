// The machine of a run: every event in every state, by every holder at every epoch.

import { describe, expect, test } from 'vitest';
import { type HolderCommand, isOffered, loseClaim } from '../../../src/session/bookkeeping.ts';
import {
  isActive,
  isFinal,
  type Run,
  type RunEvent,
  type RunState,
  type RunStatus,
  runTable,
} from '../../../src/session/run.ts';
import { Picture, run } from '../../support/picture.ts';

const error = { code: 'crashed', message: 'It broke.' };

const statuses: { readonly [State in RunState]: RunStatus & { state: State } } = {
  queued: { state: 'queued', at: 5 },
  running: { state: 'running', at: 5 },
  waiting: { state: 'waiting', at: 5, for: 'approval' },
  stalled: { state: 'stalled', at: 5 },
  complete: { state: 'complete', at: 5 },
  cancelled: { state: 'cancelled', at: 5, why: 'asked' },
  failed: { state: 'failed', at: 5, error },
};

const states = Object.keys(runTable).filter((state): state is RunState => state in statuses);

/** A run in a state, held (or last held) by `holder` at epoch 3. */
function inState(state: RunState): Run {
  const status = statuses[state];
  if (state === 'queued') return run('a', 1, { status });
  return run('a', 1, { status, claim: { holder: 'holder', epoch: 3, since: 2 }, startedAt: 2 });
}

const commands: { readonly [On in RunEvent]?: (epoch: number) => HolderCommand } = {
  wait: (epoch) => ({ do: 'wait', run: 'a', epoch, for: 'input' }),
  proceed: (epoch) => ({ do: 'proceed', run: 'a', epoch }),
  complete: (epoch) => ({ do: 'complete', run: 'a', epoch }),
  cancel: (epoch) => ({ do: 'cancelled', run: 'a', epoch }),
  fail: (epoch) => ({ do: 'fail', run: 'a', epoch, error }),
};

/** The same picture with one event, and what was said to it. */
function after(state: RunState, event: RunEvent, holder: string, epoch: number) {
  const picture = new Picture([inState(state)], []);
  const before = picture.key;
  const outcome =
    event === 'claim'
      ? picture.claim('a', holder)
      : event === 'lose'
        ? picture.take(loseClaim(picture, picture.decider, 'a', epoch))
        : picture.obey(holder, (commands[event] ?? never)(epoch));
  return { picture, outcome, changed: picture.key !== before };
}

const isHeld = (state: RunState): boolean => state === 'running' || state === 'waiting';

const never = (): never => {
  throw new Error('there is no such command');
};

const events = Object.keys(runTable.queued).filter(
  (event): event is RunEvent => event in runTable.queued,
);

const cases = states.flatMap((state) => events.map((event) => ({ state, event })));

describe('a run', () => {
  test('has seven states and seven events, three of the states final', () => {
    expect([states.length, events.length]).toEqual([7, 7]);
    expect(states.filter(isFinal)).toEqual(['complete', 'cancelled', 'failed']);
    expect(states.filter(isActive)).toEqual(['running', 'waiting', 'stalled']);
  });

  test('[S20] has this table, and no other step', () => {
    const steps = cases.flatMap(({ state, event }) => {
      const to = runTable[state][event];
      return to === null ? [] : [`${state} ${event} ${to}`];
    });
    expect(steps).toEqual([
      'queued claim running',
      'queued cancel cancelled',
      'queued fail failed',
      'running wait waiting',
      'running complete complete',
      'running cancel cancelled',
      'running fail failed',
      'running lose stalled',
      'waiting wait waiting',
      'waiting proceed running',
      'waiting complete complete',
      'waiting cancel cancelled',
      'waiting fail failed',
      'waiting lose stalled',
      'stalled claim running',
      'stalled cancel cancelled',
      'stalled fail failed',
    ]);
  });

  test.each(cases)('[S20] goes from $state at $event where its table says', ({ state, event }) => {
    const to = runTable[state][event];
    // A cancel or a failure of what nobody holds is the server's own, not a holder's command.
    const byServer = (event === 'cancel' || event === 'fail') && !isHeld(state);
    const { outcome, changed, picture } = after(state, event, 'holder', 3);
    const moves = to !== null && !byServer;
    expect(outcome.ok).toBe(moves);
    expect(changed).toBe(moves);
    expect(picture.stateOf('a')).toBe(moves ? to : state);
  });

  test.each(states)(
    '[S20] is cancelled and abandoned by the server while nobody holds it: %s',
    (state) => {
      const unheld = state === 'queued' || state === 'stalled';
      const abandoned = new Picture([inState(state)], []);
      expect(abandoned.abandon('a').ok).toBe(unheld);
      expect(abandoned.stateOf('a')).toBe(unheld ? 'failed' : state);
      const cancelled = new Picture([inState(state)], []);
      cancelled.ask({ id: 'c', kind: 'cancel', run: 'a', scope: 'tree' });
      cancelled.settle();
      expect(cancelled.stateOf('a')).toBe(unheld ? 'cancelled' : state);
    },
  );

  test.each(cases)(
    '[S21] stays as it is in $state when another, or another epoch, says $event',
    ({ state, event }) => {
      const strangers: [string, number][] = [
        ['stranger', 3],
        ['holder', 2],
        ['holder', 4],
        ['stranger', 4],
        ['holder', 0],
        ['holder', -1],
        ['holder', Number.NaN],
        ['', 3],
      ];
      for (const [holder, epoch] of event === 'claim' ? [] : strangers) {
        if (event === 'lose' && epoch === 3) continue;
        const { outcome, changed } = after(state, event, holder, epoch);
        expect({ holder, epoch, ok: outcome.ok, changed }).toEqual({
          holder,
          epoch,
          ok: false,
          changed: false,
        });
      }
    },
  );

  test('[S21] says why it refuses', () => {
    const picture = new Picture([inState('running')], []);
    const say = (holder: string, epoch: number, id = 'a') =>
      picture.obey(holder, { do: 'complete', run: id, epoch });
    expect(say('holder', 3, 'b')).toEqual({ ok: false, code: 'no-such-run' });
    expect(say('holder', 2)).toEqual({ ok: false, code: 'stale-epoch' });
    expect(say('stranger', 3)).toEqual({ ok: false, code: 'not-holder' });
    expect(picture.claim('a', 'holder')).toEqual({ ok: false, code: 'not-offered' });
    expect(picture.claim('b', 'holder')).toEqual({ ok: false, code: 'no-such-run' });
    expect(picture.obey('holder', { do: 'proceed', run: 'a', epoch: 3 })).toEqual({
      ok: false,
      code: 'wrong-state',
    });
    expect(say('holder', 3)).toMatchObject({ ok: true });
    expect(say('holder', 3)).toEqual({ ok: false, code: 'wrong-state' });
  });

  test('[S21] is claimed once for each time it is offered, at a higher epoch each time', () => {
    const picture = new Picture([run('a', 1)], []);
    expect(picture.claim('a', 'one')).toEqual({ ok: false, code: 'not-offered' });
    picture.settle();
    const epochs: number[] = [];
    for (const holder of ['one', 'two', 'one', 'three']) {
      expect(picture.claim('a', holder).ok).toBe(true);
      expect(picture.claim('a', 'another').ok).toBe(false);
      epochs.push(picture.runs.get('a')?.claim?.epoch ?? 0);
      expect(picture.lose('a').ok).toBe(true);
      expect(picture.lose('a').ok).toBe(false);
    }
    expect(epochs).toEqual([1, 2, 3, 4]);
  });

  test('[S21] is held by nobody whose name no peer could read', () => {
    const picture = new Picture([inState('queued')], []);
    for (const holder of ['', 'x'.repeat(257)]) {
      expect(picture.claim('a', holder)).toEqual({ ok: false, code: 'malformed' });
    }
    expect(picture.stateOf('a')).toBe('queued');
  });

  test('[S22] is offered again once it has stalled, and keeps when it first began', () => {
    const picture = new Picture([inState('stalled')], []);
    const offered = picture.runs.get('a');
    expect(offered !== undefined && isOffered(picture, offered)).toBe(true);
    picture.claim('a', 'successor');
    expect(picture.runs.get('a')).toMatchObject({
      status: { state: 'running', at: 1_000 },
      claim: { holder: 'successor', epoch: 4, since: 1_000 },
      startedAt: 2,
    });
  });
});

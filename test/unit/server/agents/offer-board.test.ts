import { expect, test } from 'vitest';
import { agentLimits } from '../../../../server/agents/limits.ts';
import { OfferBoard, type Seat } from '../../../../server/agents/offer-board.ts';
import { manualClock } from '../../../../src/base/clock.ts';

class TestSeat implements Seat {
  readonly name: string;
  concurrency: number;
  /** What it was told, in order. */
  readonly told: string[] = [];
  seen: readonly string[] | undefined;

  constructor(concurrency = 1, name = 'guide') {
    this.concurrency = concurrency;
    this.name = name;
  }

  readonly sees = (session: string): boolean => this.seen?.includes(session) ?? true;

  offer({ run, state }: { run: string; state: string }): void {
    this.told.push(`offer ${run} ${state}`);
  }

  gone({ run }: { run: string }): void {
    this.told.push(`gone ${run}`);
  }
}

interface Table {
  readonly clock: ReturnType<typeof manualClock>;
  readonly board: OfferBoard;
  readonly seat: (concurrency?: number, name?: string) => TestSeat;
  readonly offer: (session: string, ...runs: readonly string[]) => void;
}

function table(): Table {
  const clock = manualClock();
  const board = new OfferBoard(clock);
  return {
    clock,
    board,
    seat: (concurrency, name) => {
      const seat = new TestSeat(concurrency, name);
      board.join(seat);
      return seat;
    },
    offer: (session, ...runs) =>
      board.setOffers(
        session,
        runs.map((run) => ({ run, agent: 'guide', state: 'queued' })),
      ),
  };
}

test('[W183] a run is offered to one agent of its name that sees the session, whoever came first', () => {
  const { board, offer, seat } = table();
  offer('s1', 'r1');
  expect(board.size).toBe(1);
  const other = seat(4, 'other');
  const blind = new TestSeat(4);
  blind.seen = [];
  board.join(blind);
  const [one, two] = [seat(4), seat(4)];
  offer('s2', 'r2');
  const told = [other, blind, one, two].map((each) => each.told);
  expect(told).toEqual([[], [], ['offer r1 queued'], ['offer r2 queued']]);
});

test('[W184] the one with least to do for what it takes is asked, and nobody beyond what it takes', () => {
  const { offer, seat } = table();
  const [large, small] = [seat(4), seat(1)];
  offer('s', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6');
  expect([large.told.length, small.told.length]).toEqual([4, 1]);
});

test('[W184] a place is free again when its agent is finished, or declines', () => {
  const { board, offer, seat } = table();
  const one = seat(1);
  offer('s', 'r1', 'r2');
  board.accept(one, 's', 'r1');
  offer('s', 'r2');
  expect(one.told).toEqual(['offer r1 queued']);
  board.finished(one, 's', 'r1');
  expect(one.told).toEqual(['offer r1 queued', 'offer r2 queued']);
  const two = seat(1);
  board.decline(one, 's', 'r2');
  expect(two.told).toEqual(['offer r2 queued']);
});

test('[W184] what is not answered, or not claimed, in time is offered to another', () => {
  const { board, clock, offer, seat } = table();
  const [one, two] = [seat(1), seat(1)];
  offer('s', 'r1');
  clock.advance(agentLimits.answerMs);
  expect([one.told, two.told]).toEqual([['offer r1 queued', 'gone r1'], ['offer r1 queued']]);
  board.accept(two, 's', 'r1');
  clock.advance(agentLimits.claimMs - 1);
  expect(two.told).toHaveLength(1);
  clock.advance(1);
  expect(two.told.at(-1)).toBe('gone r1');
  // All have passed: they are asked again after a while.
  clock.advance(agentLimits.againMs);
  expect(one.told.at(-1)).toBe('offer r1 queued');
});

test('[W184] what an agent had that is gone is offered to another, and what was claimed to nobody', () => {
  const { board, clock, offer, seat } = table();
  const [one, two] = [seat(2), seat(2)];
  offer('s', 'r1');
  board.accept(one, 's', 'r1');
  board.leave(one);
  expect(two.told).toEqual(['offer r1 queued']);
  board.accept(two, 's', 'r1');
  offer('s');
  clock.advance(agentLimits.claimMs + agentLimits.againMs);
  expect([two.told, board.size]).toEqual([['offer r1 queued'], 0]);
});

test('[W184] an agent that takes none any more is asked nothing, and keeps what it has', () => {
  const { board, offer, seat } = table();
  const one = seat(2);
  offer('s', 'r1');
  one.concurrency = 0;
  offer('s', 'r1', 'r2');
  expect(one.told).toEqual(['offer r1 queued']);
  one.concurrency = 2;
  board.assign('guide');
  expect(one.told).toEqual(['offer r1 queued', 'offer r2 queued']);
});

test('[W186] how many wait for the runs of a session is known by name', () => {
  const { board, seat } = table();
  seat();
  seat();
  const other = seat(1, 'other');
  other.seen = [];
  expect(board.serving('s')).toEqual([{ name: 'guide', connected: 2 }]);
});

// The lanes of a session: clients under which the holder of a claim writes, and nobody
// else. A lane whose claim ended well is granted again to the same principal, clock carried
// on, so that ten thousand runs do not leave ten thousand clients behind. One of a claim
// that was lost never is: nobody knows what its holder still has unsent.
//
//     granted (run, epoch) --ended, released--> free --granted--> ...
//          '--lost--> lost, for ever

import type { Chance } from '../../src/base/chance.ts';
import type { GrantedLane } from '../../src/protocol/claim.ts';
import type { Hold } from '../log/refusal.ts';
import type { Binding, LaneOf } from './record.ts';
import type { StructTable, Writer } from './struct-table.ts';

const FREE = '';

export class Lanes {
  #table: StructTable;
  /** Whose claim is good, and where each stood when the last batch began. */
  #held = new Map<Writer, number>();
  /** Tells what the log has to keep. */
  #keep: (binding: Binding) => void;

  constructor(table: StructTable, keep: (binding: Binding) => void) {
    this.#table = table;
    this.#keep = keep;
  }

  /** Lanes of one claim. */
  grant(chance: Chance, owner: string, claim: LaneOf, count: number): readonly GrantedLane[] {
    const writers = this.#table.writers.filter(
      (writer) => writer.owner === owner && writer.lane?.run === FREE,
    );
    const lanes: GrantedLane[] = [];
    for (let at = 0; at < count; at++) {
      const writer = writers[at] ?? this.#table.enter(freshClient(chance, this.#table), owner);
      this.#set(writer, claim);
      lanes.push({ client: writer.client, clock: writer.next });
    }
    return lanes;
  }

  /** The claim on a run ended well: all that was written under it has come. */
  free(run: string): void {
    for (const writer of this.#of(run)) this.#set(writer, { run: FREE, epoch: 0 });
  }

  /** The claim on a run was lost. */
  lose(run: string): void {
    for (const writer of this.#of(run)) {
      this.#held.delete(writer);
      if (writer.lane !== undefined) writer.lane.isHeld = false;
    }
  }

  /** What the log says of a lane. Whether its claim is good is for `revive` to say. */
  load({ client, owner, lane }: Binding): void {
    const writer = this.#table.enter(client, owner);
    if (lane === undefined) return;
    writer.lane = { ...lane, since: writer.next, isHeld: false };
  }

  /** Holds again what the log says was granted for this claim, which is good. */
  revive({ run, epoch }: LaneOf): void {
    for (const writer of this.#table.writers) {
      if (writer.lane?.run !== run || writer.lane.epoch !== epoch) continue;
      // What lies before may be of an earlier claim: it is judged with care.
      writer.lane = { ...writer.lane, since: writer.next, isHeld: true };
      this.#held.set(writer, writer.next);
    }
  }

  /** Under which claims something was written since the last call. */
  written(): readonly Hold[] {
    const holds = new Map<string, Hold>();
    for (const [writer, next] of this.#held) {
      if (writer.next === next || writer.lane === undefined) continue;
      this.#held.set(writer, writer.next);
      const { run, epoch } = writer.lane;
      holds.set(run, { run, epoch });
    }
    return [...holds.values()];
  }

  #of(run: string): readonly Writer[] {
    return [...this.#held.keys()].filter(({ lane }) => lane?.run === run);
  }

  #set(writer: Writer, { run, epoch }: LaneOf): void {
    const isHeld = run !== FREE;
    writer.lane = { run, epoch, since: writer.next, isHeld };
    if (isHeld) this.#held.set(writer, writer.next);
    else this.#held.delete(writer);
    this.#keep({ client: writer.client, owner: writer.owner ?? '', lane: { run, epoch } });
  }
}

/** A client that nobody ever wrote under. */
export function freshClient(chance: Chance, table: StructTable): number {
  for (;;) {
    const client = chance.uint32();
    if (client > 0 && table.writer(client) === undefined) return client;
  }
}

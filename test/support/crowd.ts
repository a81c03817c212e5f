// A few honest peers around one session, each with its own document: two people, an
// agent, and a room that decides like a server. What they do is deeds.ts; all chance
// comes from the seed. What reaches the room is kept, update by update, for those who
// read along.

import * as Y from 'yjs';
import { type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { type ManualClock, manualClock } from '../../src/base/clock.ts';
import { Bookkeeper } from '../../src/session/bookkeeper.ts';
import type { Outcome } from '../../src/session/bookkeeping.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import type { Run } from '../../src/session/run.ts';
import { createSession, openSession, type Session } from '../../src/session/session.ts';
import { Tally } from './tally.ts';

export class Crowd {
  readonly chance: Chance;
  readonly clock: ManualClock = manualClock(1_000_000);
  readonly room: Session;
  readonly people: readonly Session[];
  readonly agent: Session;
  readonly books: Bookkeeper;
  /** Every update of the room's document, in order, the first one included. */
  readonly updates: Uint8Array[] = [];
  readonly tally = new Tally();
  /** The reply writers that are open, by run. */
  readonly writers = new Map<string, ReplyWriter>();

  constructor(seed: number) {
    this.chance = seededChance(seed);
    const doc = this.#document();
    doc.on('update', (update) => this.updates.push(update));
    const options = { clock: this.clock, chance: this.chance };
    this.room = createSession({
      ...options,
      doc,
      principal: 'server',
      title: 'Talk',
      agent: 'helper',
    });
    this.people = ['ann', 'ben'].map((principal) =>
      openSession(this.#document(), { ...options, principal }),
    );
    this.agent = openSession(this.#document(), { ...options, principal: 'helper-1' });
    this.books = new Bookkeeper(this.room);
    this.deliverAll();
  }

  get peers(): readonly Session[] {
    return [this.room, ...this.people, this.agent];
  }

  /** Counts what became of a command. */
  note(outcome: Outcome): void {
    this.tally.add(outcome.ok ? 'granted' : `not granted ${outcome.code}`);
  }

  /** A run that is as wanted, as the room sees it. */
  run(wanted: (run: Run) => boolean = () => true): Run | undefined {
    return pick(this.chance, [...this.room.view.runs].filter(wanted));
  }

  deliver(from: Session, to: Session): void {
    if (from === to) return;
    const update = Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc));
    Y.applyUpdate(to.doc, update);
  }

  deliverAll(): void {
    for (const peer of this.peers) this.deliver(peer, this.room);
    for (const peer of this.peers) this.deliver(this.room, peer);
  }

  /** A document with a client of the seed, so that a world replays. */
  #document(): Y.Doc {
    const doc = new Y.Doc();
    doc.clientID = this.chance.uint32();
    return doc;
  }
}

// A small world that is the same each time: two people and a server with an agent, each
// with a document whose client is given, a clock that is turned by hand, chance from a
// seed, and lanes that are counted.

import * as Y from 'yjs';
import { seededChance } from '../../src/base/chance.ts';
import { type ManualClock, manualClock } from '../../src/base/clock.ts';
import { Bookkeeper } from '../../src/session/bookkeeper.ts';
import type { HolderCommand, Outcome } from '../../src/session/bookkeeping.ts';
import type { Lane } from '../../src/session/lane.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import type { Run } from '../../src/session/run.ts';
import { createSession, openSession, type Session } from '../../src/session/session.ts';

type Command = HolderCommand extends infer One
  ? One extends HolderCommand
    ? Omit<One, 'run' | 'epoch'>
    : never
  : never;

export class Stage {
  readonly clock: ManualClock = manualClock(1_750_000_000_000);
  readonly ann: Session;
  readonly ben: Session;
  /** On the server's document: the agent that holds runs. */
  readonly agent: Session;
  #books: Bookkeeper;
  #chance = seededChance(42);
  #lane = 5_000;

  constructor(title = 'A tour') {
    const [ann, ben, server] = [
      this.#document(1_001),
      this.#document(1_002),
      this.#document(1_003),
    ];
    const options = { clock: this.clock, chance: this.#chance };
    const made = { title, agent: 'helper', policy: 'concurrent' } as const;
    this.ann = createSession({ ...options, ...made, doc: ann, principal: 'ann', id: 'stage' });
    this.ben = openSession(ben, { ...options, principal: 'ben', id: 'stage' });
    this.agent = openSession(server, { ...options, principal: 'helper-1', id: 'stage' });
    this.#books = new Bookkeeper(this.agent, { lane: { client: 4_000, clock: 0 } });
    this.sync();
  }

  /** Brings everybody up to date, and time on. */
  sync(): void {
    const docs = [this.ann.doc, this.ben.doc, this.agent.doc];
    for (const from of docs) {
      for (const to of docs) {
        if (from === to) continue;
        Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
      }
    }
    this.clock.advance(1_000);
  }

  /** Decides all that is due. */
  settle(): void {
    this.sync();
    this.#books.settle();
    this.sync();
  }

  claim(run: string | null): void {
    this.settle();
    this.#need(this.#books.claim(run ?? '', this.agent.principal));
  }

  lose(run: string | null): void {
    const { id, claim } = this.#held(run);
    this.#need(this.#books.lose(id, claim.epoch));
  }

  obey(run: string | null, command: Command): void {
    this.sync();
    const { id, claim } = this.#held(run);
    const full = { ...command, run: id, epoch: claim.epoch };
    this.#need(this.#books.obey(claim.holder, full));
  }

  /** A claimed run's reply. */
  begin(run: string | null): ReplyWriter {
    return this.agent.begin(run ?? '', this.lane());
  }

  lane(): Lane {
    return { client: this.#lane++, clock: 0 };
  }

  #held(run: string | null): Run & { claim: NonNullable<Run['claim']> } {
    const found = this.agent.view.runs.get(run ?? '');
    if (found === undefined || found.claim === null) throw new Error(`Nobody holds ${run}.`);
    return { ...found, claim: found.claim };
  }

  #need(outcome: Outcome): void {
    if (!outcome.ok) throw new Error(outcome.code);
    this.sync();
  }

  #document(client: number): Y.Doc {
    const doc = new Y.Doc();
    doc.clientID = client;
    return doc;
  }
}

// A world from one seed: a server with its bookkeeping, people and agents with a
// document each, and a network between them. Every step is one act or one delivery;
// after it, whoever changed is checked against the invariants, its own history and
// the ledger of words. At the end all links heal and everybody must agree.

import { deepStrictEqual, ok } from 'node:assert/strict';
import * as Y from 'yjs';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { manualClock, type ManualClock } from '../../src/base/clock.ts';
import { Bookkeeper } from '../../src/session/bookkeeper.ts';
import type { HolderCommand, Outcome, Projection } from '../../src/session/bookkeeping.ts';
import { documentDigest } from '../../src/session/digest.ts';
import { checkHistory } from '../../src/session/history.ts';
import { checkInvariants } from '../../src/session/invariant.ts';
import type { Lane } from '../../src/session/lane.ts';
import { createSession, openSession, type Session } from '../../src/session/session.ts';
import type { View } from '../../src/session/view.ts';
import { Ledger } from './ledger.ts';
import {
  continues,
  createLink,
  hasHoles,
  type Link,
  sendDown,
  takeDown,
  takeUp,
} from './network.ts';
import type { Tally } from './tally.ts';
import { plainView } from './plain-view.ts';

export interface Peer {
  readonly name: string;
  readonly kind: 'person' | 'agent';
  session: Session;
  link: Link;
  seen: View;
  /** Changed since it was last checked. */
  touched: boolean;
  /** Lost its claims and does not know it yet: what it writes reaches nobody. */
  doomed: boolean;
}

const FROM_NET = 'net';

export class World {
  readonly chance: Chance;
  /** What this world is mostly about, so that short ones get somewhere too. */
  readonly mood: 'anything' | 'tools' | 'queue' | 'takeover';
  readonly clock: ManualClock = manualClock(1_700_000_000_000);
  readonly tally: Tally;
  readonly server: Session;
  readonly peers: Peer[] = [];
  readonly ledger = new Ledger();
  /** Lanes that lost their claim: the server takes nothing from them any more. */
  readonly revoked = new Set<number>();
  /** Lanes that ended cleanly, by agent. */
  readonly free = new Map<string, Lane[]>();
  serverSeen: View;
  #books: Bookkeeper;

  constructor(seed: number, tally: Tally) {
    this.chance = seededChance(seed);
    this.tally = tally;
    this.mood =
      pick(this.chance, ['anything', 'tools', 'queue', 'takeover'] as const) ?? 'anything';
    this.server = createSession({
      ...this.#options('server'),
      doc: this.#newDoc(),
      agent: 'guide',
      policy: pick(this.chance, ['enqueue', 'interrupt', 'concurrent', 'reject', 'steer'] as const),
    });
    this.serverSeen = this.server.view;
    this.#books = new Bookkeeper(this.server, {
      mayControl: (principal) => principal !== 'person-2',
      // The bytes as a server without a document would send them.
      sink: (update) => this.#broadcast(update, undefined),
    });
    const size = this.mood === 'anything' ? 2 + below(this.chance, 4) : 2 + below(this.chance, 2);
    for (let at = 0; at < size; at++) {
      const kind = at === 0 || (at > 1 && below(this.chance, 2) > 0) ? 'person' : 'agent';
      this.#join(`${kind}-${at}`, kind);
    }
  }

  get people(): readonly Peer[] {
    return this.peers.filter((peer) => peer.kind === 'person');
  }

  get agents(): readonly Peer[] {
    return this.peers.filter((peer) => peer.kind === 'agent');
  }

  get projection(): Projection {
    return this.#books.projection;
  }

  /** Obeys a holder's command, or counts why not. */
  obey(holder: string, command: HolderCommand): void {
    this.#count(this.#books.obey(holder, command));
  }

  #count(outcome: Outcome): boolean {
    if (!outcome.ok) this.tally.add(`refused ${outcome.code}`);
    return outcome.ok;
  }

  #settle(): void {
    const decisions = this.#books.settle();
    if (decisions > 0) this.tally.add('settled', decisions);
  }

  /** Grants a run; the agent begins with all that the server has. */
  claim(run: string, peer: Peer): boolean {
    if (!this.#count(this.#books.claim(run, peer.name))) return false;
    this.resync(peer);
    return true;
  }

  /** The claim is lost: the server takes nothing more from its lanes. */
  lose(run: string, epoch: number, lanes: readonly Lane[]): void {
    for (const { client } of lanes) this.revoked.add(client);
    this.#count(this.#books.lose(run, epoch));
  }

  /** A crash: whatever was not at the server is gone, and a new document begins from there. */
  restart(peer: Peer): void {
    this.tally.add('crash');
    peer.session.close();
    peer.session.doc.destroy();
    peer.link = createLink();
    peer.doomed = false;
    peer.session = this.#open(peer.name, peer);
    peer.seen = peer.session.view;
  }

  /** Brings a peer and the server to the same state, both ways, without going through the queues. */
  resync(peer: Peer): void {
    while (peer.link.up.length > 0) this.#arriveUp(peer, peer.link.up.shift());
    // Down first: what waits here for lost frames must not go up with its gaps.
    this.#catchUp(peer);
    this.#upload(peer);
    this.#catchUp(peer);
  }

  /** Gives the server all that a peer has. */
  #upload(peer: Peer): void {
    const known = Y.encodeStateVector(this.server.doc);
    this.#takeUpdate(peer, Y.encodeStateAsUpdate(peer.session.doc, known));
    this.#settle();
  }

  /** Gives a peer all that the server has. */
  #catchUp(peer: Peer): void {
    const { doc } = peer.session;
    peer.link.down = [];
    peer.link.lossy = false;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.server.doc, Y.encodeStateVector(doc)), FROM_NET);
    peer.touched = true;
  }

  deliverUp(peer: Peer): void {
    if (peer.link.cut) return;
    if (peer.link.lossy && peer.link.up.length === 0) this.resync(peer);
    else this.#arriveUp(peer, takeUp(peer.link, this.chance, this.tally));
  }

  deliverDown(peer: Peer): void {
    if (peer.link.cut) return;
    const update = takeDown(peer.link, this.chance, this.tally);
    if (update === undefined) return;
    Y.applyUpdate(peer.session.doc, update, FROM_NET);
    peer.touched = true;
  }

  /**
   * Checks everyone who changed. With holes in what arrived, a reply may stand there
   * before its run, a successor's words before those they follow, and Yjs has deleted
   * what a waiting struct replaces: then a view only has to be readable.
   */
  check(): void {
    for (const peer of this.peers) {
      if (!peer.touched || peer.doomed) continue;
      peer.touched = false;
      if (hasHoles(peer.link)) {
        this.tally.add('holes');
        ok(Array.isArray(peer.session.view.path), `${peer.name} can be read`);
      } else {
        peer.seen = this.#checkOne(peer.name, peer.session, peer.seen);
      }
    }
    this.serverSeen = this.#checkOne('server', this.server, this.serverSeen);
  }

  /** Heals everything, lets everything arrive, and compares everybody with the server. */
  finish(): void {
    for (const peer of this.peers) peer.link.cut = false;
    for (let round = 0; round < 2; round++) for (const peer of this.peers) this.resync(peer);
    this.check();
    const digest = documentDigest(this.server.doc);
    const view = plainView(this.server.view);
    for (const { name, session } of this.peers) {
      deepStrictEqual(documentDigest(session.doc), digest, `${name} has another document`);
      session.followSelection(false);
      const fresh = openSession(session.doc, { principal: 'reader' });
      deepStrictEqual(plainView(fresh.view), view);
      deepStrictEqual(checkInvariants(session.doc), []);
      fresh.close();
    }
    this.ledger.checkWhole(this.server.view);
    this.#checkAnswered();
  }

  #checkAnswered(): void {
    const { runs, requests } = this.server.view;
    for (const request of requests) {
      const state = runs.get(request.run)?.status.state;
      if (state === 'complete' || state === 'cancelled' || state === 'failed') {
        const answered = ['settled', 'refused', 'void'].includes(request.state);
        ok(answered, `the ${request.kind} ${request.id} is ${request.state}`);
      }
    }
  }

  #checkOne(name: string, session: Session, seen: View): View {
    const { view } = session;
    sound(name, checkInvariants(session.doc, view));
    sound(name, checkHistory(seen, view));
    this.ledger.check(name, view);
    return view;
  }

  #arriveUp(peer: Peer, frame: ReturnType<typeof takeUp>): void {
    if (frame === undefined) return;
    if ('command' in frame) {
      // A command is in order with the words before it: what was lost is sent again first.
      if (peer.link.lossy) {
        this.#catchUp(peer);
        this.#upload(peer);
      }
      this.obey(peer.name, frame.command);
      return;
    }
    if (!continues(this.server.doc, frame.update)) {
      this.tally.add('gap');
      peer.link.lossy = true;
      return;
    }
    this.#takeUpdate(peer, frame.update);
    this.#settle();
  }

  #takeUpdate(peer: Peer, update: Uint8Array): void {
    for (const client of Y.parseUpdateMeta(update).to.keys()) {
      if (!this.revoked.has(client)) continue;
      this.tally.add('fenced');
      return;
    }
    // What a zombie wrote elsewhere may hang on its refused words.
    if (!continues(this.server.doc, update)) return;
    // Only what is new goes on to the others: what was known already is cut.
    const forward = (fresh: Uint8Array): void => this.#broadcast(fresh, peer);
    this.server.doc.on('update', forward);
    Y.applyUpdate(this.server.doc, update, FROM_NET);
    this.server.doc.off('update', forward);
  }

  #broadcast(update: Uint8Array, from: Peer | undefined): void {
    for (const peer of this.peers) if (peer !== from) sendDown(peer.link, update);
  }

  #join(name: string, kind: Peer['kind']): void {
    const peer: Omit<Peer, 'session' | 'seen'> & Partial<Peer> = {
      name,
      kind,
      link: createLink(),
      touched: true,
      doomed: false,
    };
    const session = this.#open(name, peer);
    this.peers.push(Object.assign(peer, { session, seen: session.view }));
  }

  #open(name: string, peer: { link: Link; touched: boolean }): Session {
    const doc = this.#newDoc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.server.doc), FROM_NET);
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === FROM_NET) return;
      peer.link.up.push({ update });
      peer.touched = true;
    });
    return openSession(doc, this.#options(name));
  }

  #newDoc(): Y.Doc {
    const doc = new Y.Doc();
    doc.clientID = this.chance.uint32();
    return doc;
  }

  #options(principal: string): { principal: string; clock: ManualClock; chance: Chance } {
    return { principal, clock: this.clock, chance: this.chance };
  }
}

function sound(
  name: string,
  found: readonly { readonly id: string; readonly where: string }[],
): void {
  ok(found.length === 0, `${name} breaks ${JSON.stringify(found)}`);
}

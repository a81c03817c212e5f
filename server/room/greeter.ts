// What a peer hears and is asked when it comes in, and again when it may do something else
// or the room was read anew: what it has that the room lacks, and who is here.

import type { Ledger } from './ledger.ts';
import { packetOf, syncPacket } from './packet.ts';
import type { Peer } from './peer.ts';
import type { Presence } from './presence.ts';

export class Greeter {
  #presence: Presence;
  #ledger: () => Ledger<Peer>;

  constructor(presence: Presence, ledger: () => Ledger<Peer>) {
    this.#presence = presence;
    this.#ledger = ledger;
  }

  greet(peer: Peer): void {
    peer.isGreeted = true;
    if (peer.mayWrite) this.ask(peer);
    this.tellWhoIsHere(peer);
  }

  /** One question at a time: what does not fit until the answer comes is in the answer. */
  ask(peer: Peer): void {
    if (peer.isAsked) return;
    peer.isAsked = true;
    peer.wasAsked = true;
    if (!peer.isGone) peer.line.send([syncPacket('step1', this.#ledger().stateVector())]);
  }

  /** What changed of that since the last time. */
  tellChanges(peers: ReadonlySet<Peer>): void {
    const presence = this.#presence.flush();
    if (presence === undefined) return;
    const packet = packetOf(presence);
    for (const peer of peers) if (!peer.isGone) peer.line.send([packet]);
  }

  tellWhoIsHere(peer: Peer): void {
    const everybody = this.#presence.everybody();
    if (everybody !== undefined && !peer.isGone) peer.line.send([packetOf(everybody)]);
  }
}

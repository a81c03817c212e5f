// A network between peers and one server, as bad as networks are, from one seed.
// Up (peer to server) frames keep their order but are lost and repeated, and a gap
// is answered with a resync; down (server to peer) they are also reordered and
// merged. A cut link keeps what was sent for later, or loses it.

import * as Y from 'yjs';
import { below, type Chance } from '../../src/base/chance.ts';
import type { HolderCommand } from '../../src/session/bookkeeping.ts';
import type { Tally } from './tally.ts';

/** What goes up: words, or a holder's command in order with its words. */
export type Frame = { readonly update: Uint8Array } | { readonly command: HolderCommand };

/** One peer's connection. */
export interface Link {
  up: Frame[];
  down: { readonly seq: number; readonly update: Uint8Array }[];
  /** Sequence numbers on the way down: the next to send, and the highest that arrived. */
  sent: number;
  arrived: number;
  cut: boolean;
  /** Frames were lost, so the other side has to be asked what it knows. */
  lossy: boolean;
}

export const createLink = (): Link => ({
  up: [],
  down: [],
  sent: 0,
  arrived: -1,
  cut: false,
  lossy: false,
});

/** Sends an update down. */
export function sendDown(link: Link, update: Uint8Array): void {
  link.down.push({ seq: link.sent++, update });
}

/** Whether something that was sent before what has arrived has not arrived itself. */
export const hasHoles = (link: Link): boolean =>
  link.lossy || link.down.some(({ seq }) => seq < link.arrived);

/** Takes the next frame that goes up, after whatever the network does to it. */
export function takeUp(link: Link, chance: Chance, tally: Tally): Frame | undefined {
  const frame = link.up.shift();
  if (frame === undefined) return undefined;
  if (!('update' in frame)) return frame;
  const fate = below(chance, 20);
  if (fate === 0) {
    tally.add('lost up');
    link.lossy = true;
    return undefined;
  }
  if (fate === 1) {
    tally.add('repeated up');
    link.up.unshift(frame);
  }
  return frame;
}

/** Takes what arrives next at a peer: one frame from anywhere in the queue, perhaps repeated, or several merged. */
export function takeDown(link: Link, chance: Chance, tally: Tally): Uint8Array | undefined {
  if (link.down.length === 0) return undefined;
  const fate = below(chance, 20);
  if (fate === 0) {
    tally.add('lost down');
    link.lossy = true;
    link.down.shift();
    return undefined;
  }
  if (fate <= 2 && link.down.length > 1) {
    tally.add('merged down');
    const frames = link.down.splice(0, 1 + below(chance, link.down.length));
    for (const { seq } of frames) link.arrived = Math.max(link.arrived, seq);
    return Y.mergeUpdates(frames.map(({ update }) => update));
  }
  const at = fate <= 6 ? below(chance, link.down.length) : 0;
  const frame = link.down[at];
  if (frame === undefined) return undefined;
  if (at > 0) tally.add('reordered down');
  if (fate === 7) tally.add('repeated down');
  else link.down.splice(at, 1);
  link.arrived = Math.max(link.arrived, frame.seq);
  return frame.update;
}

/** Whether a document has all that an update refers to: the clocks before it, origins and parents. */
export function continues(doc: Y.Doc, update: Uint8Array): boolean {
  const { from, to } = Y.parseUpdateMeta(update);
  const known = (id: Y.ID): boolean =>
    id.clock < Math.max(Y.getState(doc.store, id.client), to.get(id.client) ?? 0);
  for (const [client, clock] of from) if (clock > Y.getState(doc.store, client)) return false;
  const { structs, ds } = Y.decodeUpdate(update);
  for (const [client, deletes] of ds.clients) {
    const last = deletes.at(-1);
    if (last !== undefined && !known(Y.createID(client, last.clock + last.len - 1))) return false;
  }
  return structs.every((struct) => {
    if (!(struct instanceof Y.Item)) return true;
    const parent: unknown = struct.parent;
    if (struct.origin !== null) return known(struct.origin);
    return parent instanceof Y.ID ? known(parent) : true;
  });
}

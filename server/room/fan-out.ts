// Shows a committed batch to everybody who is in the room, but to nobody what he sent
// himself, and tells those who waited that it is durable. The whole is framed once; a peer
// costs one write.

import type { Batch, Item } from './ledger.ts';
import { joined, syncPacket, type Packet } from './packet.ts';
import type { Peer } from './peer.ts';

/** What a peer is shown of a batch, joined, and how many frames that is. */
interface Shown {
  readonly packets: readonly Packet[];
  readonly frames: number;
}

const nothing: Shown = { packets: [], frames: 0 };

export function fanOut(peers: ReadonlySet<Peer>, batch: Batch<Peer>): void {
  const packets = batch.items.map(({ bytes }) => syncPacket('update', bytes));
  const senders = new Set(batch.items.map(({ from }) => from));
  const whole: Shown = { packets: [joined(packets)], frames: packets.length };
  for (const peer of peers) {
    const echoes = peer.due(batch.number);
    const shown = !peer.isJoined
      ? nothing
      : senders.has(peer)
        ? others(batch.items, packets, peer)
        : whole;
    const out = echoes.length === 0 ? shown.packets : [joined([...shown.packets, ...echoes])];
    if (out.length > 0) peer.line.send(out, false, shown.frames + echoes.length);
  }
}

function others(items: readonly Item<Peer>[], packets: readonly Packet[], peer: Peer): Shown {
  const foreign = packets.filter((_, at) => items[at]?.from !== peer);
  const { length } = foreign;
  return length === 0 ? nothing : { packets: [joined(foreign)], frames: length };
}

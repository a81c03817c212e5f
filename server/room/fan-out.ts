// Shows a committed batch to everybody who is in the room, but to nobody what he sent
// himself, and tells those who waited that it is durable. The whole is framed once; a peer
// costs one write.

import type { Batch, Item } from './ledger.ts';
import { joined, syncPacket, type Packet } from './packet.ts';
import type { Peer } from './peer.ts';

export function fanOut(peers: ReadonlySet<Peer>, batch: Batch<Peer>): void {
  const packets = batch.items.map(({ bytes }) => syncPacket('update', bytes));
  const senders = new Set(batch.items.map(({ from }) => from));
  const whole = [joined(packets)];
  for (const peer of peers) {
    const echoes = peer.due(batch.number);
    const shown = !peer.isJoined
      ? []
      : senders.has(peer)
        ? others(batch.items, packets, peer)
        : whole;
    const out = echoes.length === 0 ? shown : [joined([...shown, ...echoes])];
    if (out.length > 0) peer.line.send(out);
  }
}

function others(
  items: readonly Item<Peer>[],
  packets: readonly Packet[],
  peer: Peer,
): readonly Packet[] {
  const foreign = packets.filter((_, at) => items[at]?.from !== peer);
  return foreign.length === 0 ? [] : [joined(foreign)];
}

// WebSocket messages as bytes for a socket (RFC 6455, a server's: binary, whole, without
// mask or compression). A room frames each update once, and writes the same bytes to
// everybody; what belongs to one turn is joined, so that a turn costs a socket one write.

import { frameTypes, syncKinds } from '../../src/protocol/frame.ts';

const BINARY = 0x82;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Payloads above this are written beside their head and not copied. */
const COPIED_BYTES_MAX = 16 * 1024;

/** Bytes to be written one after the other. Shared between sockets: never written to. */
export type Packet = readonly Uint8Array[];

/** A message that is a frame of the protocol already. */
export function packetOf(frame: Uint8Array): Packet {
  return join([], frame);
}

/** An update, or another message of sync, around bytes that may be large. */
export function syncPacket(kind: keyof typeof syncKinds, payload: Uint8Array): Packet {
  return join([frameTypes.sync, syncKinds[kind], ...varUint(payload.length)], payload);
}

/** Makes small neighbours one. */
export function joined(packets: readonly Packet[]): Packet {
  const parts: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const settle = (): void => {
    if (small.length > 0)
      parts.push(small.length === 1 ? (small[0] ?? empty) : Buffer.concat(small));
    small = [];
  };
  for (const packet of packets) {
    for (const part of packet) {
      if (part.length <= COPIED_BYTES_MAX) small.push(part);
      else {
        settle();
        parts.push(part);
      }
    }
  }
  settle();
  return parts;
}

const empty = new Uint8Array();

function join(start: readonly number[], payload: Uint8Array): Packet {
  const head = [...headOf(start.length + payload.length), ...start];
  const isLarge = payload.length > COPIED_BYTES_MAX;
  const first = Buffer.allocUnsafe(head.length + (isLarge ? 0 : payload.length));
  first.set(head, 0);
  if (isLarge) return [first, payload];
  first.set(payload, head.length);
  return [first];
}

function varUint(value: number): readonly number[] {
  if (value < 0x80) return [value];
  return [0x80 | (value & 0x7f), ...varUint(value >>> 7)];
}

function headOf(length: number): readonly number[] {
  if (length < LENGTH_16) return [BINARY, length];
  if (length < 2 ** 16) return [BINARY, LENGTH_16, length >> 8, length & 0xff];
  const low = [24, 16, 8, 0].map((shift) => (length >>> shift) & 0xff);
  return [BINARY, LENGTH_64, 0, 0, 0, 0, ...low];
}

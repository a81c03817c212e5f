import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { joined, packetOf, syncPacket, type Packet } from '../../../../server/room/packet.ts';
import { decodeFrame, encodeFrame } from '../../../../src/protocol/frame.ts';

/** Exported, and not in its types. */
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: object) => Writable;
};

/** Messages as the library reads them that stock clients in Node use. */
function received(packets: readonly Packet[]): readonly Buffer[] {
  const messages: Buffer[] = [];
  const receiver = new Receiver({ isServer: false, binaryType: 'nodebuffer' });
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(true);
    messages.push(Buffer.from(data));
  });
  receiver.on('error', (error: Error) => {
    throw error;
  });
  for (const part of packets.flat()) receiver.write(part);
  return messages;
}

const sizes = [0, 1, 2, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 16_383, 16_384, 16_385]
  .concat([65_520, 65_530, 65_531, 65_532, 65_533, 65_534, 65_535, 65_536, 65_537, 1_000_000])
  .concat([8 * 1024 * 1024]);

test('[W163] an update of any size is one whole message of the protocol', () => {
  for (const size of sizes) {
    const update = new Uint8Array(size).fill(7);
    for (const kind of ['step1', 'step2', 'update'] as const) {
      const packets = [syncPacket(kind, update)];
      const type = ({ step1: 'sync-step-1', step2: 'sync-step-2', update: 'update' } as const)[
        kind
      ];
      const [message, ...rest] = received(packets);
      expect(rest).toEqual([]);
      const frame =
        type === 'sync-step-1'
          ? encodeFrame({ type, stateVector: update })
          : encodeFrame({ type, update });
      expect(message?.equals(frame), `${kind} of ${size}`).toBe(true);
    }
  }
});

test('[W163] a frame of any size is one whole message', () => {
  for (const size of sizes) {
    const frame = new Uint8Array(size).fill(9);
    const [message, ...rest] = received([packetOf(frame)]);
    expect(rest).toEqual([]);
    expect(message?.equals(frame), String(size)).toBe(true);
  }
});

test('[W163] what is joined is the same messages, and large ones are not copied', () => {
  const large = new Uint8Array(100_000).fill(3);
  const packets = [
    packetOf(Uint8Array.of(3)),
    syncPacket('update', Uint8Array.of(0, 0)),
    syncPacket('update', large),
    packetOf(Uint8Array.of(1, 1, 0)),
  ];
  const one = joined(packets);
  expect(one).toContain(large);
  expect(one.length).toBe(3);
  expect(received([one])).toEqual(received(packets));
  expect(received([one]).every((message) => decodeFrame(message).ok)).toBe(true);
  expect(joined([])).toEqual([]);
});

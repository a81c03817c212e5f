// The messages in what a room writes to a socket, as a client of WebSockets reads them.

import { decodeFrame, type Frame } from '../../src/protocol/frame.ts';
import type { Packet } from '../../server/room/packet.ts';

/** The payloads of whole, unmasked, binary messages. Throws on anything else. */
export function messagesOf(packets: readonly Packet[]): readonly Uint8Array[] {
  const bytes = Buffer.concat(packets.flat());
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] !== 0x82) throw new Error(`no whole binary message at ${at}`);
    const short = bytes[at + 1] ?? 0;
    at += 2;
    let size = short;
    if (short === 126) {
      size = bytes.readUInt16BE(at);
      at += 2;
    } else if (short === 127) {
      size = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    if (at + size > bytes.length) throw new Error('a message without its end');
    messages.push(bytes.subarray(at, at + size));
    at += size;
  }
  return messages;
}

export function framesOf(packets: readonly Packet[]): readonly Frame[] {
  return messagesOf(packets).map((message) => {
    const decoded = decodeFrame(message);
    if (!decoded.ok) throw new Error(`the server sent what is no frame: ${decoded.rule}`);
    return decoded.frame;
  });
}

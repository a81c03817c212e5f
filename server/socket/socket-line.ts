// The way out of one WebSocket: whole messages, framed once by the room for all, written to
// the TCP socket directly. `ws` reads, and writes its own control frames to the same
// socket; each write here is a whole number of frames, and there is no compression, so the
// two never mix. Who does not take what it is sent is cut off, never skipped.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import type { Packet } from '../room/packet.ts';
import type { Line } from '../room/peer.ts';

export interface LineReport {
  /** So many frames were handed to the socket, with their heads so many bytes. */
  sent(frames: number, bytes: number): void;
  /** It did not take what it was sent, and was cut off. */
  slow(): void;
}

export class SocketLine implements Line {
  #ws: WebSocket;
  #socket: Duplex;
  #bytesMax: number;
  /** Of what waits, what this peer asked for itself: a long session on a slow line is no fault. */
  #owed = 0;
  #report: LineReport;
  #taken: (() => void)[] = [];

  constructor(ws: WebSocket, socket: Duplex, bytesMax: number, report: LineReport) {
    this.#ws = ws;
    this.#socket = socket;
    this.#bytesMax = bytesMax;
    this.#report = report;
    socket.on('drain', () => {
      this.#owed = 0;
      for (const callback of this.#taken.splice(0)) callback();
    });
  }

  get isBehind(): boolean {
    return this.#owed > 0 && this.#socket.writableNeedDrain;
  }

  whenTaken(callback: () => void): void {
    this.#taken.push(callback);
  }

  send(packets: readonly Packet[], own = false, frames = packets.length): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    const socket = this.#socket;
    const before = socket.writableLength;
    if (before === 0) this.#owed = 0;
    // It asks for everything again and again, and takes nothing of it.
    if (own && this.#owed > this.#bytesMax && before > this.#bytesMax) return this.#cutOff();
    const [first] = packets;
    const [only] = first ?? [];
    if (packets.length === 1 && first?.length === 1 && only !== undefined) {
      socket.write(only);
    } else {
      socket.cork();
      for (const packet of packets) for (const part of packet) socket.write(part);
      socket.uncork();
    }
    this.#report.sent(frames, bytesOf(packets));
    if (own) this.#owed += socket.writableLength - before;
    else if (socket.writableLength > this.#bytesMax + this.#owed) this.#cutOff();
  }

  close(reason: CloseReason): void {
    this.#ws.close(reason.code, reason.name);
    // What it sent before it heard is not read any more; the close has to be.
    this.#ws.resume();
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** A farewell would wait behind all that it does not take. */
  #cutOff(): void {
    this.#report.slow();
    this.#ws.close(closeReasons.busy.code, closeReasons.busy.name);
    this.#ws.terminate();
  }
}

function bytesOf(packets: readonly Packet[]): number {
  let bytes = 0;
  for (const packet of packets) for (const { length } of packet) bytes += length;
  return bytes;
}

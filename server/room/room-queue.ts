// What arrived and cannot be taken yet, because the session is being read or a large answer
// judged, and the peers that are not read from meanwhile, so that it stays bounded.

import type { ClaimRequest } from '../../src/protocol/claim.ts';
import type { Frame } from '../../src/protocol/frame.ts';
import type { Peer } from './peer.ts';

/** A frame, or what a holder asks in one. */
export type RoomFrame = Frame | { readonly type: 'claiming'; readonly request: ClaimRequest };

export interface WaitingFrame {
  readonly peer: Peer;
  readonly frame: RoomFrame;
  readonly bytes: number;
}

export class RoomQueue {
  #bytesMax: number;
  #openBytes: () => number;
  #frames: WaitingFrame[] = [];
  #bytes = 0;
  #held = new Set<Peer>();

  /** `openBytes` says how much waits for the log. */
  constructor(bytesMax: number, openBytes: () => number) {
    this.#bytesMax = bytesMax;
    this.#openBytes = openBytes;
  }

  get size(): number {
    return this.#frames.length;
  }

  peers(): readonly Peer[] {
    return this.#frames.map(({ peer }) => peer);
  }

  push(waiting: WaitingFrame): void {
    this.#frames.push(waiting);
    this.#bytes += waiting.bytes;
  }

  shift(): WaitingFrame | undefined {
    const waiting = this.#frames.shift();
    this.#bytes -= waiting?.bytes ?? 0;
    return waiting;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }

  forget(peer: Peer): void {
    this.#held.delete(peer);
  }

  /** Reads no more from a peer while too much waits. */
  holdBack(peer: Peer): void {
    if (this.#waiting <= this.#bytesMax || peer.isGone || this.#held.has(peer)) return;
    this.#held.add(peer);
    peer.line.pause();
  }

  letGo(): void {
    if (this.#held.size === 0 || this.#waiting > this.#bytesMax / 2) return;
    for (const peer of this.#held) peer.line.resume();
    this.#held.clear();
  }

  get #waiting(): number {
    return this.#bytes + this.#openBytes();
  }
}

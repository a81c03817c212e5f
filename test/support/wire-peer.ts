// A peer with a document on a raw connection: it says and answers what a stock Yjs client
// does, and can end and come again with the same document, which a stock provider only does
// on a timer. It keeps apart what others wrote and the server showed (`shown`), because that
// is what a server must never lose.

import * as Y from 'yjs';
import type { Frame } from '../../src/protocol/frame.ts';
import { connect, type WireClient, type WireOptions } from './wire-client.ts';

export interface WirePeerOptions extends Omit<WireOptions, 'onFrame' | 'forgetful'> {
  /** What the peer has already; a new document where absent. */
  readonly doc?: Y.Doc;
}

export class WirePeer {
  readonly doc: Y.Doc;
  /** By client, the next clock of what the server has shown, own words that came back included. */
  readonly shown = new Map<number, number>();
  /** Refusals of what this peer sent, each of which ends its connection. */
  readonly refused: string[] = [];
  #options: WirePeerOptions;
  #wire: WireClient | undefined;
  #answered = Promise.withResolvers<void>();

  constructor(options: WirePeerOptions) {
    this.#options = options;
    this.doc = options.doc ?? new Y.Doc();
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this && this.isOpen) {
        this.wire.send({ type: 'update', update });
      }
    });
  }

  get isOpen(): boolean {
    return this.#wire?.isOpen === true;
  }

  get wire(): WireClient {
    if (this.#wire === undefined) throw new Error('this peer never joined');
    return this.#wire;
  }

  /** Connects, and resolves when both sides have answered each other. */
  async join(changes: Partial<WireOptions> = {}): Promise<void> {
    this.#answered = Promise.withResolvers();
    const onFrame = (frame: Frame, from: WireClient): void => this.#hear(frame, from);
    const wire = await connect({ ...this.#options, ...changes, forgetful: true, onFrame });
    this.#wire = wire;
    const synced = wire.next('sync-step-2');
    wire.send({ type: 'sync-step-1', stateVector: Y.encodeStateVector(this.doc) });
    await Promise.all([synced, Promise.race([this.#answered.promise, failed(wire)])]);
  }

  /** All that was written here before is durable once this resolves. */
  barrier(): Promise<void> {
    return this.wire.barrier();
  }

  async leave(): Promise<void> {
    await this.wire.terminate();
  }

  #hear(frame: Frame, from: WireClient): void {
    switch (frame.type) {
      case 'sync-step-1':
        from.send({
          type: 'sync-step-2',
          update: Y.encodeStateAsUpdate(this.doc, frame.stateVector),
        });
        this.#answered.resolve();
        break;
      case 'sync-step-2':
      case 'update':
        this.#note(frame.update);
        Y.applyUpdate(this.doc, frame.update, this);
        break;
      case 'command':
        if (!frame.json.includes('"refused"')) break;
        this.refused.push(frame.json);
        // Nothing more of it would be taken, and no barrier comes back any more.
        void from.terminate();
        break;
      default:
    }
  }

  #note(update: Uint8Array): void {
    for (const [client, clock] of Y.parseUpdateMeta(update).to) {
      this.shown.set(client, Math.max(clock, this.shown.get(client) ?? 0));
    }
  }
}

async function failed(wire: WireClient): Promise<never> {
  const { code, reason } = await wire.closed;
  throw new Error(`the connection ended with ${code} ${reason} before it was synced`);
}

/** Resolves when the document is so, now or after one of its next updates. */
export function untilDocument(doc: Y.Doc, isSo: (doc: Y.Doc) => boolean): Promise<void> {
  if (isSo(doc)) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(doc)) return;
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
  });
}

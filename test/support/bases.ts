// Small real sessions to attack: a little of everything that a crowd does, encoded.

import * as Y from 'yjs';
import { busyCrowd } from './deeds.ts';

export class Bases {
  readonly #bases: readonly Uint8Array[];

  constructor(seed: number) {
    this.#bases = Array.from({ length: 16 }, (_, at) =>
      Y.encodeStateAsUpdate(busyCrowd(seed + at, 14).room.doc),
    );
  }

  /** One of them, for any whole number. */
  get(at: number): Uint8Array {
    return this.#bases[at % this.#bases.length] ?? new Uint8Array();
  }
}

/** A document of its own from an update. */
export function load(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc;
}

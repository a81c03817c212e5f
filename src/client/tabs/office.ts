// The office of writer, as one tab stands for it: it is given up while the page stands still, and
// stood for again afterwards.

import type { Election } from './election.ts';

export class Office {
  readonly #stand: () => Election;
  #election: Election | undefined;
  #isClosed = false;

  /** Does not stand yet. */
  constructor(stand: () => Election) {
    this.#stand = stand;
  }

  stand(): void {
    if (!this.#isClosed) this.#election ??= this.#stand();
  }

  giveUp(): void {
    this.#election?.close();
    this.#election = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.giveUp();
  }
}

// Where tokens come from: a text that the app replaces, or a function that it gave. Who the
// token is about is noted each time, so that a device that starts without a network knows.

import { clientError } from './error.ts';
import { principalOf } from './principal.ts';

export type TokenGiver = string | (() => Promise<string>);

export class TokenSource {
  #giver: TokenGiver;
  #heard: (principal: string) => void;

  constructor(giver: TokenGiver, heard: (principal: string) => void) {
    this.#giver = giver;
    this.#heard = heard;
  }

  /** Of a token that is known without asking. */
  get principal(): string | undefined {
    return typeof this.#giver === 'string' ? principalOf(this.#giver) : undefined;
  }

  replace(giver: TokenGiver): void {
    this.#giver = giver;
  }

  /** Rejects with `token` where the app gave none. */
  readonly next = async (): Promise<string> => {
    const giver = this.#giver;
    let token: unknown;
    try {
      token = typeof giver === 'string' ? giver : await giver();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it said no more';
      throw clientError('token', `The token function failed: ${why}`);
    }
    if (typeof token !== 'string' || token === '') {
      throw clientError('token', 'The token function gave no token; let it resolve with a text.');
    }
    const principal = principalOf(token);
    if (principal !== undefined) this.#heard(principal);
    return token;
  };
}

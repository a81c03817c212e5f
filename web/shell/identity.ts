// Who uses the app now, from the first look at the address to signing out: it decides which
// client the page works with. A link in the address counts most, then who was here last, then
// the machine itself. The token in the address is taken out of it before anything else happens.
//
//     looking ──▶ in (a client) ──sign out, cleared──▶ out
//        └──────▶ out ──a link, another try──▶ in

import { type Client, createClient } from 'holdfast';
import { Store } from '../base/store.ts';
import {
  type Account,
  type AccountBook,
  accountOf,
  currentOf,
  storeBook,
  storedBook,
  withAccount,
  withoutAccount,
} from './accounts.ts';
import { forgetSynced } from './last-synced.ts';
import { askMachine } from './machine-token.ts';
import { keepOffline, offlineCount } from './offline-wish.ts';
import { invitationIn, tokenIn } from './token.ts';

export type Identity =
  | { readonly state: 'looking' }
  | { readonly state: 'in'; readonly account: Account; readonly client: Client }
  | { readonly state: 'out'; readonly why: 'uninvited' | 'unreachable' | 'signed-out' | 'ended' };

class IdentityKeeper {
  readonly now = new Store<Identity>({ state: 'looking' });
  readonly book = new Store<AccountBook>(storedBook());
  /** The secret of an invitation to a session, until it was redeemed. */
  readonly invitation = new Store<string | null>(null);

  async start(): Promise<void> {
    const { hash } = location;
    const token = hash.includes('token=') ? tokenIn(hash) : undefined;
    this.invitation.set(invitationIn(hash) ?? null);
    if (token !== undefined || this.invitation.get() !== null) {
      history.replaceState(history.state, '', location.pathname + location.search);
    }
    const account = token === undefined ? currentOf(this.book.get()) : accountOf(token);
    if (account === undefined) await this.lookAgain();
    else this.#enter(account);
  }

  /** Asks the machine's server. */
  async lookAgain(): Promise<void> {
    const given = await askMachine({});
    if (given.ok) {
      const { principal, name } = given;
      this.#enter({ source: 'machine', principal, name });
    } else {
      this.now.set({ state: 'out', why: given.why === 'not-local' ? 'uninvited' : 'unreachable' });
    }
  }

  /** By a link, or by the token in it. False where it is neither. */
  signIn(text: string): boolean {
    const token = tokenIn(text);
    const account = token === undefined ? undefined : accountOf(token);
    if (account === undefined) return false;
    const { state } = this.now.get();
    const same = this.account?.principal === account.principal && state === 'in';
    if (same) this.#renew(account);
    else this.#enter(account);
    return true;
  }

  switchTo(principal: string): void {
    const account = this.book.get().accounts.find((known) => known.principal === principal);
    if (account !== undefined) this.#enter(account);
  }

  /** Another person at the same machine, to try sharing with. */
  async beOnMachine(as: string): Promise<boolean> {
    const given = await askMachine({ as });
    if (given.ok) {
      this.#enter({ source: 'machine', principal: given.principal, name: given.name, as });
    }
    return given.ok;
  }

  /** How others see this person from now on. Only the machine's own accounts may say so. */
  rename(name: string): void {
    const { account } = this;
    if (account?.source !== 'machine') return;
    this.#renew({ ...account, name });
  }

  /** Deletes what is on this device, in every tab. */
  async signOut(): Promise<void> {
    const now = this.now.get();
    if (now.state !== 'in') return;
    this.#store(withoutAccount(this.book.get(), now.account.principal));
    await now.client.signOut();
    this.now.set({ state: 'out', why: 'signed-out' });
  }

  get account(): Account | undefined {
    const now = this.now.get();
    return now.state === 'in' ? now.account : undefined;
  }

  /** Tries again at once, with the token as it is now. */
  retry(): void {
    const now = this.now.get();
    if (now.state === 'in') now.client.renew(this.tokenOf(now.account.principal));
  }

  #enter(account: Account): void {
    const before = this.now.get();
    this.#store(withAccount(this.book.get(), account));
    if (before.state === 'in') void before.client.close();
    const client = createClient({
      url: location.origin,
      token: this.tokenOf(account.principal),
      principal: account.principal,
      keepOffline: keepOffline(offlineCount()),
    });
    client.subscribeStatus(({ isSignedOut }) => {
      const now = this.now.get();
      const isOurs = now.state === 'in' && now.client === client;
      if (!isSignedOut || !isOurs) return;
      this.now.set({ state: 'out', why: 'signed-out' });
      forgetSynced(account.principal);
    });
    this.now.set({ state: 'in', account, client });
  }

  #renew(account: Account): void {
    const now = this.now.get();
    this.#store(withAccount(this.book.get(), account));
    if (now.state !== 'in') return;
    this.now.set({ ...now, account });
    this.retry();
  }

  /** Gives a token of this account. What another tab stored counts as well: it may have signed in anew. */
  tokenOf(principal: string): () => Promise<string> {
    return async () => {
      const known = storedBook().accounts.find((account) => account.principal === principal);
      const account = known ?? this.book.get().accounts.find((one) => one.principal === principal);
      if (account?.source === 'link') return account.token;
      const given = await askMachine({ as: account?.as, name: account?.name });
      if (given.ok) return given.token;
      throw new Error(
        given.why === 'not-local' ? 'this server asks for an invitation' : 'there is no connection',
      );
    };
  }

  #store(book: AccountBook): void {
    this.book.set(book);
    storeBook(book);
  }
}

export const identity = new IdentityKeeper();

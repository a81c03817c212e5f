// Who has signed in on this browser, and who of them is in use. An account of the machine is
// given a token for nothing, by a server that runs on the same machine; an account of a link has
// the token that was in it. What stands in storage is read with suspicion.

import { recall, remember } from '../base/remembered.ts';
import { readToken } from './token.ts';

export interface MachineAccount {
  readonly source: 'machine';
  readonly principal: string;
  readonly name: string;
  /** Under which name the machine's server is asked; absent for its usual one. */
  readonly as?: string;
}

export interface LinkAccount {
  readonly source: 'link';
  readonly principal: string;
  readonly name: string;
  readonly token: string;
}

export type Account = MachineAccount | LinkAccount;

export interface AccountBook {
  readonly current: string | null;
  readonly accounts: readonly Account[];
}

const KEY = 'holdfast:accounts';
const accountsMax = 20;
const empty: AccountBook = { current: null, accounts: [] };

export function accountOf(token: string): LinkAccount | undefined {
  const facts = readToken(token);
  if (facts === undefined) return undefined;
  return { source: 'link', principal: facts.principal, name: facts.name, token };
}

/** Puts an account first and in use, in the place of the one of the same principal. */
export function withAccount(book: AccountBook, account: Account): AccountBook {
  const others = book.accounts.filter(({ principal }) => principal !== account.principal);
  return {
    current: account.principal,
    accounts: [account, ...others].slice(0, accountsMax),
  };
}

export function withoutAccount(book: AccountBook, principal: string): AccountBook {
  const accounts = book.accounts.filter((account) => account.principal !== principal);
  return { current: book.current === principal ? null : book.current, accounts };
}

export function currentOf(book: AccountBook): Account | undefined {
  return book.accounts.find(({ principal }) => principal === book.current);
}

export function readBook(text: string | null): AccountBook {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (!isRecord(value) || !Array.isArray(value['accounts'])) return empty;
    const accounts = value['accounts'].flatMap(readAccount).slice(0, accountsMax);
    const { current } = value;
    return { current: typeof current === 'string' ? current : null, accounts };
  } catch {
    return empty;
  }
}

export const storedBook = (): AccountBook => readBook(recall(KEY));

export function storeBook(book: AccountBook): void {
  remember(KEY, JSON.stringify(book));
}

function readAccount(value: unknown): readonly Account[] {
  if (!isRecord(value)) return [];
  const { source, principal, name, token, as } = value;
  if (typeof principal !== 'string' || principal === '' || typeof name !== 'string') return [];
  if (source === 'machine') {
    return [{ source, principal, name, ...(typeof as === 'string' && { as }) }];
  }
  return source === 'link' && typeof token === 'string' ? [{ source, principal, name, token }] : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

// What the app asks of the server beside its sessions: who may see one, and by which links. Every
// answer is a value, whatever went wrong, and nothing that the server says is believed unread.

import { useMemo } from 'react';
import { useClient } from 'holdfast/react';
import { identity } from './identity.ts';

export const roles = ['owner', 'editor', 'commenter', 'viewer'] as const;

export type Role = (typeof roles)[number];

export interface Member {
  readonly principal: string;
  readonly role: Role;
}

export interface InviteLink {
  readonly digest: string;
  readonly role: Role;
}

export type ApiAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  /** `unreachable`, or the server's own code. */
  | { readonly ok: false; readonly code: string; readonly sentence: string };

export interface ApiOptions {
  readonly token: () => Promise<string>;
  readonly fetch: typeof globalThis.fetch;
}

type Read<Value> = (body: unknown) => Value | undefined;

export class Api {
  #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  members(session: string): Promise<ApiAnswer<readonly Member[]>> {
    return this.#ask('GET', `/api/sessions/${session}/members`, undefined, (body) =>
      listIn(body, 'members', memberOf),
    );
  }

  invite(session: string, principal: string, role: Role): Promise<ApiAnswer<true>> {
    const path = `/api/sessions/${session}/members/${encodeURIComponent(principal)}`;
    return this.#ask('PUT', path, { role }, done);
  }

  remove(session: string, principal: string): Promise<ApiAnswer<true>> {
    const path = `/api/sessions/${session}/members/${encodeURIComponent(principal)}`;
    return this.#ask('DELETE', path, undefined, done);
  }

  links(session: string): Promise<ApiAnswer<readonly InviteLink[]>> {
    return this.#ask('GET', `/api/sessions/${session}/links`, undefined, (body) =>
      listIn(body, 'links', linkOf),
    );
  }

  /** The secret is told this once. */
  makeLink(session: string, role: Role): Promise<ApiAnswer<string>> {
    return this.#ask('POST', `/api/sessions/${session}/links`, { role }, (body) =>
      textIn(body, 'secret'),
    );
  }

  revoke(session: string, digest: string): Promise<ApiAnswer<true>> {
    return this.#ask('DELETE', `/api/sessions/${session}/links/${digest}`, undefined, done);
  }

  /** The session that it leads to. */
  redeem(secret: string): Promise<ApiAnswer<string>> {
    return this.#ask('POST', '/api/links/redeem', { secret }, (body) => textIn(body, 'session'));
  }

  /** The whole session as the server has it. */
  transcript(session: string): Promise<ApiAnswer<unknown>> {
    return this.#ask('GET', `/api/sessions/${session}?format=json`, undefined, (body) => body);
  }

  erase(session: string): Promise<ApiAnswer<true>> {
    return this.#ask('DELETE', `/api/sessions/${session}`, undefined, done);
  }

  async #ask<Value>(
    method: string,
    path: string,
    body: unknown,
    read: Read<Value>,
  ): Promise<ApiAnswer<Value>> {
    try {
      const token = await this.#options.token();
      const answer = await this.#options.fetch(path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const said: unknown = answer.status === 204 ? {} : await answer.json();
      if (!answer.ok) return refusalOf(said);
      const value = read(said);
      return value === undefined ? refusalOf(undefined) : { ok: true, value };
    } catch {
      return { ok: false, code: 'unreachable', sentence: '' };
    }
  }
}

export function useApi(): Api {
  const client = useClient();
  return useMemo(
    () =>
      new Api({
        token: identity.tokenOf(client.principal ?? ''),
        fetch: (input, init) => globalThis.fetch(input, init),
      }),
    [client],
  );
}

const done: Read<true> = () => true;

function refusalOf(said: unknown): { ok: false; code: string; sentence: string } {
  const error = isRecord(said) ? said['error'] : undefined;
  const code = textIn(error, 'code') ?? 'unreadable';
  return { ok: false, code, sentence: textIn(error, 'message') ?? '' };
}

function listIn<Item>(body: unknown, key: string, read: Read<Item>): readonly Item[] | undefined {
  const list = isRecord(body) ? body[key] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.map(read).filter((item) => item !== undefined);
}

function textIn(body: unknown, key: string): string | undefined {
  const text = isRecord(body) ? body[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}

const roleIn = (value: unknown): Role | undefined => {
  const name = textIn(value, 'role');
  return roles.find((role) => role === name);
};

const memberOf: Read<Member> = (value) => {
  const principal = textIn(value, 'principal');
  const role = roleIn(value);
  return principal === undefined || role === undefined ? undefined : { principal, role };
};

const linkOf: Read<InviteLink> = (value) => {
  const digest = textIn(value, 'digest');
  const role = roleIn(value);
  return digest === undefined || role === undefined ? undefined : { digest, role };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

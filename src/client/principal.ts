// Who writes here. A token says so, but a device that starts without a network may have none:
// then it is whoever was here last. The token is only read, never believed: what may be done
// is the server's to say.

import { isJsonObject } from '../base/json.ts';
import { limits } from '../protocol/limits.ts';
import type { Remembered } from './platform.ts';

/** The subject of a token; undefined where it is none. Never throws. */
export function principalOf(token: string): string | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0);
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const sub = isJsonObject(claims) ? claims['sub'] : undefined;
    const isOne =
      typeof sub === 'string' && sub.length > 0 && sub.length <= limits.principalCharsMax;
    return isOne ? sub : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (url: string): string => `holdfast:principal:${url}`;

/** Who was here last, on this server. */
export function lastPrincipal(remembered: Remembered, url: string): string | undefined {
  return remembered.get(keyOf(url)) ?? undefined;
}

export function rememberPrincipal(
  remembered: Remembered,
  url: string,
  principal: string | null,
): void {
  remembered.set(keyOf(url), principal);
}

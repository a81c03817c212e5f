// A token for whoever sits at the machine on which the server runs. A server for others has none
// to give, and says so.

export type MachineToken =
  | { readonly ok: true; readonly token: string; readonly principal: string; readonly name: string }
  | { readonly ok: false; readonly why: 'not-local' | 'unreachable' };

export interface MachineWish {
  readonly as?: string | undefined;
  /** How others see them. */
  readonly name?: string | undefined;
}

export async function askMachine({ as, name }: MachineWish): Promise<MachineToken> {
  const query = as === undefined ? '' : `?as=${encodeURIComponent(as)}`;
  try {
    const answer = await fetch(`/api/local-token${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(name === undefined ? {} : { name }),
    });
    if (answer.status >= 500) return { ok: false, why: 'unreachable' };
    const said: unknown = answer.ok ? await answer.json() : undefined;
    return readAnswer(said) ?? { ok: false, why: 'not-local' };
  } catch {
    return { ok: false, why: 'unreachable' };
  }
}

function readAnswer(said: unknown): MachineToken | undefined {
  if (typeof said !== 'object' || said === null) return undefined;
  const { token, principal } = said as { token?: unknown; principal?: unknown };
  if (typeof token !== 'string' || typeof principal !== 'object' || principal === null) {
    return undefined;
  }
  const { id, name } = principal as { id?: unknown; name?: unknown };
  if (typeof id !== 'string') return undefined;
  return { ok: true, token, principal: id, name: typeof name === 'string' ? name : id };
}

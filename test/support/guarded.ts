// A guard over a log, people with tokens, and what it told.

import { Guard } from '../../server/access/guard.ts';
import type { Role } from '../../server/access/role.ts';
import type { Log } from '../../server/log/log.ts';
import { MemoryLog } from '../../server/log/memory.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import { rights, type Claims } from '../../src/protocol/token.ts';

export const session = 'AbCdEfGhIjKlMnOpQrStUv';
export const other = 'XyCdEfGhIjKlMnOpQrStUv';

/** A person who may do everything wherever it belongs. */
export function claimsOf(sub: string, more: Partial<Claims> = {}): Claims {
  const usual = rights.filter((right) => right !== 'agent');
  const about = { sub, name: sub.toUpperCase(), kind: 'person', exp: 1_000 } as const;
  return { ...about, rights: usual, sessions: ['member'], ...more };
}

export interface Guarded {
  readonly guard: Guard;
  readonly log: Log;
  /** `session principal` of every change that was told, in order. */
  readonly told: string[];
}

export function guarded(log: Log = new MemoryLog({ clock: manualClock() }), seed = 1): Guarded {
  const guard = new Guard(log, { chance: seededChance(seed) });
  const told: string[] = [];
  guard.onChange((id, principal) => told.push(`${id} ${principal}`));
  return { guard, log, told };
}

/** A session that `ada` made, with others in it. */
export async function shared(
  members: Readonly<Record<string, Role>> = {},
  log?: Log,
): Promise<Guarded> {
  const world = guarded(log);
  const first = { principal: 'ada', role: 'owner' };
  const created = await world.log.create(session, first);
  if (!created.ok) throw new Error(`create: ${created.code}`);
  for (const [principal, role] of Object.entries(members)) {
    await world.log.members.set(session, principal, role);
  }
  return world;
}

/** The same, but for what is given in its place. */
export function overriding<T extends object>(target: T, over: Partial<T>): T {
  return new Proxy(target, {
    get(from, name) {
      if (Reflect.has(over, name)) return Reflect.get(over, name);
      const value: unknown = Reflect.get(from, name);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}

/** The code of a refusal, or `ok`. */
export function codeOf(answer: { readonly ok: boolean; readonly code?: string }): string {
  return answer.ok ? 'ok' : (answer.code ?? 'no code');
}

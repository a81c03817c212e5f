// Sessions that are open and do nothing: what each keeps in memory, and what stays behind once
// everybody has left.

import { sessionContent } from '../content.ts';
import type { Target } from '../contestants.ts';
import type { Figures, Host } from '../host.ts';
import type { Usage } from '../probe.ts';
import type { Client } from '../wire.ts';
import { sleep, untilHeld, upload } from './upload.ts';

export interface IdleSizes {
  readonly sessions: number;
  readonly bytes: number;
  /** How long they stay open before they are looked at. */
  readonly openMs: number;
  /** How long a server may take at most to forget them. */
  readonly closedMs: number;
}

const AT_ONCE = 50;
const LOOK_AGAIN_MS = 500;
const NEARLY = 1.05;

const nameOf = (at: number): string => `idle-${String(at).padStart(12, '0')}`;

export async function load(target: Target, sizes: IdleSizes, host: Host): Promise<Figures> {
  const { sessions, openMs, closedMs } = sizes;
  const content = sessionContent(sizes.bytes);
  const base = await host.collected();
  const clients: Client[] = [];
  for (let at = 0; at < sessions; at += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, sessions - at) }, (_, i) =>
      nameOf(at + i),
    );
    clients.push(...(await Promise.all(names.map((name) => upload(target, name, content)))));
  }
  await untilHeld(target, nameOf(sessions - 1), content);
  await sleep(openMs);
  const open = await host.collected();
  await Promise.all(clients.map((client) => client.end()));
  const closed = await forgotten(host, base, closedMs);
  const kb = (later: number, earlier: number): number => (later - earlier) / sessions / 1_000;
  return {
    rssKb: kb(open.rssBytes, base.rssBytes),
    heapKb: kb(heapOf(open), heapOf(base)),
    openMs: (open.cpuUs - base.cpuUs) / sessions / 1_000,
    closedKb: kb(heapOf(closed), heapOf(base)),
    closedRatio: closed.heapBytes / base.heapBytes,
    baseMb: base.rssBytes / 1_000_000,
    sessionKb: content.bytes / 1_000,
    turnMs: Math.max(open.turnUs, closed.turnUs) / 1_000,
  };
}

const heapOf = ({ heapBytes, externalBytes }: Usage): number => heapBytes + externalBytes;

/** Looks until heap and buffers are nearly what they were, or the time is over. */
async function forgotten(host: Host, base: Usage, closedMs: number): Promise<Usage> {
  let turnUs = 0;
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const now = await host.collected();
    turnUs = Math.max(turnUs, now.turnUs);
    const isForgotten = heapOf(now) < heapOf(base) * NEARLY;
    if (waitedMs >= closedMs || isForgotten) return { ...now, turnUs };
    await sleep(LOOK_AGAIN_MS);
  }
}

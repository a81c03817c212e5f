// Everybody comes back at once, each to a session of their own that somebody else keeps open: once
// with all that there is, and once with nothing.

import { median } from '../../harness.ts';
import { sessionContent } from '../content.ts';
import type { Target } from '../contestants.ts';
import type { Figures, Host } from '../host.ts';
import { type Client, join, nothingKnown } from '../wire.ts';
import { sleep, untilHeld, upload } from './upload.ts';

export interface StormSizes {
  readonly clients: number;
  readonly bytes: number;
  /** Storms of each kind. */
  readonly storms: number;
}

const REST_MS = 400;

const nameOf = (at: number): string => `storm-${String(at).padStart(12, '0')}`;

export async function load(target: Target, sizes: StormSizes, host: Host): Promise<Figures> {
  const content = sessionContent(sizes.bytes);
  const keepers: Client[] = [];
  for (let at = 0; at < sizes.clients; at += 1) {
    keepers.push(await upload(target, nameOf(at), content));
  }
  await untilHeld(target, nameOf(0), content);
  await untilHeld(target, nameOf(sizes.clients - 1), content);
  await sleep(REST_MS);
  const storms = { missedNothing: content.stateVector, missedAll: nothingKnown };
  const figures: Record<string, number> = {};
  await host.usage();
  let turnUs = 0;
  for (const [kind, stateVector] of Object.entries(storms)) {
    const tookMs: number[] = [];
    const cpuMs: number[] = [];
    for (let storm = 0; storm < sizes.storms; storm += 1) {
      const first = await host.usage();
      const begun = performance.now();
      const clients = await Promise.all(
        keepers.map((_, at) => join(target, nameOf(at), {}, stateVector)),
      );
      tookMs.push(performance.now() - begun);
      const last = await host.usage();
      cpuMs.push((last.cpuUs - first.cpuUs) / 1_000);
      turnUs = Math.max(turnUs, last.turnUs);
      await Promise.all(clients.map((client) => client.end()));
      await sleep(REST_MS);
    }
    figures[`${kind}Ms`] = median(tookMs);
    figures[`${kind}CpuMs`] = median(cpuMs);
  }
  return { ...figures, turnMs: turnUs / 1_000 };
}

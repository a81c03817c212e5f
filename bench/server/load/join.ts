// Somebody who has nothing joins a large session that is in use: how long until all its bytes are
// there, and until they are applied to a document, which costs the same whoever sent them.

import * as Y from 'yjs';
import { median } from '../../harness.ts';
import { sessionContent } from '../content.ts';
import type { Target } from '../contestants.ts';
import type { Figures, Host } from '../host.ts';
import { join } from '../wire.ts';
import { sleep, untilHeld, upload } from './upload.ts';

export interface JoinSizes {
  readonly bytes: number;
  /** Joins of each kind that count. One more is made before, for the compiler. */
  readonly joins: number;
}

const SESSION = 'join-0123456789ab';
/** Between joins, so that a server has tidied up after the one before. */
const REST_MS = 100;

export async function load(target: Target, sizes: JoinSizes, host: Host): Promise<Figures> {
  const content = sessionContent(sizes.bytes);
  const keeper = await upload(target, SESSION, content);
  await untilHeld(target, SESSION, content);
  await sleep(REST_MS * 5);
  const bytesMs: number[] = [];
  const appliedMs: number[] = [];
  const cpuMs: number[] = [];
  await host.usage();
  for (let round = 0; round <= sizes.joins; round += 1) {
    const first = await host.usage();
    const bytes = await joinOnce(target, () => undefined);
    await sleep(REST_MS);
    const cpu = (await host.usage()).cpuUs - first.cpuUs;
    const doc = new Y.Doc();
    const applied = await joinOnce(target, (update) => Y.applyUpdate(doc, update));
    await sleep(REST_MS);
    if (round === 0) continue;
    bytesMs.push(bytes);
    appliedMs.push(applied);
    cpuMs.push(cpu / 1_000);
  }
  const { turnUs } = await host.usage();
  await keeper.end();
  return {
    bytesMs: median(bytesMs),
    appliedMs: median(appliedMs),
    cpuMs: median(cpuMs),
    turnMs: turnUs / 1_000,
    sessionMb: content.bytes / 1_000_000,
  };
}

async function joinOnce(target: Target, onUpdate: (update: Uint8Array) => void): Promise<number> {
  const begun = performance.now();
  const client = await join(target, SESSION, { onUpdate });
  const tookMs = performance.now() - begun;
  await client.end();
  return tookMs;
}

// Takes the bytes of an upload to the disk. When it says that they are there, they are
// all there, flushed, and those of the hash. What it leaves otherwise is its caller's.

import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Clock } from '../../src/base/clock.ts';
import { httpLimits } from '../http/limits.ts';

export interface Expected {
  readonly hash: string;
  readonly bytes: number;
}

export type Received =
  | 'ok'
  /** Other bytes than announced. */
  | 'other-bytes'
  /** The sender went away, or sent nothing for too long. */
  | 'broken-off';

/** Rejects with the error of the disk. */
export async function receive(
  source: Readable,
  path: string,
  expected: Expected,
  clock: Clock,
): Promise<Received> {
  const handle = await open(path, 'wx', 0o600);
  try {
    const received = await write(source, handle, expected, clock);
    if (received === 'ok') await handle.sync();
    return received;
  } finally {
    await handle.close();
  }
}

async function write(
  source: Readable,
  handle: FileHandle,
  expected: Expected,
  clock: Clock,
): Promise<Received> {
  const hash = createHash('sha256');
  let bytes = 0;
  const ended = await eachChunk(source, clock, async (chunk) => {
    bytes += chunk.length;
    if (bytes > expected.bytes) return 'enough';
    hash.update(chunk);
    await handle.appendFile(chunk);
    return 'more';
  });
  if (ended === 'broken-off') return ended;
  const isSame = bytes === expected.bytes && hash.digest('hex') === expected.hash;
  return isSame ? 'ok' : 'other-bytes';
}

/** Takes what was sent and keeps nothing of it, so that its sender gets to read an answer. */
export async function discard(source: Readable, clock: Clock): Promise<void> {
  await eachChunk(source, clock, async () => 'more');
}

/** The stream is left as it is, unless its sender pauses too long: it may still be answered. */
async function eachChunk(
  source: Readable,
  clock: Clock,
  take: (chunk: Buffer) => Promise<'more' | 'enough'>,
): Promise<'ended' | 'broken-off'> {
  const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  const next = async (): Promise<Buffer | 'ended' | 'broken-off'> => {
    const stop = clock.after(httpLimits.uploadIdleMsMax, () => source.destroy());
    try {
      const result = await chunks.next();
      return result.done === true ? 'ended' : result.value;
    } catch {
      return 'broken-off';
    } finally {
      stop();
    }
  };
  try {
    for (;;) {
      const chunk = await next();
      if (typeof chunk === 'string') return chunk;
      if ((await take(chunk)) === 'enough') return 'ended';
    }
  } finally {
    // Lets go of the stream, or nobody else could read on.
    await chunks.return?.();
  }
}

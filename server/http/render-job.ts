// A job on its way to the thread: all updates as one buffer, which is handed over. Updates
// that are parts of a larger buffer would each take all of it along.

import type { RenderJob } from './render.ts';

export interface PackedJob extends Omit<RenderJob, 'updates'> {
  readonly lengths: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function packJob({ updates, ...rest }: RenderJob): PackedJob {
  const lengths = updates.map(({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const update of updates) {
    bytes.set(update, at);
    at += update.length;
  }
  return { ...rest, lengths, bytes };
}

export function unpackJob({ lengths, bytes, ...rest }: PackedJob): RenderJob {
  let at = 0;
  const updates = lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
  return { ...rest, updates };
}

// Which part of a file is asked for (RFC 9110, 14.2). One range is served; of several, or
// of units that are not bytes, the whole file is the answer, as the RFC allows.

export interface ByteRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
}

/** Undefined for the whole, `none` where the file has no such part. */
export function readRange(
  header: string | undefined,
  bytes: number,
): ByteRange | undefined | 'none' {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return undefined;
  const isEnding = from === '';
  const first = isEnding ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = isEnding || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (!isEnding && to !== '' && Number(to) < first) return undefined;
  return first < bytes && first <= last ? { first, last } : 'none';
}

// The name of a file: SHA-256 of its bytes, in hex. The platform's own where there is one; a
// page without a secure context has none, and has to do with a slower one.

import { digest } from 'lib0/hash/sha256';
import type { Platform } from '../platform.ts';

const HASH_SHAPE = /^[0-9a-f]{64}$/;

export const isFileHash = (value: unknown): value is string =>
  typeof value === 'string' && HASH_SHAPE.test(value);

export async function hashOf(
  bytes: Uint8Array<ArrayBuffer>,
  subtle: Platform['subtle'],
): Promise<string> {
  const hash =
    subtle === undefined ? digest(bytes) : new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

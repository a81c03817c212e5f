// SHA-256 of a text or of bytes, at once. The platform's own (`subtle`) is asynchronous and
// missing without a secure context; what is hashed here is small (a tool's
// arguments, a digest in a test), so lib0's plain implementation serves.

import { digest } from 'lib0/hash/sha256';

/** 64 hex digits of the SHA-256 of the bytes; of a text, of its UTF-8. */
export function sha256Hex(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return Array.from(digest(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

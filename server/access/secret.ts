// Secrets, and what is kept of those that open a link: whoever has one may join, so it has
// 128 random bits, and only its digest is kept. What is found in a stolen data folder opens
// nothing.

import { createHash } from 'node:crypto';
import type { Chance } from '../../src/base/chance.ts';
import { accessLimits } from './limits.ts';

const SHAPE = /^[A-Za-z0-9_-]{22}$/;

/** `bytesCount` random bytes, a multiple of 4, in base64url. `chance` is the system's wherever it is meant. */
export function randomText(chance: Chance, bytesCount: number): string {
  const bytes = Buffer.alloc(bytesCount);
  for (let at = 0; at < bytesCount; at += 4) bytes.writeUInt32LE(chance.uint32(), at);
  return bytes.toString('base64url');
}

export function createLinkSecret(chance: Chance): string {
  return randomText(chance, accessLimits.linkSecretBytes);
}

export function isLinkSecret(value: string): boolean {
  return SHAPE.test(value);
}

/** SHA-256 in base64url, which is also the link's name for those who may list and revoke it. */
export function linkDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

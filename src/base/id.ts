// Names of things. Every id is made by the peer that creates the thing, offline
// included, so that anything can be referred to before a server has seen it.
// 128 random bits make a collision unthinkable; an id is never a secret.

import type { Chance } from './chance.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ID_CHARS = 22;
const ID_SHAPE = /^[A-Za-z0-9_-]{1,64}$/;

/** 22 characters of `A-Za-z0-9_-`; 21 carry 6 bits each and the last one 2 (128 bits). */
export function createId(chance: Chance): string {
  let id = '';
  let bits = 0;
  let left = 0;
  for (let i = 0; i < ID_CHARS - 1; i++) {
    if (left < 6) {
      bits = chance.uint32();
      left = 32;
    }
    id += ALPHABET[bits & 63];
    bits >>>= 6;
    left -= 6;
  }
  return id + ALPHABET[(chance.uint32() & 3) << 4];
}

/** Whether a foreign value may name a thing: 1 to 64 characters of `A-Za-z0-9_-`. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID_SHAPE.test(value);
}

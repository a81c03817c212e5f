// Where every random bit of the package comes from. Passing the source in makes
// a whole world replayable from one seed; nothing else may call Math.random or
// crypto. The system source needs getRandomValues only, which also exists without
// a secure context (plain http on a LAN), where randomUUID and subtle do not.

export interface Chance {
  /** A whole number from 0 to 2^32 - 1, every value equally likely. */
  uint32(): number;
}

const POOL_WORDS = 64;

/** The platform's cryptographic source, drawn in pools because each call has a fixed cost. */
export function systemChance(): Chance {
  const pool = new Uint32Array(POOL_WORDS);
  let next = POOL_WORDS;
  return {
    uint32() {
      if (next === POOL_WORDS) {
        globalThis.crypto.getRandomValues(pool);
        next = 0;
      }
      return pool[next++] ?? 0;
    },
  };
}

/** The same numbers for the same seed (sfc32, PractRand-clean; Chris Doty-Humphrey). Not for secrets. */
export function seededChance(seed: number): Chance {
  let a = seed >>> 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;
  const uint32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) uint32();
  return { uint32 };
}

/** A whole number from 0 to `limit - 1`. `limit` is at most 2^32. */
export function below(chance: Chance, limit: number): number {
  return Math.floor((chance.uint32() / 0x100000000) * limit);
}

/** One of the given values, or undefined of none. */
export function pick<T>(chance: Chance, values: readonly T[]): T | undefined {
  return values[below(chance, values.length)];
}

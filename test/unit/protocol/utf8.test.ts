import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText, textOf, utf16Length } from '../../../src/protocol/utf8.ts';
import { runs } from '../../support/count.ts';

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** What a TextDecoder that accepts nothing malformed makes of the bytes. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return fatal.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes near the borders of what is well formed. */
const edges = Buffer.from('00417f808f909fa0bfc0c1c2dfe0e1ecedeeeff0f1f3f4f5ff', 'hex');
const edge = fc.constantFrom(...edges);

test('well-formed means what a fatal TextDecoder means, and the length is that of the string', () => {
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 6 }), (list) => {
      const bytes = Uint8Array.from(list);
      expect(utf16Length(bytes, 0, bytes.length)).toBe(decoded(bytes)?.length ?? -1);
    }),
    runs(20_000, 1_000_000),
  );
});

test('every string has its own length and text, wherever it stands', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(9), (text, before) => {
      const bytes = encoder.encode(' '.repeat(before) + text);
      expect(utf16Length(bytes, before, bytes.length)).toBe(text.length);
      expect(textOf(bytes, before, bytes.length)).toBe(text);
    }),
    runs(1_000, 100_000),
  );
});

test('a cut falls where JavaScript counts, and says when it divides a pair', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.nat(20), (text, cut) => {
      const units = Math.min(cut, text.length);
      const bytes = encoder.encode(text);
      const { at, insidePair } = cutText(bytes, 0, units);
      expect(insidePair).toBe(!text.slice(0, units).isWellFormed());
      const kept = text.slice(0, insidePair ? units - 1 : units);
      expect(decoded(bytes.subarray(0, at))).toBe(kept);
    }),
    runs(1_000, 100_000),
  );
});

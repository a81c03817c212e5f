// Server-sent events, from bytes in any pieces.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsOf } from '../../../../src/adapters/openai/event-stream.ts';
import { collected } from '../../../support/collected.ts';
import { runs } from '../../../support/count.ts';

async function* pieces(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  let from = 0;
  for (const to of [...places, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

const read = async (text: string, cuts: readonly number[] = []): Promise<readonly string[]> =>
  collected(eventsOf(pieces(text, cuts)));

test('[A50] events come whole, whatever the lines end with and whatever stands beside them', async () => {
  const text =
    ': hello\r\n\r\ndata: one\r\n\r\nevent: x\ndata:two\ndata: more\n\ndata\n\nid: 7\rdata:  three\r\r';
  expect(await read(text)).toEqual(['one', 'two\nmore', '', ' three']);
});

test('[A50] an event that the stream ended in is given', async () => {
  expect(await read('data: one\n\ndata: two')).toEqual(['one', 'two']);
  expect(await read('data: one\n\n: bye')).toEqual(['one']);
});

test('[A50] it does not matter where the bytes are cut, inside a character either', async () => {
  const event = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map((text) => text.replace(/[\r\n]/g, ' '));
  const end = fc.constantFrom('\n', '\r\n', '\r');
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 6 }),
      end,
      fc.array(fc.nat(400)),
      async (events, eol, cuts) => {
        const text = events.map((one) => `data: ${one}${eol}${eol}`).join('');
        expect(await read(text, cuts)).toEqual(events);
      },
    ),
    runs(300, 20_000),
  );
});

test('[A50] what has no end is refused', async () => {
  const limits = { lineCharsMax: 10, eventCharsMax: 15 };
  const all = (text: string): Promise<unknown> => collected(eventsOf(pieces(text, [3]), limits));
  await expect(all('data: 456789')).rejects.toThrow('a line has more than 10 characters');
  await expect(all('data: 4567\ndata: 4567\ndata: 4567\ndata: 4567\n')).rejects.toThrow(
    'an event has more than 15 characters',
  );
  await expect(all('data: 4567\n\ndata: 4567\n\n')).resolves.toEqual(['4567', '4567']);
});

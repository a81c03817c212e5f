import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeRoomRecord,
  encodeRoomRecord,
  type RoomRecord,
} from '../../../../server/room/record.ts';
import { runs } from '../../../support/count.ts';

const record: fc.Arbitrary<RoomRecord> = fc.record({
  bindings: fc.array(
    fc.record({
      client: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      owner: fc.string({ unit: 'binary' }).map((owner) => owner.toWellFormed()),
    }),
    { maxLength: 5 },
  ),
  updates: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }),
});

test('[W153] a record is read as it was written', () => {
  fc.assert(
    fc.property(record, (one) => {
      const read = decodeRoomRecord(encodeRoomRecord(one));
      expect(read?.bindings).toEqual(one.bindings);
      expect(read?.updates.map((update) => [...update])).toEqual(
        one.updates.map((update) => [...update]),
      );
    }),
    runs(300, 10_000),
  );
});

test('[W173] what is cut, longer, or of another format is no record', () => {
  const bytes = encodeRoomRecord({
    bindings: [{ client: 5, owner: 'ann' }],
    updates: [Uint8Array.of(0, 0), Uint8Array.of(1, 2, 3)],
  });
  for (let end = 0; end < bytes.length; end++) {
    expect(decodeRoomRecord(bytes.subarray(0, end)), String(end)).toBeUndefined();
  }
  expect(decodeRoomRecord(Uint8Array.from([...bytes, 0]))).toBeUndefined();
  expect(decodeRoomRecord(Uint8Array.from([2, ...bytes.subarray(1)]))).toBeUndefined();
  expect(decodeRoomRecord(new TextEncoder().encode('something else'))).toBeUndefined();
});

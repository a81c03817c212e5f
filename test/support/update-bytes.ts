// Updates put together by hand, byte by byte, to say exactly one thing that is wrong, or right.

import { ByteWriter } from '../../src/protocol/byte-writer.ts';

export type Piece = readonly number[];

export function varUint(value: number): Piece {
  const out = new ByteWriter();
  out.varUint(value);
  return [...out.finish()];
}

export function text(value: string): Piece {
  const out = new ByteWriter();
  out.text(value);
  return [...out.finish()];
}

export const gc = (length: number): Piece => [0, ...varUint(length)];
export const skip = (length: number): Piece => [10, ...varUint(length)];

/** An item that is first in the root `text` and has the given kind and content. */
export const item = (kind: number, ...content: Piece): Piece => [
  kind,
  1,
  ...text('text'),
  ...content,
];
export const string = (value: string): Piece => item(4, ...text(value));

export function block(client: number, clock: number, structs: readonly Piece[]): Piece {
  return [...varUint(structs.length), ...varUint(client), ...varUint(clock), ...structs.flat()];
}

/** The deletions of one client, as clock and length in turns. */
export function deletions(client: number, ranges: readonly number[]): Piece {
  return [...varUint(client), ...varUint(ranges.length / 2), ...ranges.flatMap(varUint)];
}

export function update(blocks: readonly Piece[], deleted: readonly Piece[] = []): Uint8Array {
  const parts = [varUint(blocks.length), ...blocks, varUint(deleted.length), ...deleted];
  return Uint8Array.from(parts.flat());
}

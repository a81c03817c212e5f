// Updates for a gate, put together struct by struct, and how it judges them.

import { DocumentIndex } from '../../server/room/document-index.ts';
import { judge } from '../../server/room/gate.ts';
import { type RoomLimits, roomLimits } from '../../server/room/limits.ts';
import { rootKinds, type RootPlace } from '../../server/room/place.ts';
import type { Question, Sender, Verdict } from '../../server/room/verdict.ts';
import { syncAnswerBudget, updateBudget } from '../../src/protocol/limits.ts';
import { block, type Piece, text, update, varUint } from './update-bytes.ts';

type Id = readonly [client: number, clock: number];

interface Place {
  readonly origin?: Id;
  readonly right?: Id;
  /** A root by its name, or a type. */
  readonly in?: string | Id;
  readonly key?: string;
}

const id = ([client, clock]: Id): Piece => [...varUint(client), ...varUint(clock)];

/** A struct of a kind of content at a place, in its bytes. */
export function struct(kind: number, place: Place, content: Piece): Piece {
  const { origin, right, key } = place;
  const flags = (origin ? 0x80 : 0) | (right ? 0x40 : 0) | (key === undefined ? 0 : 0x20);
  const bytes: number[] = [kind | flags];
  if (origin) bytes.push(...id(origin));
  if (right) bytes.push(...id(right));
  if (origin === undefined && right === undefined) {
    const parent = place.in ?? 'messages';
    if (typeof parent === 'string') bytes.push(1, ...text(parent));
    else bytes.push(0, ...id(parent));
    if (key !== undefined) bytes.push(...text(key));
  }
  return [...bytes, ...content];
}

/** JSON values that are small whole numbers. */
export const values = (place: Place, ...numbers: readonly number[]): Piece =>
  struct(8, place, [...varUint(numbers.length), ...numbers.flatMap((value) => [125, value])]);

export const words = (place: Place, string: string): Piece => struct(4, place, text(string));
export const array = (place: Place): Piece => struct(7, place, [0]);
export const map = (place: Place): Piece => struct(7, place, [1]);
export const textType = (place: Place): Piece => struct(7, place, [2]);
export const deleted = (place: Place, length: number): Piece => struct(1, place, varUint(length));

export interface Asked {
  readonly principal?: string;
  readonly isAnswer?: boolean;
  readonly roots?: readonly RootPlace[];
  readonly refused?: readonly number[];
  readonly limits?: Partial<RoomLimits>;
  readonly bytesLeft?: number;
}

const allRoots = Object.keys(rootKinds) as readonly RootPlace[];

function senderOf({ principal = 'ann', roots = allRoots, refused = [] }: Asked): Sender {
  return {
    principal,
    mayWriteIn: (root) => roots.includes(root),
    isRefused: (client) => refused.includes(client),
  };
}

export function ask(index: DocumentIndex, bytes: Uint8Array, asked: Asked = {}): Verdict {
  const { isAnswer = false, bytesLeft } = asked;
  const question: Question = {
    sender: senderOf(asked),
    budget: isAnswer ? syncAnswerBudget : updateBudget,
    isAnswer,
    ...(bytesLeft !== undefined && { bytesLeft }),
  };
  return judge(index, bytes, question, { ...roomLimits, ...asked.limits });
}

/** An index that took these updates of one principal. */
export function indexOf(principal: string, ...updates: readonly Uint8Array[]): DocumentIndex {
  const index = new DocumentIndex();
  for (const bytes of updates) {
    const verdict = ask(index, bytes, { principal });
    if (!verdict.ok) throw new Error(`not taken: ${JSON.stringify(verdict)}`);
  }
  return index;
}

/** Everything that an index knows, to see that nothing has changed. */
export function everythingIn(index: DocumentIndex): string {
  const { table } = index;
  const rows = Array.from({ length: table.rows }, (_, row) => [
    table.client(row),
    table.clock(row),
    table.length(row),
    table.containerNumber(row),
    table.keyNumberOf(row),
    table.originRow(row),
    table.originClock(row),
    table.previous(row),
    table.childNumber(row),
    table.keyOf(row),
  ]);
  const containers = table.containers.map(({ row, kind, place, depth, last, dead }) => [
    row,
    kind,
    place,
    depth,
    last,
    dead,
  ]);
  const writers = table.writers.map(({ client, next, owner, rows: own }) => [
    client,
    next,
    owner ?? null,
    [...own],
  ]);
  const byRow = [...index.values].toSorted(([one], [other]) => one - other);
  return JSON.stringify({ rows, containers, writers, deleted: [...index.deleted], byRow });
}

/** The client of the sample, and one that has written nothing. */
export const A = 10;
export const B = 20;

/** A's message with a text that says `hello`, a key of meta, and a list with two values. */
export const sample = update([
  block(A, 0, [
    map({ in: 'messages' }),
    textType({ in: [A, 0], key: 'body' }),
    words({ in: [A, 1] }, 'hello'),
    values({ in: 'meta', key: 'title' }, 1),
    array({ in: [A, 0], key: 'list' }),
    values({ in: [A, 8] }, 1, 2),
  ]),
]);

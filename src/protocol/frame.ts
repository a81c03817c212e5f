// One message per WebSocket frame, as y-websocket has it: a type, then what belongs
// to it, then nothing (a stock client reads the first message of a frame and drops
// the rest). Decoding judges the outside alone: type, sizes, nothing left over.
// What is inside stays bytes, views of the frame, for the reader of its kind.
//
//   0 0 size state-vector   SyncStep1: what I have, send me the rest
//   0 1 size update         SyncStep2: the rest
//   0 2 size update         an update
//   1 size entries          awareness (awareness.ts)
//   2 0 size reason         auth: permission denied
//   3                       query awareness
//   102 size bytes          barrier: echoed when all that came before is durable
//   103 size json           command (command.ts)
//
// 102 and 103 are ours, and are sent only to a peer that used them first: a stock
// client logs an unknown type as an error, and throws on an unknown kind of sync.

import { assert, unreachable } from '../base/assert.ts';
import { ByteCursor } from './byte-cursor.ts';
import { ByteWriter } from './byte-writer.ts';
import { limits } from './limits.ts';
import type { Refusal } from './refusal.ts';
import { textOf } from './utf8.ts';

export type Frame =
  | { readonly type: 'sync-step-1'; readonly stateVector: Uint8Array }
  /** An empty one ends the answer of a server, and makes a stock client `synced`. */
  | { readonly type: 'sync-step-2'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly entries: Uint8Array }
  | { readonly type: 'permission-denied'; readonly reason: string }
  | { readonly type: 'query-awareness' }
  /** Whatever the sender likes; who receives it sends the same frame back. */
  | { readonly type: 'barrier'; readonly mark: Uint8Array }
  | { readonly type: 'command'; readonly json: string };

export const frameTypes = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  barrier: 102,
  command: 103,
} as const;

export const syncKinds = { step1: 0, step2: 1, update: 2 } as const;

const DENIED = 0;

/** Sent while nothing else is, because a stock client reconnects when it hears nothing. No reply. */
export const heartbeatFrame: Uint8Array = new Uint8Array([frameTypes.awareness, 1, 0]);

export function encodeFrame(frame: Frame): Uint8Array {
  switch (frame.type) {
    case 'sync-step-1':
      return sized([frameTypes.sync, syncKinds.step1], frame.stateVector);
    case 'sync-step-2':
      return sized([frameTypes.sync, syncKinds.step2], frame.update);
    case 'update':
      return sized([frameTypes.sync, syncKinds.update], frame.update);
    case 'awareness':
      return sized([frameTypes.awareness], frame.entries);
    case 'permission-denied':
      return text([frameTypes.auth, DENIED], frame.reason);
    case 'query-awareness':
      return new Uint8Array([frameTypes.queryAwareness]);
    case 'barrier':
      assert(isMark(frame.mark.length), 'a mark is short');
      return sized([frameTypes.barrier], frame.mark);
    case 'command':
      return text([frameTypes.command], frame.json);
    default:
      return unreachable(frame);
  }
}

function sized(head: readonly number[], payload: Uint8Array): Uint8Array {
  const out = new ByteWriter(head.length + 8 + payload.length);
  for (const byte of head) out.byte(byte);
  out.sized(payload);
  return out.finish();
}

function text(head: readonly number[], value: string): Uint8Array {
  const out = new ByteWriter();
  for (const byte of head) out.byte(byte);
  out.text(value);
  return out.finish();
}

const isMark = (bytes: number): boolean => bytes > 0 && bytes <= limits.barrierBytesMax;

export interface DecodedFrame {
  readonly ok: true;
  readonly frame: Frame;
}

/** The message in a frame, or why it is none. Its bytes are views: keep a frame that is kept in part. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame | Refusal {
  const cursor = new ByteCursor(bytes);
  if (bytes.length > limits.frameBytesMax) cursor.fail('frame-bytes');
  const frame = readFrame(cursor);
  if (cursor.left > 0) cursor.fail('trailing-bytes');
  return frame === undefined || cursor.fault !== undefined ? cursor.refusal() : { ok: true, frame };
}

function readFrame(cursor: ByteCursor): Frame | undefined {
  switch (cursor.varUint()) {
    case frameTypes.sync:
      return readSync(cursor);
    case frameTypes.awareness:
      return { type: 'awareness', entries: view(cursor, limits.awarenessBytesMax) };
    case frameTypes.auth:
      return readAuth(cursor);
    case frameTypes.queryAwareness:
      return { type: 'query-awareness' };
    case frameTypes.barrier:
      return readBarrier(cursor);
    case frameTypes.command:
      return { type: 'command', json: readText(cursor, limits.commandBytesMax) };
    default:
      cursor.fail('frame-type', 0);
      return undefined;
  }
}

function readSync(cursor: ByteCursor): Frame | undefined {
  const at = cursor.at;
  switch (cursor.varUint()) {
    case syncKinds.step1:
      return { type: 'sync-step-1', stateVector: view(cursor, limits.stateVectorBytesMax) };
    case syncKinds.step2:
      return { type: 'sync-step-2', update: view(cursor, limits.syncAnswerBytesMax) };
    case syncKinds.update:
      return { type: 'update', update: view(cursor, limits.updateBytesMax) };
    default:
      cursor.fail('frame-type', at);
      return undefined;
  }
}

function readAuth(cursor: ByteCursor): Frame | undefined {
  const at = cursor.at;
  if (cursor.varUint() !== DENIED) cursor.fail('auth-kind', at);
  return { type: 'permission-denied', reason: readText(cursor, limits.reasonBytesMax) };
}

function readBarrier(cursor: ByteCursor): Frame {
  const at = cursor.at;
  const mark = view(cursor, limits.frameBytesMax);
  if (!isMark(mark.length)) cursor.fail('barrier-bytes', at);
  return { type: 'barrier', mark };
}

/** A size and so many bytes, at most `bytesMax`. */
function view(cursor: ByteCursor, bytesMax: number): Uint8Array {
  const at = cursor.at;
  const start = cursor.sized();
  if (cursor.fault === undefined && cursor.at - start > bytesMax) cursor.fail('frame-bytes', at);
  return cursor.bytes.subarray(start, cursor.at);
}

function readText(cursor: ByteCursor, bytesMax: number): string {
  const at = cursor.at;
  cursor.text();
  const start = cursor.textStart;
  if (cursor.fault === undefined && cursor.at - start > bytesMax) cursor.fail('frame-bytes', at);
  return cursor.fault === undefined ? textOf(cursor.bytes, start, cursor.at) : '';
}

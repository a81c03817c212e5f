// Frames in words, to be compared with those that released versions sent: bytes as hex, updates and
// state vectors as what they mean.

import { decodeAwareness } from '../../src/protocol/awareness.ts';
import { decodeCommand } from '../../src/protocol/command.ts';
import { decodeFrame, type Frame } from '../../src/protocol/frame.ts';
import { readStateVector } from '../../src/protocol/state-vector.ts';
import { ourReading } from './yjs-reading.ts';

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** All that a frame says, as JSON. */
export function meaningOfFrame(bytes: Uint8Array): unknown {
  const decoded = decodeFrame(bytes);
  return decoded.ok ? { type: decoded.frame.type, says: inside(decoded.frame) } : decoded;
}

function inside(frame: Frame): unknown {
  switch (frame.type) {
    case 'sync-step-1': {
      const vector = readStateVector(frame.stateVector);
      return vector.ok ? [...vector.clocks] : vector;
    }
    case 'sync-step-2':
    case 'update':
      return ourReading(frame.update);
    case 'awareness':
      return decodeAwareness(frame.entries);
    case 'permission-denied':
      return frame.reason;
    case 'query-awareness':
      return null;
    case 'barrier':
      return hexOf(frame.mark);
    case 'command':
      return decodeCommand(frame.json);
  }
}

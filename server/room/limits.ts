// Every bound of a room, in one table, with its unit last in the name. The bounds of what
// crosses the wire are those of src/protocol/limits.ts.

import { limits as wire } from '../../src/protocol/limits.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export interface RoomLimits {
  /** Updates that are stored and shown are at most about so large, whatever they came in. */
  readonly chunkBytesMax: number;
  readonly chunkStructsMax: number;
  /** Ids that one update may newly delete, in pieces. */
  readonly newDeletionsMax: number;
  readonly sessionBytesMax: number;
  readonly sessionStructsMax: number;
  /** A large answer is judged so many structs at a time. */
  readonly stepStructs: number;
  /** Judged, and waiting to be committed; beyond it nothing more is read from the session's sockets. */
  readonly openBytesMax: number;
  /** What may wait to be written to one socket, beyond what it asked for itself. */
  readonly socketBytesMax: number;
  readonly barriersMax: number;
  /** Refused updates after which a peer that was told each time is sent away. */
  readonly refusalsMax: number;
  /** A room without connections stays for so long. */
  readonly idleMs: number;
  /** Appends between two compactions, where nothing else asks for one. */
  readonly compactRecords: number;
  readonly compactBytes: number;
}

export const roomLimits: RoomLimits = {
  chunkBytesMax: wire.updateBytesMax,
  chunkStructsMax: wire.updateStructsMax,
  newDeletionsMax: 20_000,
  sessionBytesMax: 20 * MiB,
  sessionStructsMax: 200_000,
  stepStructs: 2_000,
  openBytesMax: 16 * MiB,
  socketBytesMax: 8 * MiB,
  barriersMax: 1_000,
  refusalsMax: 100,
  idleMs: 10_000,
  compactRecords: 2_000,
  compactBytes: 4 * MiB,
};

// Every bound of a room, in one table, with its unit last in the name. The bounds of what
// crosses the wire are those of src/protocol/limits.ts.

import { assert } from '../../src/base/assert.ts';
import { limits as wire } from '../../src/protocol/limits.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export interface RoomLimits {
  /** The structs of an update that is stored and shown, whatever it came in; beside them stand heads and deletions. */
  readonly chunkBytesMax: number;
  readonly chunkStructsMax: number;
  /** Ids that one update may newly delete, in pieces. */
  readonly newDeletionsMax: number;
  /** What one principal may have judged at once, after a pause, and in each second after that. */
  readonly creditBytesMax: number;
  readonly creditBytesPerSecond: number;
  readonly sessionBytesMax: number;
  readonly sessionStructsMax: number;
  /** Clients that wrote. What a peer has must fit into its SyncStep1. */
  readonly sessionClientsMax: number;
  /** A large answer is judged so many structs at a time. */
  readonly stepStructs: number;
  /** Judged, and waiting to be committed; beyond it nothing more is read from the session's sockets. */
  readonly openBytesMax: number;
  /** What may wait to be written to one socket, beyond what it asked for itself. */
  readonly socketBytesMax: number;
  readonly connectionsMax: number;
  readonly barriersMax: number;
  /** Whoever goes on after so many refusals is sent away. */
  readonly refusalsMax: number;
  /** A run that was lost is given up where it was claimed so often. */
  readonly attemptsMax: number;
  /** A room without connections stays for so long. */
  readonly idleMs: number;
  /** Appends between two compactions, where nothing else asks for one. */
  readonly compactRecords: number;
  /** Updates that whoever joins would be sent one by one; and no fewer than the session has pieces. */
  readonly compactEntries: number;
  /** The same, where somebody joined and was sent them. */
  readonly joinEntries: number;
  /** The pieces that a merge leaves. Small, so that whoever lacks little is given little. */
  readonly mergedBytesMax: number;
  readonly compactBytes: number;
}

export const roomLimits: RoomLimits = {
  chunkBytesMax: wire.updateBytesMax - 16 * KiB,
  chunkStructsMax: wire.updateStructsMax,
  newDeletionsMax: 20_000,
  creditBytesMax: 64 * MiB,
  creditBytesPerSecond: 4 * MiB,
  sessionBytesMax: 20 * MiB,
  sessionStructsMax: 200_000,
  sessionClientsMax: 5_000,
  stepStructs: 2_000,
  openBytesMax: 16 * MiB,
  socketBytesMax: 8 * MiB,
  connectionsMax: 1_000,
  barriersMax: 1_000,
  refusalsMax: 100,
  attemptsMax: 5,
  idleMs: 10_000,
  compactRecords: 2_000,
  compactEntries: 256,
  joinEntries: 32,
  mergedBytesMax: 32 * KiB,
  compactBytes: 4 * MiB,
};

/** The longest client and clock in a state vector. */
const ENTRY_BYTES = 13;
const vectorBytes = 3 + roomLimits.sessionClientsMax * ENTRY_BYTES;
assert(vectorBytes <= wire.stateVectorBytesMax, 'what a peer has can be said');
assert(roomLimits.sessionClientsMax <= wire.stateVectorClientsMax, 'what a peer has can be said');
/** The head of a block, and a range of deletions with the head of its client. */
const headsBytes = wire.updateClientsMax * 20 + wire.updateRangesMax * 22;
assert(roomLimits.chunkBytesMax + headsBytes < wire.updateBytesMax, 'what is shown is an update');

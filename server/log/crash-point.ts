// Moments at which a process may die, by name. Tests stop a simulated world there, or
// kill a real process; nothing else ever passes a hook in. What a hook of a simulation
// returns may never resolve: to its caller, that is death.

export const crashPoints = [
  /** A group is formed and nothing of it is written. */
  'before-commit',
  /** A group is durable, and nobody knows it. */
  'after-commit',
  /** A new journal file exists, and nothing is written behind its note. */
  'in-rotation',
  /** Before records go into the store, inside its transaction, and before they leave the journal. */
  'before-move',
  'in-move',
  'after-move',
  /** The old records are deleted and the new snapshot stands, before the commit. */
  'in-compaction',
  /** The tombstone stands, before its commit; and after it, while words are still in files. */
  'in-deletion',
  'before-erasure',
  /** A copy is made and an older store is half changed. */
  'in-migration',
] as const;

export type CrashPoint = (typeof crashPoints)[number];

/** Called where the main thread passes a point. */
export type Pass = (point: CrashPoint) => Promise<void>;

/** Called where the store passes a point, inside its transaction. It may throw, which rolls back. */
export type PassStore = (point: CrashPoint) => void;

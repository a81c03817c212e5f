// What crosses between a person's device and the server beside the sessions themselves: the
// list of sessions.

/** A session in the list. */
export interface ListEntry {
  readonly session: string;
  /** Empty while it has none. */
  readonly title: string;
  /** The beginning of the last prompt, in one line. */
  readonly preview: string;
  /** Whether an agent is at work in it, or should be. */
  readonly running: boolean;
  /** Milliseconds since 1970, by the server's clock. */
  readonly lastActivity: number;
  readonly createdAt: number;
}

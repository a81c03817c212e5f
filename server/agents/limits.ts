// Every bound of the agents' socket, with its unit last in the name. Never the lease of a
// claim: how long one may think about an offer says nothing about how long one may be silent.

export const agentLimits = {
  /** An offer that is not answered by then is made to somebody else. */
  answerMs: 5_000,
  /** And so is one that was accepted and not claimed. */
  claimMs: 10_000,
  /** Where all have declined, they are asked again after this. */
  againMs: 5_000,
  /** What may wait for an agent that does not take it. */
  bufferBytesMax: 1024 * 1024,
  /** Memberships of one principal that are looked at, and how many at once. */
  membershipsMax: 100_000,
  membershipsPage: 1_000,
} as const;

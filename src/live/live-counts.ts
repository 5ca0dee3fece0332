/** What is live on this node now. */
export interface LiveCounts {
  readonly listenerCount: number;
  /** How many executions serve the listeners; see LiveHub. */
  readonly executionCount: number;
  /** Signed-in sockets and streams. */
  readonly sessionCount: number;
  /** Results sent, and listeners let go for reading too slowly, since the start. */
  readonly tally: { readonly delivered: number; readonly tooSlow: number };
  /** Listeners that are not up to date, and how many events each of them has not been sent yet. */
  readonly behind: ReadonlySet<{ readonly eventsBehind: number }>;
}

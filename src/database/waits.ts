/** How long the database's own work may wait. A request brings a deadline of its own, which is shorter. */
export interface DatabaseWaits {
  /** Seconds that a statement waits for a row or a table that others have locked, on MySQL and MariaDB: a whole number from 1 on. */
  lockSeconds: number;
  /** Milliseconds for a connection, for all tries of a transaction, and for each statement that comes after them. */
  maxMs: number;
}

/** For servers: their jobs are done again later. */
export const SERVER_WAITS: DatabaseWaits = { lockSeconds: 1, maxMs: 30_000 };

/** For commands, which somebody waits for: others may hold what they need for longer. */
export const COMMAND_WAITS: DatabaseWaits = { lockSeconds: 30, maxMs: 600_000 };

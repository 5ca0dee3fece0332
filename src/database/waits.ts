/** How long work waits for the database. */
export interface DatabaseWaits {
  /** Seconds that a statement waits for a row or a table that others have locked, on MySQL and MariaDB: a whole number from 1 on. */
  lockSeconds: number;
  /** Milliseconds that one request waits in all: for connections, for all tries of a transaction and for its statements. */
  requestMs: number;
  /** The same for one piece of the program's own work. */
  maxMs: number;
}

/** For servers: a request is answered within 2.5 s with what else it does, and their own jobs are done again later. */
export const SERVER_WAITS: DatabaseWaits = { lockSeconds: 1, requestMs: 2_200, maxMs: 30_000 };

/** For commands, which somebody waits for: others may hold what they need for longer. */
export const COMMAND_WAITS: DatabaseWaits = { lockSeconds: 30, requestMs: 600_000, maxMs: 600_000 };

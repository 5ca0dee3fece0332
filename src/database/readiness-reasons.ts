/**
 * Why a server cannot do all of its work: the `reason` of `/readyz`, with what is wrong in a sentence for callers and operators. What to
 * do about each is in docs/operating.md.
 */
export const READINESS_REASONS = {
  STOPPING: "The server is stopping.",
  DATABASE_UNREACHABLE: "The database cannot be reached.",
  DATABASE_LOGIN_REFUSED: "The database refuses the user or the password.",
  DATABASE_RIGHTS_MISSING: "The database user lacks a right.",
  DATABASE_CONNECTIONS_EXHAUSTED: "The database takes no more connections.",
  DATABASE_STATEMENTS_EXHAUSTED: "The database keeps no more prepared statements.",
  DATABASE_READ_ONLY: "The database is read-only.",
  DATABASE_NOT_READY: "The database answers, but does not execute statements now.",
  DATABASE_FULL: "The database has no room to write.",
  DATABASE_OUT_OF_MEMORY: "The database is out of memory.",
  DATABASE_DISK_FAILED: "The database cannot use its disk or files.",
  DATABASE_FILE_LOST: "The database file was deleted or replaced while the server was running.",
  DATABASE_DAMAGED: "The database file or a table is damaged.",
  DATABASE_BUSY: "All connections to the database have been in use, or its lock held, for more than 10 s.",
} as const;

/** One of them. */
export type ReadinessReason = keyof typeof READINESS_REASONS;

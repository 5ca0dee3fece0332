interface DriverError {
  code?: string;
  errno?: number;
  message?: string;
  /** mysql2: the connection cannot be used any more. */
  fatal?: boolean;
  driverError?: DriverError;
}

const RETRYABLE = new Set([
  "ER_LOCK_DEADLOCK",
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_TRANSACTION_ROLLBACK_DURING_COMMIT",
  "SQLITE_BUSY",
  "SQLITE_BUSY_SNAPSHOT",
]);
const LOST = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "ECONNRESET",
  "EPIPE",
  "ER_SERVER_SHUTDOWN",
  "ER_CONNECTION_KILLED",
]);
const AWAY = new Set(["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH", "ER_CON_COUNT_ERROR"]);
/** A server that answers but does not work for us now: a Galera node that refuses queries (1047), one that only reads, or that keeps no more prepared statements. */
const REFUSING = new Set([
  "ER_UNKNOWN_COM_ERROR",
  "ER_OPTION_PREVENTS_STATEMENT",
  "ER_READ_ONLY_MODE",
  "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION",
  "ER_MAX_PREPARED_STMT_COUNT_REACHED",
]);
const DUPLICATE = new Set(["ER_DUP_ENTRY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"]);

/** Whether the database undid the transaction for a reason that may be gone when it is tried again. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(codeOf(error)) || isConnectionLost(error);
}

/** Whether another connection to an embedded database holds the lock that a statement needs. */
export function isLocked(error: unknown): boolean {
  return codeOf(error) === "SQLITE_BUSY";
}

/** Whether the server does not let this user make a trigger: it lacks the right, or the binary log forbids it. */
export function missesTriggerRight(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === "ER_BINLOG_CREATE_ROUTINE_NEED_SUPER" ||
    (code === "ER_TABLEACCESS_DENIED_ERROR" && /^TRIGGER /.test(messageOf(error)))
  );
}

/** Whether the server has no variable of a name: it is of another kind or version. */
export function isVariableUnknown(error: unknown): boolean {
  return codeOf(error) === "ER_UNKNOWN_SYSTEM_VARIABLE";
}

/** Whether an established connection broke. */
export function isConnectionLost(error: unknown): boolean {
  return LOST.has(codeOf(error)) || /connection is in closed state/i.test(messageOf(error));
}

/** Whether no connection could be made, or the server refuses to work for anybody. */
export function isDatabaseAway(error: unknown): boolean {
  return AWAY.has(codeOf(error)) || REFUSING.has(codeOf(error)) || isConnectionLost(error);
}

/**
 * Whether a COMMIT that failed like this may have been done: nothing was heard of it, or the server says itself that it
 * failed in the middle.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  const { fatal, code } = driverErrorOf(error);
  return fatal === true || code === "ER_ERROR_DURING_COMMIT" || isConnectionLost(error);
}

/**
 * Whether a connection's session is as it was before a statement failed like this: the database answered that it undid the
 * statement or the transaction, as it is meant to. After any other error nobody knows what the session has become: whether
 * the server only reads now, or still has the prepared statements.
 */
export function leavesSessionKnown(error: unknown): boolean {
  if (driverErrorOf(error).fatal === true || isConnectionLost(error)) return false;
  return RETRYABLE.has(codeOf(error)) || DUPLICATE.has(codeOf(error));
}

/** Whether a unique index refused a row, and, if a word is given, whether its name or columns contain that word. */
export function isDuplicate(error: unknown, word = ""): boolean {
  return DUPLICATE.has(codeOf(error)) && messageOf(error).includes(word);
}

function driverErrorOf(error: unknown): DriverError {
  const outer = (error ?? {}) as DriverError;
  return outer.driverError ?? outer;
}

function codeOf(error: unknown): string {
  return driverErrorOf(error).code ?? "";
}

function messageOf(error: unknown): string {
  return driverErrorOf(error).message ?? "";
}

interface DriverError {
  code?: string;
  errno?: number;
  message?: string;
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
const DUPLICATE = new Set(["ER_DUP_ENTRY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"]);

/** Whether the database undid the transaction for a reason that may be gone when it is tried again. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(codeOf(error)) || isConnectionLost(error);
}

/** Whether the server does not let this user make a trigger: it lacks the right, or the binary log forbids it. */
export function missesTriggerRight(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === "ER_BINLOG_CREATE_ROUTINE_NEED_SUPER" ||
    (code === "ER_TABLEACCESS_DENIED_ERROR" && /^TRIGGER /.test(messageOf(error)))
  );
}

/** Whether an established connection broke. */
export function isConnectionLost(error: unknown): boolean {
  return LOST.has(codeOf(error)) || /connection is in closed state/i.test(messageOf(error));
}

/** Whether no connection could be made. */
export function isDatabaseAway(error: unknown): boolean {
  return AWAY.has(codeOf(error)) || isConnectionLost(error);
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

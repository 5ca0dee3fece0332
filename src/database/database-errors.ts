import { DUPLICATE, ERROR_GROUPS, type ErrorMeaning, LOST, NO_ANSWER, UNLISTED } from "./error-table";

interface DriverError {
  code?: string;
  /** A server's number of it; negative where the operating system has one. */
  errno?: number;
  message?: string;
  /** mysql2: the connection cannot be used any more. */
  fatal?: boolean;
  driverError?: DriverError;
}

const withTexts = ERROR_GROUPS.filter(({ text }) => text);
const byNumber = new Map<number, ErrorMeaning>();
const byCode = new Map<string, ErrorMeaning>();
for (const { means, numbers = [], codes = [], text } of ERROR_GROUPS) {
  if (!text) for (const number of numbers) byNumber.set(number, means);
  for (const code of codes) byCode.set(code, means);
}

/** Characters of a message in which a text is looked for. */
const MAX_LOOKED_AT = 500;

/** From here on a message of Vitess repeats the statement and its values. */
const STATEMENT = /\bSql: /i;

/** What an error means for the caller, for readiness, for the connection, and after a COMMIT: see the error table. */
export function meaningOf(error: unknown): ErrorMeaning {
  const found = driverErrorOf(error);
  const listed = byTextOf(found) ?? byNumber.get(found.errno ?? 0) ?? byCodeOf(found.code ?? "");
  // What broke the connection cannot have answered, whatever it says.
  if (found.fatal === true) return { ...(listed ?? UNLISTED), connection: "DISCARD", commit: "UNKNOWN" };
  return listed ?? UNLISTED;
}

/** Whether the error is one of a database or its driver that the error table has. */
export function isListed(error: unknown): boolean {
  const found = driverErrorOf(error);
  return (byTextOf(found) ?? byNumber.get(found.errno ?? 0) ?? byCodeOf(found.code ?? "")) !== undefined;
}

function byTextOf({ errno = 0, message = "" }: DriverError): ErrorMeaning | undefined {
  const [own = ""] = message.slice(0, MAX_LOOKED_AT).split(STATEMENT, 1);
  const isOf = (numbers: readonly number[] | undefined) => (numbers ? numbers.includes(errno) : errno <= 0);
  return withTexts.find(({ numbers, text }) => isOf(numbers) && text?.test(own))?.means;
}

function byCodeOf(code: string): ErrorMeaning | undefined {
  for (let prefix = code; ; prefix = prefix.slice(0, prefix.lastIndexOf("_"))) {
    const means = byCode.get(prefix);
    if (means || !code.startsWith("SQLITE_") || !prefix.includes("_")) return means;
  }
}

/** Whether a transaction that failed like this may succeed when it is tried again. */
export function isRetryable(error: unknown): boolean {
  return meaningOf(error).caller.startsWith("RETRY");
}

/** Whether another connection to an embedded database holds the lock that a statement needs. */
export function isLocked(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY");
}

/** Whether a statement waited for a lock for as long as the session lets it. */
export function isLockTimeout(error: unknown): boolean {
  return driverErrorOf(error).errno === 1205;
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
  return meaningOf(error).caller === LOST.caller;
}

/** Whether nobody can know what a COMMIT that failed like this has done. */
export function isOutcomeUnknown(error: unknown): boolean {
  return meaningOf(error).commit === "UNKNOWN";
}

/** Whether a connection's session is as it was before a statement failed like this. */
export function leavesSessionKnown(error: unknown): boolean {
  return meaningOf(error).connection === "KEEP";
}

/** Whether a unique index refused a row, and, if a word is given, whether its name or columns contain that word. */
export function isDuplicate(error: unknown, word = ""): boolean {
  const found = driverErrorOf(error);
  const means = byNumber.get(found.errno ?? 0) ?? byCodeOf(found.code ?? "");
  return means === DUPLICATE && messageOf(error).includes(word);
}

/** The error of a statement that had no answer when its deadline passed; its connection is closed. */
export function noAnswer(): Error {
  return Object.assign(new Error("The database did not answer before the deadline."), { code: NO_ANSWER });
}

function driverErrorOf(error: unknown): DriverError {
  const outer = (error ?? {}) as DriverError;
  return outer.driverError ?? outer;
}

/** The code of an error, as its driver names it; empty where it has none. */
export function codeOf(error: unknown): string {
  return driverErrorOf(error).code ?? "";
}

/** The message of a driver's error; empty where it has none. It may repeat values of rows. */
export function messageOf(error: unknown): string {
  return driverErrorOf(error).message ?? "";
}

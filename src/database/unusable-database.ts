import type { MysqlAddress, SqliteAddress } from "../../ormconfig";
import { describeFileError, isFileError } from "../errors/file-refused";

/** Where the database is, as the operator says it. */
export type DatabaseAddress = SqliteAddress | Omit<MysqlAddress, "flavour">;

/** The database cannot be used; the message says why in one line and holds no password. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

interface DriverError {
  code?: string;
  errno?: number;
  message?: string;
  driverError?: DriverError;
}

/** The user was let in, and may not do what the statement does. */
const RIGHTS: readonly string[] = [
  "ER_DBACCESS_DENIED_ERROR",
  "ER_TABLEACCESS_DENIED_ERROR",
  "ER_COLUMNACCESS_DENIED_ERROR",
  "ER_SPECIFIC_ACCESS_DENIED_ERROR",
];

/** What an operator does about an error, by its code; a part in angle brackets is filled in from the address. */
const REMEDIES: readonly [codes: readonly string[], remedy: string][] = [
  [
    [
      "ECONNREFUSED",
      "EHOSTUNREACH",
      "ENETUNREACH",
      "ETIMEDOUT",
      "ECONNRESET",
      "PROTOCOL_CONNECTION_LOST",
      "PROTOCOL_SEQUENCE_TIMEOUT",
    ],
    "Start the database server, or set DATABASE_URL to the host and port where it listens",
  ],
  [["ENOTFOUND", "EAI_AGAIN"], "Set DATABASE_URL to a host name that this machine can resolve"],
  [
    ["ER_ACCESS_DENIED_ERROR", "ER_ACCESS_DENIED_NO_PASSWORD_ERROR"],
    "Set DATABASE_URL to a user and password that the server accepts from this machine",
  ],
  [
    RIGHTS,
    "Grant the user of DATABASE_URL all rights on this one database: GRANT ALL PRIVILEGES ON `<database>`.* TO <user>",
  ],
  [
    ["ER_BAD_DB_ERROR"],
    "Create it (CREATE DATABASE `<database>` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin), or set DATABASE_URL to another one",
  ],
  [
    ["ER_CON_COUNT_ERROR", "ER_TOO_MANY_USER_CONNECTIONS", "ER_USER_LIMIT_REACHED"],
    "Raise the server's limit of connections, or lower DATABASE_POOL_SIZE",
  ],
  [
    ["ER_UNKNOWN_COM_ERROR"],
    "This node of the cluster has no quorum or is not synchronized. Bring the cluster's majority back, or set DATABASE_URL to a node that has it",
  ],
  [
    ["ER_OPTION_PREVENTS_STATEMENT", "ER_READ_ONLY_MODE", "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION"],
    "This server only reads. Set DATABASE_URL to the one that writes, or end its read-only mode",
  ],
  [
    ["ER_LOCK_WAIT_TIMEOUT"],
    "Another connection holds a lock on a table. End its transaction, then start again",
  ],
  [["ER_DISK_FULL", "ER_RECORD_FILE_FULL"], "Free space on the database server's disk"],
  [
    ["ER_MAX_PREPARED_STMT_COUNT_REACHED"],
    "Raise the server's max_prepared_stmt_count, or lower DATABASE_POOL_SIZE",
  ],
  [
    ["SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH", "EACCES", "EPERM", "ENOTDIR", "EISDIR"],
    "Give the user of this process the right to read and write the folder DATA_DIR and its files, or set DATA_DIR to another folder",
  ],
  [
    ["SQLITE_READONLY", "EROFS"],
    "Give the user of this process the right to write the folder DATA_DIR and its files, or set DATA_DIR to another folder",
  ],
  [
    ["SQLITE_FULL", "ENOSPC", "EDQUOT"],
    "Free space on the disk of DATA_DIR, or set DATA_DIR to another disk",
  ],
  [
    ["SQLITE_NOTADB"],
    "The file is no SQLite database, or an encrypted one. Move it away, or set DATA_DIR to another folder",
  ],
  [
    ["SQLITE_CORRUPT", "SQLITE_IOERR"],
    "Check the disk. Move the file away, and restore a backup: partnergraph restore FILE",
  ],
  [
    ["SQLITE_BUSY", "SQLITE_LOCKED"],
    "Another process has been writing to it for 5 s. Try again when it is done",
  ],
];

/**
 * Tells an operator in one line why the database cannot be used and what to do, where an error is one of the kinds that an operator
 * can mend: the server is away, refuses the user, has no quorum, only reads or is full, or the file cannot be opened or written.
 * Undefined for every other error: that one is the program's, and its stack is needed.
 */
export function unusableDatabase(error: unknown, address: DatabaseAddress): DatabaseUnavailable | undefined {
  const remedy = remedyFor(error);
  // A file that a command reads or writes is not the database.
  if (remedy === undefined || isAboutFile(error)) return undefined;
  return describe(error, address, remedy);
}

/** The same for an error of opening it, where nothing else than the database can have failed. */
export function cannotBeOpened(error: unknown, address: DatabaseAddress): DatabaseUnavailable {
  const setting = address.family === "sqlite" ? "DATA_DIR" : "DATABASE_URL";
  return describe(error, address, remedyFor(error) ?? `Check ${setting}`);
}

function describe(error: unknown, address: DatabaseAddress, remedy: string): DatabaseUnavailable {
  return new DatabaseUnavailable(
    `The database ${nameOf(address)} cannot be used: ${reasonOf(error)}. ${filledIn(remedy, address)}.`,
  );
}

function isAboutFile(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException | undefined)?.path === "string";
}

/** Whether the server let the user in and refuses it a statement. */
export function missesRight(error: unknown): boolean {
  return RIGHTS.includes(driverErrorOf(error).code ?? "");
}

function remedyFor(error: unknown): string | undefined {
  const { code = "" } = driverErrorOf(error);
  return REMEDIES.find(([codes]) =>
    codes.some((known) => code === known || code.startsWith(`${known}_`)),
  )?.[1];
}

function filledIn(remedy: string, address: DatabaseAddress): string {
  if (address.family === "sqlite") return remedy;
  const { pathname, username } = new URL(address.url);
  return remedy.replace("<database>", pathname.slice(1)).replace("<user>", `'${username}'@'%'`);
}

/** An address without user and password. */
export function nameOf(address: DatabaseAddress): string {
  if (address.family === "sqlite") return address.file;
  const url = new URL(address.url);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function driverErrorOf(error: unknown): DriverError {
  const outer = (error ?? {}) as DriverError;
  return outer.driverError ?? outer;
}

/** Its message in one line, with its code, and without a full stop. */
function reasonOf(error: unknown): string {
  if (isFileError(error)) return describeFileError(error);
  const { code, message } = driverErrorOf(error);
  const text = (message || code || String(error)).split("\n")[0] ?? "";
  const line = text.endsWith(".") ? text.slice(0, -1) : text;
  return code && !line.includes(code) ? `${line} (${code})` : line;
}

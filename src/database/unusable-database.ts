import type { MysqlAddress, SqliteAddress } from "./data-sources";
import { describeFileError, isFileError } from "../errors/file-refused";
import { codeOf, isLocked, meaningOf, messageOf } from "./database-errors";
import type { ReadinessReason } from "./readiness-reasons";

/** Where the database is, as the operator says it. */
export type DatabaseAddress = SqliteAddress | Omit<MysqlAddress, "flavour" | "isClusterNode">;

/** The database cannot be used; the message says why in one line and holds no password. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

type Remedies = Partial<Record<ReadinessReason, string>>;

const GRANT =
  "Grant the user of DATABASE_URL all rights on this one database: GRANT ALL PRIVILEGES ON `<database>`.* TO <user>";

/** What an operator does about each reason on MySQL and MariaDB; a part in angle brackets is filled in from the address. */
const SERVER_REMEDIES: Remedies = {
  DATABASE_UNREACHABLE:
    "Start the database server, or set DATABASE_URL to the host and port where it listens",
  DATABASE_LOGIN_REFUSED: "Set DATABASE_URL to a user and password that the server accepts from this machine",
  DATABASE_RIGHTS_MISSING: GRANT,
  DATABASE_CONNECTIONS_EXHAUSTED: "Raise the server's limit of connections, or lower DATABASE_POOL_SIZE",
  DATABASE_STATEMENTS_EXHAUSTED: "Raise the server's max_prepared_stmt_count, or lower DATABASE_POOL_SIZE",
  DATABASE_READ_ONLY:
    "This server only reads. Set DATABASE_URL to the one that writes, or end its read-only mode",
  DATABASE_NOT_READY:
    "This node of the cluster has no quorum or is not synchronized. Bring the cluster's majority back, or set DATABASE_URL to a node that has it",
  DATABASE_FULL: "Free space on the database server's disk",
  DATABASE_OUT_OF_MEMORY: "Look at the memory of the database server, and at its limits",
  DATABASE_DISK_FAILED: "Look at the disk of the database server",
  DATABASE_DAMAGED: "Look at the error log of the database server, and restore a backup",
};

/** The same for the file of an embedded database. */
const FILE_REMEDIES: Remedies = {
  DATABASE_UNREACHABLE:
    "Give the user of this process the right to read and write the folder DATA_DIR and its files, or set DATA_DIR to another folder",
  DATABASE_READ_ONLY:
    "Give the user of this process the right to write the folder DATA_DIR and its files, or set DATA_DIR to another folder",
  DATABASE_FULL: "Free space on the disk of DATA_DIR, or set DATA_DIR to another disk",
  DATABASE_OUT_OF_MEMORY: "Look at the memory of this machine",
  DATABASE_DISK_FAILED:
    "Give the user of this process the right to read and write the folder DATA_DIR and its files, and check the disk",
  DATABASE_DAMAGED: "Check the disk. Move the file away, and restore a backup: npx partnergraph restore FILE",
};

/** What is more exact than the reason, by the error's code. */
const REMEDIES_BY_CODE: Readonly<Record<string, string>> = {
  ENOTFOUND: "Set DATABASE_URL to a host name that this machine can resolve",
  EAI_AGAIN: "Set DATABASE_URL to a host name that this machine can resolve",
  ER_BAD_DB_ERROR:
    "Create it (CREATE DATABASE `<database>` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin), or set DATABASE_URL to another one",
  // The answer where the user has no right on the database, whether or not it is there.
  ER_DBACCESS_DENIED_ERROR: `${GRANT}. Create the database where there is none`,
  ER_LOCK_WAIT_TIMEOUT: "Another connection holds a lock on a table. End its transaction, then start again",
  SQLITE_NOTADB:
    "The file is no SQLite database, or an encrypted one. Move it away, or set DATA_DIR to another folder",
};

const LOCKED = "Another process is writing to it. Try again when it is done";

/**
 * Tells an operator in one line why the database cannot be used and what to do, where an error is one of the kinds that an operator
 * can mend: the server is away, refuses the user, has no quorum, only reads or is full, or the file cannot be opened or written.
 * Undefined for every other error: that one is the program's, and its stack is needed.
 */
export function unusableDatabase(error: unknown, address: DatabaseAddress): DatabaseUnavailable | undefined {
  const remedy = remedyFor(error, address);
  // A file that a command reads or writes is not the database.
  if (remedy === undefined || isAboutFile(error)) return undefined;
  return describe(error, address, remedy);
}

/** The same for an error of opening it, where nothing else than the database can have failed. */
export function cannotBeOpened(error: unknown, address: DatabaseAddress): DatabaseUnavailable {
  const setting = address.family === "sqlite" ? "DATA_DIR" : "DATABASE_URL";
  return describe(error, address, remedyFor(error, address) ?? `Check ${setting}`);
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
  return meaningOf(error).readiness === "DATABASE_RIGHTS_MISSING";
}

function remedyFor(error: unknown, { family }: DatabaseAddress): string | undefined {
  if (isLocked(error)) return LOCKED;
  const code = codeOf(error);
  if (Object.hasOwn(REMEDIES_BY_CODE, code)) return REMEDIES_BY_CODE[code];
  const { readiness } = meaningOf(error);
  return readiness && (family === "sqlite" ? FILE_REMEDIES : SERVER_REMEDIES)[readiness];
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

/** Its message in one line, with its code, and without a full stop. */
function reasonOf(error: unknown): string {
  if (isFileError(error)) return describeFileError(error);
  const code = codeOf(error);
  const text = (messageOf(error) || code || String(error)).split("\n")[0] ?? "";
  const line = text.endsWith(".") ? text.slice(0, -1) : text;
  return code && !line.includes(code) ? `${line} (${code})` : line;
}

import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openSqliteFile, type SqliteAddress } from "./data-sources";
import { makeEmptyPrivateFile, makePrivateFolder } from "../config/private-files";
import { systemClock } from "../values/instant";
import { isLocked } from "./database-errors";
import { SqliteConnection } from "./sqlite-connection";
import { cannotBeOpened, DatabaseUnavailable } from "./unusable-database";

/** A server's right to be the only one on an embedded database. */
export interface ServerLock {
  /** Gives it up; once is enough, and again is harmless. */
  release(): void;
}

/** How long a start waits for the server before it to end, in milliseconds, and how often it looks. */
const MAX_WAIT_MS = 5_000;
const LOOK_MS = 100;

const BEGIN = "BEGIN IMMEDIATE";

/**
 * Makes a server the only one on an embedded database. The lock is SQLite's own, on a file beside the database: the operating system
 * gives it up when the process ends, however it ends, so none is ever left behind. Commands do without: they may run beside a server.
 * @param waitMs how long to wait for a server that is about to end
 * @throws DatabaseUnavailable another server has the database, or the lock's file cannot be written
 * @throws FileRefused the folder or the lock's file cannot be made
 */
export async function takeServerLock({ file }: SqliteAddress, waitMs = MAX_WAIT_MS): Promise<ServerLock> {
  const lockFile = `${file}-lock`;
  makePrivateFolder(dirname(lockFile));
  // Closing a file that this process has locked already would give the lock up.
  if (!existsSync(lockFile)) makeEmptyPrivateFile(lockFile);
  const driver = openSqliteFile(lockFile);
  const connection = new SqliteConnection(driver);
  try {
    for (const latest = performance.now() + waitMs; !(await takeLock(connection, lockFile));) {
      if (performance.now() > latest) throw isTaken(file, lockFile);
      await pause(LOOK_MS);
    }
  } catch (error) {
    driver.close();
    throw error;
  }
  return {
    release: () => {
      if (!driver.open) return;
      // Closing alone may leave the lock until libsql's statements are collected.
      driver.prepare("ROLLBACK").run([]);
      driver.close();
    },
  };
}

/** Takes the lock if it is free: a transaction that may write and never ends. Others can still read who has it. */
async function takeLock(connection: SqliteConnection, lockFile: string): Promise<boolean> {
  try {
    await connection.control(BEGIN);
    await connection.control(
      "CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, host TEXT NOT NULL, since TEXT NOT NULL)",
    );
    await connection.control("DELETE FROM holder");
    await connection.change("INSERT INTO holder VALUES (?, ?, ?)", [process.pid, hostname(), systemClock()]);
    await connection.control("COMMIT");
    await connection.control(BEGIN);
    return true;
  } catch (error) {
    if (connection.isInTransaction) await connection.control("ROLLBACK");
    if (isLocked(error)) return false;
    throw cannotBeOpened(error, { family: "sqlite", file: lockFile });
  }
}

interface Holder {
  pid: number;
  host: string;
  since: string;
}

function isTaken(file: string, lockFile: string): DatabaseUnavailable {
  const [holder] = holdersIn(lockFile);
  const which = holder ? ` (process ${holder.pid} on ${holder.host}, since ${holder.since})` : "";
  return new DatabaseUnavailable(
    `Another server${which} uses the database ${file}, and embedded SQLite is for one server. Stop that one first, set DATA_DIR to ` +
      "another folder, or set DATABASE_URL to a MariaDB or MySQL, which several servers can share.",
  );
}

/** On a connection of its own: on one whose BEGIN has failed a read would keep its lock, because libsql does not reset that statement. */
function holdersIn(lockFile: string): Holder[] {
  const driver = openSqliteFile(lockFile);
  try {
    return driver.prepare("SELECT pid, host, since FROM holder").all([]) as Holder[];
  } catch {
    // The other server is just writing it down.
    return [];
  } finally {
    driver.close();
  }
}

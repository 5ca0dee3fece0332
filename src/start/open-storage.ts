import type { Logger } from "pino";
import type { Config } from "../config/config";
import { type Clock, systemClock } from "../values/instant";
import type { Database } from "../database/database";
import { DatabaseClock } from "../database/database-clock";
import { openDatabase, type OpenDatabaseOptions } from "../database/open-database";
import { type ServerLock, takeServerLock } from "../database/server-lock";
import type { ServerTestOverrides } from "./make-services";

/** A server's database, and what goes with it. */
export interface Storage {
  database: Database;
  /** The time by which everything is done and stored. */
  now: Clock;
  /** Gives everything back. */
  close(): Promise<void>;
}

const FILE_LOST =
  "the database file was deleted or replaced while the server was running: nothing is stored any more, reads show what it held. Stop the " +
  "server, put the right file in its place (docs/operating.md), and start again";

/** A machine's clock that is farther off is told of, in milliseconds. */
const MAX_CLOCK_ERROR_MS = 5_000;

/**
 * Opens the database for a server: the lock that keeps other servers from an embedded one, the database itself, and its clock. What
 * was opened is closed when this fails.
 * @throws DatabaseUnavailable another server has the file; and what `openDatabase` throws
 */
export async function openStorage(
  config: Pick<Config, "database">,
  overrides: Pick<ServerTestOverrides, "now" | "sharesSqlite" | "waits">,
  log: Logger,
  options: OpenDatabaseOptions,
): Promise<Storage> {
  const lock = await lockFor(config, overrides);
  let database: Database | undefined;
  try {
    database = await openDatabase(config.database, {
      ...options,
      waits: overrides.waits,
      onFileLost: (refusal) => {
        log.error({ code: refusal.code }, FILE_LOST);
        options.onFileLost?.(refusal);
      },
    });
    return withClock(database, overrides.now ? undefined : await openClock(database, log), lock);
  } catch (error) {
    await database?.close();
    lock?.release();
    throw error;
  }
}

function withClock(
  database: Database,
  clock: DatabaseClock | undefined,
  lock: ServerLock | undefined,
): Storage {
  const close = async () => {
    clock?.close();
    await database.close();
    lock?.release();
  };
  return { database, now: clock?.now ?? systemClock, close };
}

/** Embedded SQLite is for one server; workers share MySQL or MariaDB. */
async function lockFor(
  { database }: Pick<Config, "database">,
  { sharesSqlite }: Pick<ServerTestOverrides, "sharesSqlite">,
): Promise<ServerLock | undefined> {
  return database.family === "sqlite" && !sharesSqlite ? takeServerLock(database) : undefined;
}

/** The clock of all nodes of this database. */
async function openClock(database: Database, log: Logger): Promise<DatabaseClock> {
  const onTrouble = (error: unknown) =>
    log.warn({ err: error }, "the database could not be asked for its time; trying again");
  const clock = await DatabaseClock.open(database, { onTrouble });
  const { machineAheadMs } = clock;
  if (Math.abs(machineAheadMs) > MAX_CLOCK_ERROR_MS)
    log.warn(
      { machineAheadMs },
      "this machine's clock is not that of the database, which is used: check NTP on both",
    );
  return clock;
}

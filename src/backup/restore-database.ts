import { copyFileSync, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { SqliteAddress } from "../database/data-sources";
import { makePrivateFolder } from "../config/private-files";
import { contributions } from "../areas";
import { type CheckReport, verifyDatabase } from "../consistency";
import { systemClock } from "../values/instant";
import type { Finding } from "../database/consistency-check";
import type { Database } from "../database/database";
import { type DatabaseAddress, openDatabase, refuseUnusableFile } from "../database/open-database";
import { runUnitOfWork } from "../unit-of-work/unit-of-work";
import { renewTimelines } from "../events/stream-timeline";
import { COMMAND_WAITS } from "../database/waits";
import { checkSqliteFile } from "./check-sqlite-file";
import { BackupRefused, publishFile } from "./publish-file";
import { kindOfBackup } from "./read-dump";
import { restoreDump } from "./restore-dump";

/** What a restore is told besides what to restore where. */
export interface RestoreOptions {
  /** Told in a sentence what takes time. */
  onProgress: (message: string) => void;
  /** Told what the check of the restored database finds, as soon as it is known. */
  onFinding: (finding: Finding) => void;
}

/**
 * Brings a backup back into a database that is empty, upgrades it to the schema of this version, and compares everything
 * in it with everything that it should agree with. A database that something is in is never touched.
 * @param address where it shall be: of SQLite a file that is not there, of MySQL or MariaDB a database without tables
 * @param file the backup
 * @returns what each check came to; where it found something the database is restored all the same
 * @throws BackupRefused the backup is not whole or of another kind of database, or the database is not empty
 * @throws SchemaRefused a newer version made the backup
 */
export async function restoreDatabase(
  address: DatabaseAddress,
  file: string,
  options: RestoreOptions,
): Promise<CheckReport[]> {
  const kind = kindOfBackup(file);
  if (address.family === "sqlite") {
    if (kind !== "sqlite")
      throw new BackupRefused(`${file} is of MySQL or MariaDB. Set DATABASE_URL to an empty database.`);
    return restoreSqlite(address, file, options);
  }
  if (kind !== "dump")
    throw new BackupRefused(`${file} is of SQLite. Unset DATABASE_URL, and set DATA_DIR to an empty folder.`);
  const { onProgress, onFinding } = options;
  await restoreDump(address, file, { onProgress, finish: renewCopy });
  const database = await openDatabase(address, { onProgress, waits: COMMAND_WAITS, mustExist: true });
  try {
    return await verifyCopy(database, onFinding);
  } finally {
    await database.close();
  }
}

/** The file gets its name when everything is done, so a restore that breaks off leaves none. */
async function restoreSqlite(
  { file: target }: SqliteAddress,
  file: string,
  options: RestoreOptions,
): Promise<CheckReport[]> {
  refuseOccupied(target);
  makePrivateFolder(dirname(target));
  let reports: CheckReport[] = [];
  await publishFile(target, async (partial) => {
    copyFileSync(file, partial);
    checkSqliteFile(partial);
    const { onProgress, onFinding } = options;
    const database = await openDatabase(
      { family: "sqlite", file: partial },
      { onProgress, waits: COMMAND_WAITS },
    );
    try {
      await renewCopy(database);
      reports = await verifyCopy(database, onFinding);
    } finally {
      await database.close();
    }
  });
  return reports;
}

/** Also what is left of another database: SQLite would take its write-ahead log for that of the restored file. */
function refuseOccupied(target: string): void {
  refuseUnusableFile({ family: "sqlite", file: target }, { mayBeMissing: true });
  const occupied = [target, `${target}-wal`, `${target}-shm`].filter((each) => existsSync(each));
  if (occupied.length === 0) return;
  throw new BackupRefused(
    `There is a database already, which was left as it is (${occupied.join(", ")}). Stop the server that uses it and move ` +
      "these files away, or set DATA_DIR to another folder.",
  );
}

/**
 * What has to happen in every restored database before anybody works with it, on both kinds of database, after the rows are
 * there and the schema is that of this version: what a copy must not have in common with its original is renewed, the timelines of its
 * streams.
 */
async function renewCopy(database: Database): Promise<void> {
  const caller = {
    actor: { kind: "SYSTEM" as const },
    requestId: "restore",
    now: systemClock,
    contributions,
  };
  await renewTimelines({
    read: (work) => database.read(work),
    transaction: (work) => runUnitOfWork(database, () => undefined, caller, work),
  });
}

/** What each check of a restored database comes to. */
function verifyCopy(database: Database, onFinding: RestoreOptions["onFinding"]): Promise<CheckReport[]> {
  return database.snapshot(async (reads) => {
    const reports: CheckReport[] = [];
    for await (const report of verifyDatabase(reads, onFinding)) reports.push(report);
    return reports;
  });
}

import { copySqliteInto } from "../database/data-sources";
import { type DatabaseAddress, openDatabase, refuseUnusableFile } from "../database/open-database";
import { COMMAND_WAITS } from "../database/waits";
import { checkSqliteFile } from "./check-sqlite-file";
import { publishFile } from "./publish-file";
import { type DumpHeader, writeDump } from "./write-dump";

/** What a backup is told besides where the database is. */
export interface BackupOptions extends Pick<DumpHeader, "version" | "at"> {
  /** Told in a sentence what takes time. */
  onProgress: (message: string) => void;
}

/**
 * Writes everything in a database as it was at one instant into a new file, also while servers run. Of SQLite it is a
 * database file, of MySQL and MariaDB a dump of ours (docs/adr/0032-backups.md). The schema need not be that of this version.
 * @param address the database, which must be there
 * @param file the path of the backup; no file may be there
 * @throws BackupRefused the file is there already, or what was read is damaged
 * @throws DatabaseUnavailable the database is not there or cannot be used
 */
export async function backupDatabase(
  address: DatabaseAddress,
  file: string,
  { onProgress, ...header }: BackupOptions,
): Promise<void> {
  if (address.family === "mysql") return backupMysql(address, file, { onProgress, ...header });
  refuseUnusableFile(address);
  await publishFile(file, (partial) => {
    copySqliteInto(address.file, partial);
    checkSqliteFile(partial);
    return Promise.resolve();
  });
}

async function backupMysql(
  address: DatabaseAddress & { family: "mysql" },
  file: string,
  { onProgress, ...header }: BackupOptions,
): Promise<void> {
  const database = await openDatabase(address, { onProgress, waits: COMMAND_WAITS, asItIs: true });
  try {
    await publishFile(file, (partial) =>
      database.snapshot((reads) => writeDump(reads, header, { file: partial, onProgress })),
    );
  } finally {
    await database.close();
  }
}

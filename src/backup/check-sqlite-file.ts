import { openSqliteReader } from "../database/data-sources";
import { BackupRefused } from "./publish-file";

/**
 * Looks through a whole database file of SQLite.
 * @throws BackupRefused it is damaged, or Partnergraph did not make it
 */
export function checkSqliteFile(file: string): void {
  const reader = openSqliteReader(file);
  try {
    const [{ quick_check: found } = { quick_check: "nothing" }] = reader
      .prepare("PRAGMA quick_check(1)")
      .all([]) as {
      quick_check: string;
    }[];
    if (found !== "ok") throw new BackupRefused(`The database file is damaged: ${found}.`);
    const ours = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'";
    if (reader.prepare(ours).all([]).length === 0)
      throw new BackupRefused("The file is a database of SQLite that Partnergraph did not make.");
  } finally {
    reader.close();
  }
}

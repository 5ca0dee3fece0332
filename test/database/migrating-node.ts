import "reflect-metadata";
import { type DatabaseAddress, openDatabase } from "../../src/database/open-database";

/** A node that opens the database that its argument names, says how many tables it made, and ends. */
async function main(address: DatabaseAddress): Promise<void> {
  let created = 0;
  const onStatement = (sql: string) =>
    void (created += /^CREATE TABLE (IF NOT EXISTS )?[`"]customer[`"]/.test(sql) ? 1 : 0);
  const database = await openDatabase(address, { onStatement, onProgress: () => undefined });
  await database.read((reads) => reads.rows("SELECT 1"));
  await database.close();
  process.stdout.write(String(created));
}

main(JSON.parse(process.argv[2] ?? "") as DatabaseAddress).catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});

import "reflect-metadata";
import { readFileSync } from "node:fs";
import pino from "pino";
import { importOffers } from "../../catalog";
import { loadConfig } from "../../config/config";
import { systemClock } from "../../context/instant";
import { openDatabase } from "../../database/open-database";
import { runUnitOfWork } from "../../database/unit-of-work";
import { decodeUtf8, NotUtf8 } from "../../values/utf8";

/** `npm run import:offers -- FILE`: brings the catalogue to what a file says; exits 1 when a record was left out. */
async function main(file: string | undefined): Promise<void> {
  if (!file) throw new Error("Say which file: npm run import:offers -- FILE");
  const text = textOf(file);
  const config = loadConfig();
  const log = pino({ level: config.logLevel });
  const database = await openDatabase(config.database, { onProgress: (message) => log.info(message) });
  const caller = { actor: { kind: "SYSTEM" as const }, requestId: "import-offers", now: systemClock };
  try {
    const report = await importOffers(
      {
        ...caller,
        settings: config,
        matrix: config.matrix,
        read: (work) => database.read(work),
        transaction: (work, once) => runUnitOfWork(database, () => undefined, caller, work, once),
      },
      text,
    );
    for (const { line, catalogId, problems } of report.refused) {
      process.stderr.write(`line ${line}${catalogId ? ` (${catalogId})` : ""}: ${problems.join(" ")}\n`);
    }
    const { added, updated, unchanged, refused } = report;
    process.stdout.write(
      `${added} added, ${updated} updated, ${unchanged} unchanged, ${refused.length} refused\n`,
    );
    process.exitCode = refused.length > 0 ? 1 : 0;
  } finally {
    await database.close();
  }
}

/** The file's text. @throws Error it is not there, or is not UTF-8 */
function textOf(file: string): string {
  try {
    return decodeUtf8(readFileSync(file));
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    throw new Error(`${file} cannot be read. ${error.message} Nothing was imported.`, { cause: error });
  }
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});

import type { Logger } from "pino";
import type { Config } from "../config/config";
import type { Database } from "../database/database";

/**
 * Warns when the processes of this machine may want more connections than the database server gives: each holds a pool
 * of its own. Of several workers the first one says so for all.
 */
export async function warnOfFewConnections(
  { database: address, workers }: Pick<Config, "database" | "workers">,
  database: Database,
  log: Logger,
  worker?: { number: number },
): Promise<void> {
  if (address.family === "sqlite" || (worker && worker.number !== 1)) return;
  const [row] = await database.read((reads) =>
    reads.rows<{ maxConnections: number | string }>("SELECT @@max_connections AS maxConnections"),
  );
  const [wanted, maxConnections] = [address.poolSize * workers, Number(row?.maxConnections)];
  if (wanted <= maxConnections) return;
  log.warn(
    { wanted, maxConnections, poolSize: address.poolSize, workers },
    "the database server gives fewer connections than DATABASE_POOL_SIZE × WORKERS; lower these or raise its max_connections",
  );
}

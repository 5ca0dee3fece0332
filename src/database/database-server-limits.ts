import type { Logger } from "pino";
import type { Config } from "../config/config";
import { MAX_PREPARED_STATEMENTS } from "./connection";
import type { Database } from "./database";

type Limit = Record<"maxConnections" | "maxPreparedStatements", number | string>;

/**
 * Warns when the processes of this machine may want more than the database server gives: connections, of which each process
 * holds a pool, and prepared statements, of which each connection keeps up to 300. Of several workers the first one says so
 * for all.
 */
export async function warnOfDatabaseServerLimits(
  { database: address, workers }: Pick<Config, "database" | "workers">,
  database: Database,
  log: Pick<Logger, "warn">,
  worker?: { number: number },
): Promise<void> {
  if (address.family === "sqlite" || (worker && worker.number !== 1)) return;
  const [row] = await database.read((reads) =>
    reads.rows<Limit>(
      "SELECT @@max_connections AS maxConnections, @@max_prepared_stmt_count AS maxPreparedStatements",
    ),
  );
  const { poolSize } = address;
  const connections = poolSize * workers;
  const maxConnections = Number(row?.maxConnections);
  if (connections > maxConnections) {
    log.warn(
      { wanted: connections, maxConnections, poolSize, workers },
      "the database server gives fewer connections than DATABASE_POOL_SIZE × WORKERS; lower these or raise its max_connections",
    );
  }
  const statements = connections * MAX_PREPARED_STATEMENTS;
  const maxPreparedStatements = Number(row?.maxPreparedStatements);
  if (statements > maxPreparedStatements) {
    log.warn(
      {
        wanted: statements,
        maxPreparedStatements,
        poolSize,
        workers,
        statementsPerConnection: MAX_PREPARED_STATEMENTS,
      },
      `the database server keeps fewer prepared statements than ${MAX_PREPARED_STATEMENTS} × DATABASE_POOL_SIZE × WORKERS; lower these or raise its max_prepared_stmt_count`,
    );
  }
}

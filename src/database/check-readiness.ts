import { Deadline } from "../context/deadline";
import { DomainError } from "../errors/domain-error";
import type { Database } from "./database";
import { isListed, meaningOf } from "./database-errors";
import type { ReadinessReason } from "./readiness-reasons";

/** How long the database may take to answer, in milliseconds. */
const PATIENCE_MS = 1_000;

/**
 * Finds out whether the database reads and writes now, and why not if not. It reads a table, and asks for a write that changes no row, which
 * a server refuses that only reads, has lost its quorum or denies the right. What such a write does not meet, a full disk for example,
 * is known from the transactions of the last ten seconds (ADR 0037). Never throws.
 */
export async function checkReadiness(database: Database): Promise<ReadinessReason | undefined> {
  const { health, family } = database;
  if (database.isFileLost) return "DATABASE_FILE_LOST";
  try {
    await (family === "sqlite" ? checkSqlite(database) : checkMysql(database));
    health.notBusy();
    return health.failure;
  } catch (error) {
    return reasonOf(error, database);
  }
}

function reasonOf(error: unknown, { health }: Database): ReadinessReason | undefined {
  if (error instanceof DomainError && error.code === "SERVICE_BUSY") return health.busy() ?? health.failure;
  const { readiness, caller } = meaningOf(error);
  if (readiness) return readiness;
  if (!isListed(error) || caller === "INTERNAL") return "DATABASE_NOT_READY";
  return caller === "RETRY_BUSY" ? (health.busy() ?? health.failure) : "DATABASE_UNREACHABLE";
}

/** Changes nothing, so nothing is replicated, and no node waits for another's check. */
async function checkMysql(database: Database): Promise<void> {
  await database.use(
    (connection) => connection.change("UPDATE migration_lease SET holder = holder WHERE id = 1", []),
    turn(),
  );
}

async function checkSqlite(database: Database): Promise<void> {
  await database.use((connection) => connection.rows("SELECT id FROM migration_lease", []), turn());
  await database.askToWrite(turn());
}

const turn = () => ({ deadline: new Deadline(PATIENCE_MS) });

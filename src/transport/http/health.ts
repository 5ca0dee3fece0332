import type { FastifyInstance } from "fastify";
import { checkReadiness } from "../../database/check-readiness";
import type { Database } from "../../database/database";
import { READINESS_REASONS, type ReadinessReason } from "../../database/readiness-reasons";

/** How far a server is that stops. */
export interface Readiness {
  /** It must not be sent requests any more. */
  stopping: boolean;
  /** Each connection ends with its next answer. */
  disconnecting: boolean;
}

/** How long an answer stands, in milliseconds: asking more often causes no statement. */
const READY_FOR_MS = 2_000;
const NOT_READY_FOR_MS = 500;

/** Serves `/healthz` (the process lives) and `/readyz` (it can do its work: the database reads and writes, it is not stopping). */
export function registerHealth(fastify: FastifyInstance, database: Database, readiness: Readiness): void {
  const check = rarely(() => checkReadiness(database));
  fastify.get("/healthz", () => ({ status: "ok" }));
  fastify.get("/readyz", async (_request, reply) => {
    const reason: ReadinessReason | undefined = readiness.stopping ? "STOPPING" : await check();
    if (!reason) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", reason, message: READINESS_REASONS[reason] });
  });
}

/** Asks once for all who want to know at the same time or soon after. */
function rarely(
  check: () => Promise<ReadinessReason | undefined>,
): () => Promise<ReadinessReason | undefined> {
  let answer: Promise<ReadinessReason | undefined> | undefined;
  let validUntil = Infinity;
  return () => {
    if (answer && performance.now() < validUntil) return answer;
    validUntil = Infinity;
    answer = check().then((reason) => {
      validUntil = performance.now() + (reason ? NOT_READY_FOR_MS : READY_FOR_MS);
      return reason;
    });
    return answer;
  };
}

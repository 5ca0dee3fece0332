import type { FastifyInstance } from "fastify";
import type { Database } from "../../database/database";

/** Whether the server may be sent requests: not while it stops. */
export interface Readiness {
  stopping: boolean;
}

const DATABASE_PATIENCE_MS = 1_000;

/** Serves `/healthz` (the process lives) and `/readyz` (it can do its work: the database answers, it is not stopping). */
export function registerHealth(fastify: FastifyInstance, database: Database, readiness: Readiness): void {
  fastify.get("/healthz", () => ({ status: "ok" }));
  fastify.get("/readyz", async (_request, reply) => {
    if (readiness.stopping) return reply.code(503).send({ status: "stopping" });
    if (!(await answersInTime(database))) return reply.code(503).send({ status: "database away" });
    return { status: "ready" };
  });
}

async function answersInTime(database: Database): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_PATIENCE_MS);
  });
  const answered = database.ping().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

import type { FastifyInstance } from "fastify";
import { formatError } from "../graphql/error-format";
import type { OperationGuard } from "../limits/operation-guard";
import type { Services } from "../services";
import { asHttpRefusal } from "./http-refusal";

/** The addresses at which requests are charged. */
const CHARGED_PATHS = ["/graphql", "/graphql/stream", "/activity-log.csv"];

/**
 * Refuses requests of addresses that have used up their requests before their body is read: with 429, without checking
 * a signature, running a statement or writing a log line. A caller that signed in lately is let through.
 */
export function registerSpentAddresses(
  fastify: FastifyInstance,
  { log }: Pick<Services, "log">,
  guard: OperationGuard,
): void {
  fastify.addHook("onRequest", (request, reply, done) => {
    // Before anything else is looked at: almost always there is no such address.
    if (!guard.charges.hasSpentAddresses) return done();
    const { ip, headers, id, routeOptions } = request;
    try {
      if (CHARGED_PATHS.includes(routeOptions.url ?? ""))
        guard.charges.ensureAddressMayAsk(ip, headers.authorization);
      done();
    } catch (refusal) {
      const { status, headers: told } = asHttpRefusal(refusal).extensions.http as {
        status: number;
        headers: Map<string, string>;
      };
      void reply
        .code(status)
        .headers(Object.fromEntries(told))
        .send({ errors: [formatError(refusal, id, log)] });
    }
  });
}

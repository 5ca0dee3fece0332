import type { FastifyInstance, FastifyRequest } from "fastify";
import { formatError } from "../graphql/error-format";
import type { OperationGuard } from "../limits/operation-guard";
import type { Services } from "../services";
import { asHttpRefusal } from "./http-refusal";
import { RequestRefused } from "./request-refused";

/** The addresses at which requests are charged. */
const CHARGED_PATHS = ["/graphql", "/graphql/stream", "/activity-log.csv"];

/** The length of a request's body as its header says it, in bytes; 0 where it says nothing usable. */
export function bodyLengthOf({ headers }: Pick<FastifyRequest, "headers">): number {
  return Number(headers["content-length"]) || 0;
}

/**
 * Refuses requests of addresses that have used up their requests before their body is read: with 429, without checking
 * a signature, running a statement or writing a log line. A caller that signed in lately is let through.
 * Charges addresses for requests that cannot be read, such as a body that is no JSON.
 */
export function registerExhaustedAddresses(
  fastify: FastifyInstance,
  { log }: Pick<Services, "log">,
  guard: OperationGuard,
): void {
  fastify.addHook("onError", (request, _reply, error, done) => {
    const isUnreadable = error instanceof RequestRefused || (error.statusCode ?? 500) < 500;
    if (isUnreadable && CHARGED_PATHS.includes(request.routeOptions.url ?? ""))
      void guard.charges.unreadable(request.ip, bodyLengthOf(request)).catch(() => undefined);
    done();
  });
  fastify.addHook("onRequest", (request, reply, done) => {
    // Before anything else is looked at: almost always there is no such address.
    if (!guard.charges.hasExhaustedAddresses) return done();
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

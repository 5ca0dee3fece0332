import type { FastifyError, FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { LARGEST_BODY } from "../../config/limits";
import type { DomainError } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";
import { formatError } from "../graphql/error-format";
import { tooLarge } from "../limits/limit-refusals";

/**
 * Gives every answer the request's id, and what is refused outside GraphQL (an unknown address, a body that is too
 * large or no JSON) the same shape as GraphQL's errors.
 */
export function registerRefusals(fastify: FastifyInstance, log: Logger): void {
  fastify.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    done();
  });
  fastify.setErrorHandler((error: FastifyError, request, reply) => {
    const { statusCode = 500 } = error;
    const isCallers = statusCode >= 400 && statusCode < 500;
    const refusal = isCallers ? callersRefusal(error) : error;
    return reply.code(statusCode).send({ errors: [formatError(refusal, request.id, log)] });
  });
  fastify.setNotFoundHandler((request, reply) => {
    const refusal = generalErrors.BAD_REQUEST("There is nothing at this address.");
    return reply.code(404).send({ errors: [formatError(refusal, request.id, log)] });
  });
}

function callersRefusal({ statusCode, message }: FastifyError): DomainError {
  if (statusCode === 413) return tooLarge({ limit: "body", maximum: LARGEST_BODY });
  return generalErrors.BAD_REQUEST(message);
}

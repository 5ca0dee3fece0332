import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { MAX_BODY_BYTES } from "../../config/limits";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { type ErrorExtensions, formatError } from "../graphql/error-format";
import { tooLarge } from "../limits/limit-refusals";
import type { Connections } from "../connections/connections";
import { asHttpRefusal } from "./http-refusal";
import { RequestRefused } from "./request-refused";
import { ensurePlainTarget } from "./request-target";
import { PLAIN_SECURITY_HEADERS } from "./security-headers";

const JSON_TYPE = "application/json; charset=utf-8";

/**
 * Gives every answer the request's id, and what is refused outside GraphQL the shape of GraphQL's errors. Nothing that the
 * caller sent is repeated.
 */
export function registerRefusals(fastify: FastifyInstance, log: Logger): void {
  fastify.addHook("onRequest", (request, reply, done) => {
    void reply.header("x-request-id", request.id);
    done();
  });
  fastify.setErrorHandler((error: FastifyError, request, reply) => {
    // The caller hung up before its stream or file began: nothing is wrong, and there is nobody to tell.
    if (error.code === "ERR_STREAM_PREMATURE_CLOSE" && reply.raw.closed) return reply.hijack();
    return refuse(error, request, reply, log);
  });
  fastify.setNotFoundHandler((request, reply) => {
    const [path = ""] = request.url.split("?");
    const allowed = ["GET", "POST"].filter((method) => fastify.hasRoute({ method, url: path }));
    if (allowed.length === 0) {
      const refusal = new RequestRefused(
        400,
        "There is nothing at this address. The API is at /graphql, and / leads to everything else.",
      );
      return reply.code(404).send({ errors: [formatError(refusal, request.id, log)] });
    }
    const allow = allowed.join(", ");
    throw new RequestRefused(405, `This address takes ${allow}.`, { allow });
  });
}

/** Refuses requests that can be read in more than one way. Register it after what gives all answers their headers. */
export function registerPlainRequests(fastify: FastifyInstance): void {
  fastify.addHook("onRequest", ({ raw, query }, _reply, done) => {
    try {
      if (raw.headers.host === undefined && raw.httpVersionMinor === 1)
        throw new RequestRefused(400, "An HTTP/1.1 request must have the header `Host`.");
      ensurePlainTarget(raw.url ?? "", query);
      done();
    } catch (refusal) {
      done(refusal as Error);
    }
  });
}

/** Answers a request that was refused, by whatever: the one place where HTTP's statuses and headers are set for that. */
export function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const refusal = error instanceof DomainError ? error : (frameworksRefusal(error) ?? error);
  const { status, headers, body } = answerTo(refusal, request.id, log);
  return reply.code(status).headers(headers).type(JSON_TYPE).send(body);
}

/** Answers a request whose address the router cannot decode; no hook has seen it. */
export function refuseUnroutable(
  _error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): void {
  const refusal = new RequestRefused(
    400,
    "The address has a % that does not begin a percent-encoded UTF-8 character.",
  );
  void reply.headers({ ...PLAIN_SECURITY_HEADERS, "x-request-id": request.id });
  void refuse(refusal, request, reply, log);
}

/** What fastify refuses, in our words: its messages repeat what was sent. */
function frameworksRefusal(error: unknown): DomainError | undefined {
  const { statusCode = 500 } = error as FastifyError;
  if (statusCode === 413) return tooLarge({ limit: "body", maximum: MAX_BODY_BYTES });
  if (statusCode === 415)
    return new RequestRefused(415, "Send the request's body with content-type: application/json.");
  if (statusCode < 400 || statusCode >= 500) return undefined;
  return new RequestRefused(400, "The request's headers or body cannot be understood.");
}

/** What Node refuses before there is a request, by the code of its error. */
const CLIENT_ERRORS: Record<string, RequestRefused> = {
  ERR_HTTP_REQUEST_TIMEOUT: new RequestRefused(
    408,
    "The request did not arrive in time. Send it whole, or sooner.",
  ),
  HPE_HEADER_OVERFLOW: new RequestRefused(
    431,
    "The request's line and headers have together more than 16 KiB.",
  ),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new RequestRefused(
    413,
    "The body's chunk extensions have together more than 16 KiB.",
  ),
};
const NO_HTTP = new RequestRefused(400, "This is not a valid HTTP/1.1 request.");

/** Answers what is no HTTP request, or did not become one in time, and closes the connection. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  connections: Connections,
  log: Logger,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const { response, pipelined } = connections.of(socket);
  // In the middle of an answer it would be taken for a part of it.
  const isAnswering = pipelined > 0 || (response?.headersSent && !response.writableFinished);
  const refusal = CLIENT_ERRORS[error.code ?? ""] ?? NO_HTTP;
  if (socket.writable && !isAnswering) socket.write(rawAnswer(refusal, randomUUID(), log));
  socket.destroy(error);
}

/** A refusal as a whole HTTP answer, for a socket that no framework writes to. The connection ends with it. */
export function rawAnswer(refusal: unknown, requestId: string, log: Logger): string {
  const { status, headers: own, body } = answerTo(refusal, requestId, log);
  const headers = {
    ...PLAIN_SECURITY_HEADERS,
    ...own,
    "content-type": JSON_TYPE,
    "content-length": String(Buffer.byteLength(body)),
    "x-request-id": requestId,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`;
}

function answerTo(refusal: unknown, requestId: string, log: Logger) {
  const { http } = asHttpRefusal(refusal).extensions as {
    http?: { status: number; headers: Map<string, string> };
  };
  const error = formatError(refusal, requestId, log);
  const usual = (error.extensions as ErrorExtensions).kind === ErrorKind.UNAVAILABLE ? 503 : 500;
  const headers: Record<string, string> = Object.fromEntries(http?.headers ?? []);
  return { status: http?.status ?? usual, headers, body: JSON.stringify({ errors: [error] }) };
}

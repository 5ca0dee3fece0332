import type { FastifyInstance } from "fastify";
import { generalErrors } from "../../errors/general.errors";
import type { Connections } from "../connections/connections";

/** Answers of fewer bytes are not counted one by one: they fit into the socket's own buffer. */
const SHORT_ANSWER = 16 * 1024;

/** Requests that may wait on one connection behind the one that is being answered. Browsers and most clients send none. */
const MAX_PIPELINED = 16;

/**
 * Counts what all HTTP endpoints answer against the limits on unread bytes, and refuses a connection that sends requests
 * without waiting for their answers.
 */
export function registerConnectionLimits(fastify: FastifyInstance, connections: Connections): void {
  connections.watch(fastify.server);
  fastify.addHook("onRequest", ({ raw: { socket } }, { raw: response }, done) => {
    const connection = connections.of(socket);
    connection.response = response;
    // Node gives a response its socket when it is its turn.
    if (response.socket) return done();
    connection.pipelined++;
    response.once("close", () => connection.pipelined--);
    if (connection.pipelined <= MAX_PIPELINED) return done();
    void response.setHeader("connection", "close");
    done(tooManyAtOnce());
  });
  fastify.addHook("onSend", ({ raw: { socket } }, reply, payload, done) => {
    const bytes = lengthOf(payload);
    if (bytes >= SHORT_ANSWER) connections.of(socket).announceAnswer(bytes, reply.raw);
    done(null, payload);
  });
}

/** Streams are read no faster than they are taken, so only what is whole already has a length. */
function lengthOf(payload: unknown): number {
  if (typeof payload === "string") return payload.length < SHORT_ANSWER ? 0 : Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.length : 0;
}

function tooManyAtOnce() {
  return generalErrors.RATE_LIMITED(
    `One connection has at most ${MAX_PIPELINED} requests waiting for an answer. Wait for answers, or open another connection.`,
    { details: { maximum: MAX_PIPELINED } },
  );
}

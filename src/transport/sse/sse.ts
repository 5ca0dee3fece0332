import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type FormattedExecutionResult, type GraphQLError, OperationTypeNode } from "graphql";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";
import { formatError } from "../graphql/error-format";
import { budgetHeaders } from "../http/http-refusal";
import { refuse } from "../http/refusals";
import { RequestRefused } from "../http/request-refused";
import { bodyLengthOf } from "../http/exhausted-addresses";
import type { Services } from "../services";
import { EventStream, type Streamed } from "./event-stream";
import {
  CLOSE_GRACE_MS,
  authenticateConnection,
  type LiveEndpoint,
  type LiveEndpointParts,
  logOperation,
  prepare,
} from "../streams/live-endpoint";
import { LiveOperation } from "../../live/live-operation";
import { eachCost, kindOf, type Prepared, shown } from "../../live/live-result";
import { stopping } from "../../live/live-refusals";
import type { LiveSession } from "../../live/live-session";
import { payloadOf } from "./sse-request";

/** What is to be streamed, and the live operation behind it, where it is one. */
interface Answered extends Streamed {
  results: AsyncIterator<FormattedExecutionResult, undefined>;
  live?: LiveOperation;
}

/**
 * Opens GraphQL over server-sent events at `/graphql/stream`: one operation a stream, the token or API key in the
 * `Authorization` header. A stream counts as a socket, and obeys as one: whoever loses a right is told so in the last
 * `next` before `complete`.
 */
export function registerStreamEndpoint(fastify: FastifyInstance, parts: LiveEndpointParts): LiveEndpoint {
  const open = new Map<EventStream, FastifyReply>();
  let isClosing = false;
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      if (isClosing) throw stopping();
      const { live, ...streamed } = await answer(parts, request, reply);
      const connection = parts.connections.of(request.raw.socket);
      const stream = new EventStream(streamed, connection);
      live?.sendTo(stream);
      connection.onDrop = () => live?.endAsTooSlow();
      whenGone(
        reply,
        connection.countBuffer(() => stream.bufferedBytes),
      );
      open.set(stream, reply);
      whenGone(reply, () => {
        open.delete(stream);
        stream.destroy();
      });
      if (isClosing) stream.shut();
      return await reply.type("text/event-stream; charset=utf-8").headers(STREAM_HEADERS).send(stream);
    } catch (refusal) {
      if (refusal instanceof RequestRefused)
        void parts.guard.charges.unreadable(request.ip, bodyLengthOf(request)).catch(() => undefined);
      return refuse(refusal, request, reply, parts.services.log);
    }
  };
  fastify.route({ method: ["GET", "POST"], url: "/graphql/stream", exposeHeadRoute: false, handler });
  const shut = () => {
    isClosing = true;
    return [...open].map((one) => () => closeStream(one));
  };
  return { shut };
}

/** No proxy shall keep it, hold it back or change it; and a stopping server does not wait for an idle connection. */
const STREAM_HEADERS = {
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
  connection: "close",
};

/**
 * Signs the caller in and begins the operation.
 * @throws what the whole request is refused for; an operation's own mistakes are results
 */
async function answer(
  parts: LiveEndpointParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answered> {
  const payload = payloadOf(request);
  const { id: requestId, raw } = request;
  const address = parts.addressOf(raw);
  parts.places.ensureFree(address);
  const place = parts.places.take(address);
  whenGone(reply, () => place.leave());
  const { authorization, "last-event-id": lastEventId } = request.headers;
  const session = await authenticateConnection(parts, {
    authorization,
    address,
    place,
    requestId,
    onEnd: () => undefined,
  });
  whenGone(reply, () => parts.sessions.leave(session));
  // A browser sends it empty when it has none.
  const resumeAfter = typeof lastEventId === "string" && lastEventId !== "" ? lastEventId : undefined;
  const bytes = bodyLengthOf(request);
  const prepared = await prepare(parts, {
    ...{ endpoint: "sse", session, address, requestId, payload, bytes, resumeAfter },
  });
  if (Array.isArray(prepared)) return mistakes(parts.services, requestId, prepared);
  if (prepared.cost.budget) void reply.headers(budgetHeaders(prepared.cost.budget));
  return begin(parts, session, prepared, request.method);
}

async function begin(
  { services, hub, compiled }: LiveEndpointParts,
  session: LiveSession,
  prepared: Prepared,
  method: string,
): Promise<Answered> {
  const { args, cost } = prepared;
  const { requestId } = args.contextValue;
  const kind = kindOf(args);
  if (kind === OperationTypeNode.MUTATION && method === "GET")
    throw new RequestRefused(405, "Mutations take POST.", { allow: "POST" });
  const isLive = kind === OperationTypeNode.SUBSCRIPTION;
  const result = await (isLive ? LiveOperation.begin(prepared, hub) : compiled.execute(args));
  logOperation(services, prepared, "sse", result);
  if (!(result instanceof LiveOperation)) return single(shown(services, result, { requestId, cost }));
  session.watch(result);
  const told = { requestId, cost: eachCost(cost) };
  const next = async (): Promise<IteratorResult<FormattedExecutionResult, undefined>> => {
    const step = await result.next();
    return step.done ? step : { done: false, value: shown(services, step.value, told) };
  };
  return {
    live: result,
    checkpoint: () => result.checkpoint,
    endAsTooSlow: () => result.endAsTooSlow(),
    results: { next, return: () => result.return() },
  };
}

/** A document's mistakes come through the stream, as the protocol wants it; what is no matter of the document does not. */
function mistakes({ log }: Services, requestId: string, errors: GraphQLError[]): Answered {
  const refusal = errors.map(({ originalError }) => originalError).find(refusesRequest);
  if (refusal) throw refusal;
  return single({ errors: errors.map((error) => formatError(error, requestId, log)) });
}

function refusesRequest(error: unknown): boolean {
  if (!(error instanceof DomainError)) return error !== undefined;
  const { kind, code } = error;
  return kind === ErrorKind.UNAUTHENTICATED || kind === ErrorKind.UNAVAILABLE || code === RATE_LIMITED;
}

const RATE_LIMITED = generalErrors.RATE_LIMITED("").code;

function single(result: FormattedExecutionResult): Answered {
  // Let go of once it was given: it may wait for its reader for long, as a text.
  let left: FormattedExecutionResult | undefined = result;
  const results = {
    next: () => {
      const value = left;
      left = undefined;
      return Promise.resolve(
        value ? ({ done: false, value } as const) : ({ done: true, value: undefined } as const),
      );
    },
  };
  return { results };
}

/** A response that is gone already tells nobody any more. */
function whenGone({ raw }: FastifyReply, react: () => void): void {
  if (raw.closed) react();
  else raw.once("close", react);
}

/** Ends a stream with its last cursor, and cuts it off where its reader does not take that. */
async function closeStream([stream, reply]: [EventStream, FastifyReply]): Promise<void> {
  const gone = new Promise<void>((resolve) => whenGone(reply, resolve));
  stream.shut();
  const cutOff = setTimeout(() => reply.raw.destroy(), CLOSE_GRACE_MS);
  await gone;
  clearTimeout(cutOff);
}

import type { FastifyRequest } from "fastify";
import { askedInPost } from "../trusted-documents/take-document";
import type { AskedOperation } from "./live-door";

/** Headers that a page of another origin cannot send without asking first (a preflight). */
const PREFLIGHTED_HEADERS = ["authorization", "apollo-require-preflight", "x-apollo-operation-name"];

/** A request that no operation can be read from; its status and message go to the caller as they are. */
export class StreamRequestRefused extends Error {
  override readonly name = "StreamRequestRefused";

  constructor(
    readonly statusCode: 400 | 405 | 406 | 415,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The operation that a request for a stream asks for: a POST's JSON body, or a GET's `query` or `documentId`, `variables`
 * and `operationName`.
 * @throws StreamRequestRefused it asks for none, or no stream, or could have been sent by any web page unasked
 */
export function payloadOf(request: FastifyRequest): AskedOperation {
  const { headers, method } = request;
  const isJson = /^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "");
  if (!isJson && !PREFLIGHTED_HEADERS.some((name) => headers[name] !== undefined)) {
    throw new StreamRequestRefused(
      400,
      `This may be a web page's doing that nobody asked for (CSRF). Send content-type: application/json or one of the headers ${PREFLIGHTED_HEADERS.join(", ")}.`,
    );
  }
  if (!acceptsStreams(headers.accept)) {
    throw new StreamRequestRefused(406, "Streams are text/event-stream: name it in the header `accept`.");
  }
  if (method === "POST" && !isJson) {
    throw new StreamRequestRefused(415, "Send the operation as JSON, with content-type: application/json.");
  }
  const asked =
    method === "POST"
      ? { ...(request.body as object), ...askedInPost(request) }
      : fromAddress(request.query as Record<string, unknown>);
  if (isPayload(asked)) return asked;
  throw new StreamRequestRefused(
    400,
    "Send an object with `query` or `documentId` as text and, where they are needed, `variables` as an object and `operationName` as text.",
  );
}

function acceptsStreams(accept = "*/*"): boolean {
  return accept.split(",").some((range) => /^\s*(text\/event-stream|text\/\*|\*\/\*)\s*(;|$)/i.test(range));
}

function fromAddress({ variables, ...rest }: Record<string, unknown>): unknown {
  if (typeof variables !== "string" || variables === "") return rest;
  try {
    return { ...rest, variables: JSON.parse(variables) as unknown };
  } catch {
    return undefined;
  }
}

function isPayload(asked: unknown): asked is AskedOperation {
  if (typeof asked !== "object" || asked === null) return false;
  const { query, documentId, variables, operationName } = asked as Record<string, unknown>;
  const isAbsent = (value: unknown) => value === undefined || value === null;
  return (
    (typeof query === "string" || (isAbsent(query) && typeof documentId === "string")) &&
    (isAbsent(variables) || (typeof variables === "object" && !Array.isArray(variables))) &&
    (isAbsent(operationName) || typeof operationName === "string")
  );
}

import type { FastifyRequest } from "fastify";
import { type AskedOperation, askedOver } from "../http/asked-operation";
import { ensurePreflighted } from "../http/preflight";
import { RequestRefused } from "../http/request-refused";

/**
 * The operation that a request for a stream asks for.
 * @throws RequestRefused it asks for none, or no stream, or could have been sent by any web page unasked
 */
export function payloadOf(request: FastifyRequest): AskedOperation {
  const { headers, method } = request;
  ensurePreflighted(request);
  if (!acceptsStreams(headers.accept))
    throw new RequestRefused(406, "Streams are text/event-stream: name it in the header `accept`.");
  if (method === "POST" && !/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? ""))
    throw new RequestRefused(415, "Send the operation as JSON, with content-type: application/json.");
  const asked = askedOver(request);
  if (asked.query || asked.documentId) return asked;
  throw new RequestRefused(400, "Send `query` or `documentId` as text.");
}

function acceptsStreams(accept = "*/*"): boolean {
  return accept.split(",").some((range) => /^\s*(text\/event-stream|text\/\*|\*\/\*)\s*(;|$)/i.test(range));
}

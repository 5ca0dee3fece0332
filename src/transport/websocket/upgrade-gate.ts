import type { IncomingMessage } from "node:http";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { formatError, requestIdOf } from "../graphql/error-format";
import { rawAnswer } from "../http/refusals";
import { RequestRefused } from "../http/request-refused";
import { ensurePlainTarget, parseParameters } from "../http/request-target";
import type { LiveEndpointParts } from "../streams/live-endpoint";

const SOCKETS_PATH = "/graphql";

/**
 * Decides on an upgrade before anything of the protocol is spoken: a web page of a foreign origin gets 403, an address
 * with too many sockets that have not signed in 429, and everybody 503 where the node is full.
 * @throws the refusal
 */
export function ensureWelcome(
  { origins, places, addressOf }: LiveEndpointParts,
  request: IncomingMessage,
): void {
  const { url = "", headers } = request;
  const [path, search = ""] = url.split("?");
  ensurePlainTarget(url, parseParameters(search));
  if (path !== SOCKETS_PATH)
    throw new RequestRefused(400, `WebSockets are opened at ${SOCKETS_PATH}, and nowhere else.`);
  origins.ensureSocketAllowed(headers);
  places.ensureFree(addressOf(request));
}

/** Answers an upgrade that was refused, and closes its connection. Charges its address for it, and writes it into the log. */
export function refuseUpgrade(
  { services: { log }, guard, addressOf }: Pick<LiveEndpointParts, "services" | "guard" | "addressOf">,
  request: IncomingMessage,
  refusal: unknown,
): void {
  const { socket, headers } = request;
  const requestId = requestIdOf(headers["x-request-id"]);
  const { extensions } = formatError(refusal, requestId, log);
  const isForeign = refusal instanceof DomainError && refusal.kind === ErrorKind.FORBIDDEN;
  // Only where somebody has to know which origin to allow.
  const origin = isForeign ? headers.origin?.slice(0, 200) : undefined;
  const logRefused = () => log.info({ requestId, code: extensions?.code, origin }, "upgrade refused");
  // An address that has used up its requests leaves no line: a flood would fill the log.
  guard.charges.unreadable(addressOf(request), 0).then(logRefused, () => undefined);
  socket.once("finish", () => socket.destroy());
  socket.end(rawAnswer(refusal, requestId, log));
}

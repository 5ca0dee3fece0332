import type { OutgoingHttpHeaders } from "node:http";
import type { VerifyClientCallbackAsync } from "ws";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";
import { formatError, requestIdOf } from "../graphql/error-format";
import { PLAIN_SECURITY_HEADERS } from "../http/security-headers";
import type { LiveDoorParts } from "./live-door";

/**
 * Decides on an upgrade before anything of the protocol is spoken: a web page of a foreign origin gets 403, an address
 * with too many sockets that have not signed in 429, and everybody 503 where the node is full.
 */
export function upgradeGate({
  origins,
  places,
  addressOf,
  services: { log },
}: LiveDoorParts): VerifyClientCallbackAsync {
  return ({ origin, req }, answer) => {
    const requestId = requestIdOf(req.headers["x-request-id"]);
    // Said to be always there; a caller that is no browser sends none.
    const from = origin as string | undefined;
    try {
      if (!origins.allow(from, req.headers.host)) throw originRefused();
      places.ensureFree(addressOf(req));
      answer(true);
    } catch (refusal) {
      const error = formatError(refusal, requestId, log);
      log.info({ requestId, code: error.extensions?.code, origin: from?.slice(0, 200) }, "upgrade refused");
      const details = refusal instanceof DomainError ? refusal.details : undefined;
      const headers: OutgoingHttpHeaders = {
        ...PLAIN_SECURITY_HEADERS,
        "Content-Type": "application/json; charset=utf-8",
        "x-request-id": requestId,
        ...(details?.retryAfterSeconds ? { "retry-after": `${details.retryAfterSeconds}` } : {}),
      };
      answer(false, statusOf(refusal), JSON.stringify({ errors: [error] }), headers);
    }
  };
}

function originRefused(): DomainError {
  return generalErrors.ORIGIN_NOT_ALLOWED(
    "Web pages of this origin may not open sockets here. The operator can allow it: ALLOWED_ORIGINS.",
  );
}

function statusOf(refusal: unknown): number {
  const kind = refusal instanceof DomainError ? refusal.kind : ErrorKind.INTERNAL;
  if (kind === ErrorKind.FORBIDDEN) return 403;
  if (kind === ErrorKind.LIMITED) return 429;
  return kind === ErrorKind.UNAVAILABLE ? 503 : 500;
}

import type { IncomingHttpHeaders } from "node:http";
import { RequestRefused } from "./request-refused";

/** Headers that a page of another origin cannot send without asking first (a CORS preflight). */
const PREFLIGHTED_HEADERS = ["apollo-require-preflight", "x-apollo-operation-name"] as const;

/** Content types that a page of another origin can send without asking (Fetch standard, CORS-safelisted request-header). */
const UNASKED_TYPES = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i;

/** A browser adds `Basic` and the like by itself, from what somebody typed before or from an address; it never adds this one. */
const BEARER = /^Bearer /i;

/**
 * Refuses what any web page could have sent without the browser asking this server first (CSRF). A JSON content type, a
 * bearer token, or one of two headers proves that it was asked, or that the sender is no browser.
 * @returns whether the token is the only proof, which then must be a good one
 * @throws RequestRefused none of these is there
 */
export function ensurePreflighted({ headers }: { headers: IncomingHttpHeaders }): boolean {
  const { "content-type": type, authorization } = headers;
  if (type !== undefined && type !== "" && !UNASKED_TYPES.test(type)) return false;
  if (PREFLIGHTED_HEADERS.some((name) => headers[name])) return false;
  if (authorization !== undefined && BEARER.test(authorization)) return true;
  throw new RequestRefused(
    400,
    `Any web page could have sent this request without its user's knowledge (CSRF). Send the header authorization with a bearer token, content-type: application/json, or a value in one of the headers ${PREFLIGHTED_HEADERS.join(", ")}.`,
  );
}

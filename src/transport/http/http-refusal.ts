import { HeaderMap } from "@apollo/server";
import { GraphQLError } from "graphql";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import type { BudgetState } from "../limits/budget";
import { RateLimited } from "../limits/limit-refusals";
import { RequestRefused } from "./request-refused";

/** A refusal of a whole request, with the status and headers that it has over HTTP. */
export function asHttpRefusal(refusal: unknown): GraphQLError {
  const originalError = refusal as Error;
  if (!(refusal instanceof DomainError)) return new GraphQLError("", { originalError });
  const headers = new HeaderMap();
  if (refusal instanceof RateLimited)
    for (const [name, value] of Object.entries(budgetHeaders(refusal.budget))) headers.set(name, value);
  const { retryAfterSeconds } = refusal.details ?? {};
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (refusal instanceof RequestRefused)
    for (const [name, value] of Object.entries(refusal.headers)) headers.set(name, value);
  if (refusal.kind === ErrorKind.UNAUTHENTICATED) headers.set("www-authenticate", "Bearer");
  const extensions = { http: { status: statusOf(refusal), headers } };
  return new GraphQLError(refusal.message, { originalError, extensions });
}

function statusOf(refusal: DomainError): number {
  if (refusal instanceof RequestRefused) return refusal.status;
  const { kind, code, details } = refusal;
  if (kind === ErrorKind.UNAUTHENTICATED) return 401;
  if (kind === ErrorKind.FORBIDDEN) return 403;
  if (kind === ErrorKind.UNAVAILABLE) return 503;
  if (kind === ErrorKind.INTERNAL) return 500;
  if (code === "RATE_LIMITED") return 429;
  return details?.limit === "body" ? 413 : 400;
}

/** The headers of an answer that was charged: what the caller has left, and in how many seconds it has all again. */
export function budgetHeaders({ limit, remaining, resetSeconds }: BudgetState): Record<string, string> {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(resetSeconds),
  };
}

import { HeaderMap } from "@apollo/server";
import { GraphQLError } from "graphql";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import type { BudgetState } from "../limits/budget";
import { RateLimited } from "../limits/limit-refusals";

/** A refusal of a whole request, with the status and headers that it has over HTTP. */
export function asHttpRefusal(refusal: unknown): GraphQLError {
  const originalError = refusal as Error;
  if (!(refusal instanceof DomainError)) return new GraphQLError("", { originalError });
  const headers = new HeaderMap();
  if (refusal instanceof RateLimited)
    for (const [name, value] of Object.entries(budgetHeaders(refusal.budget))) headers.set(name, value);
  const { retryAfterSeconds } = refusal.details ?? {};
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  if (refusal.kind === ErrorKind.UNAUTHENTICATED) headers.set("www-authenticate", "Bearer");
  const extensions = { http: { status: statusOf(refusal), headers } };
  return new GraphQLError(refusal.message, { originalError, extensions });
}

function statusOf({ kind, code }: DomainError): number {
  if (kind === ErrorKind.UNAUTHENTICATED) return 401;
  if (kind === ErrorKind.FORBIDDEN) return 403;
  if (kind === ErrorKind.UNAVAILABLE) return 503;
  return code === "RATE_LIMITED" ? 429 : 400;
}

/** The headers of an answer that was charged: what the caller has left, and in how many seconds it has all again. */
export function budgetHeaders({ limit, remaining, resetSeconds }: BudgetState): Record<string, string> {
  return {
    "ratelimit-limit": String(limit),
    "ratelimit-remaining": String(remaining),
    "ratelimit-reset": String(resetSeconds),
  };
}

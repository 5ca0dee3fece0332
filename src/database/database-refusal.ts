import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import { isListed, isOutcomeUnknown, meaningOf } from "./database-errors";
import { READINESS_REASONS } from "./readiness-reasons";

/**
 * What a caller is told of an error of the database or its driver: SERVICE_BUSY or SERVICE_UNAVAILABLE; undefined where it is a mistake
 * of ours or no such error.
 */
export function databaseRefusal(error: unknown): DomainError | undefined {
  if (!isListed(error)) return undefined;
  const { caller, readiness } = meaningOf(error);
  if (caller === "INTERNAL") return undefined;
  if (caller === "BUSY" || caller === "RETRY_BUSY")
    return generalErrors.SERVICE_BUSY(
      "The database did not finish in time, because others held what it needed or it had too much to do. Nothing was done; try again.",
      { details: { retryAfterSeconds: 1 } },
    );
  const reason = READINESS_REASONS[readiness ?? "DATABASE_UNREACHABLE"];
  return generalErrors.SERVICE_UNAVAILABLE(`${reason} Nothing was done; try again.`, {
    details: { retryAfterSeconds: 2 },
  });
}

/** What a caller is told of a COMMIT that failed like this, if nobody can know what it has done. */
export function unknownOutcome(error: unknown): DomainError | undefined {
  if (!isOutcomeUnknown(error)) return undefined;
  const refusal = generalErrors.OUTCOME_UNKNOWN(
    "The database failed while it was committing. Repeat with the same idempotencyKey, or read first.",
  );
  return Object.assign(refusal, { cause: error });
}

import { createHash } from "node:crypto";
import type { ActivityRecord } from "../../entities/audit/activity-record";

/** What a record's hash covers: every column but the hash itself and the search key, which follows from the name. */
export type HashedColumns = Omit<ActivityRecord, "hash" | "customerNameKey">;

/**
 * The hash of a record, in hex: SHA-256 over the previous record's hash, a line feed, and the canonical JSON of its other
 * columns. docs/activity-log.md says the same to outsiders, so it never changes.
 */
export function hashOf(record: HashedColumns): string {
  const { previousHash, organizationId, sequence, id, occurredAt, actorId, actorName, operation } = record;
  const { outcome, errorCode, resourceType, resourceId, customerId, customerName } = record;
  const { oldValues, newValues, requestId } = record;
  const text = canonicalJson({
    ...{ organizationId, sequence, id, occurredAt, actorId, actorName, operation, outcome, errorCode },
    ...{ resourceType, resourceId, customerId, customerName, oldValues, newValues, requestId },
  });
  return createHash("sha256").update(`${previousHash}\n${text}`, "utf8").digest("hex");
}

/** JSON without spaces, the members of every object in the order of their names. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

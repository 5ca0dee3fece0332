import { createHash } from "node:crypto";
import type { ActivityRecord } from "../../entities/activity/activity-record";

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
  // In the order of their names, as canonicalJson would have them: this is done for every record.
  const text = JSON.stringify({
    ...{
      actorId,
      actorName,
      customerId,
      customerName,
      errorCode,
      id,
      newValues: sorted(newValues),
      occurredAt,
    },
    ...{
      oldValues: sorted(oldValues),
      operation,
      organizationId,
      outcome,
      requestId,
      resourceId,
      resourceType,
    },
    sequence,
  });
  return createHash("sha256").update(`${previousHash}\n${text}`, "utf8").digest("hex");
}

/** JSON without spaces, the members of every object in the order of their names. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, part]) => [name, sorted(part)]));
}

import { createHash } from "node:crypto";
import {
  ActivityOutcome,
  type ActivityRecord,
  type ActivityResource,
} from "../../entities/activity/activity-record";
import { searchKey } from "../../src/values/search-key";
import type { SqlValue } from "../../src/database/sql";
import { quickId } from "./ids";
import type { Run } from "./sql";
import type { Head } from "./stream";

/** One record of one organization's activity log, before it has its place. */
export interface AuditContext {
  organizationId: string;
  operation: string;
  resourceType: ActivityResource;
  resourceId: string;
  customerId: string;
  customerName: string;
  /** Their members in the order of their names, as the hash wants them. */
  oldValues: Record<string, unknown> | null;
  newValues: Record<string, unknown> | null;
}

const BY = "reference";
const COLUMNS = [
  "organizationId",
  "sequence",
  "id",
  "occurredAt",
  "actorId",
  "actorName",
  "operation",
  "outcome",
  "errorCode",
  "resourceType",
  "resourceId",
  "customerId",
  "customerName",
  "customerNameKey",
  "oldValues",
  "newValues",
  "requestId",
  "previousHash",
  "hash",
] as const;
const PLACES = `(${COLUMNS.map(() => "?").join(", ")})`;

/** The end of an organization's activity log. */
type LogEnd = Pick<Head, "lastSequence" | "lastHash">;

/** Writes records of the activity log with one statement. */
export async function writeActivity(
  run: Run,
  heads: Map<string, Head>,
  deeds: AuditContext[],
  now: string,
): Promise<void> {
  const stored = (value: unknown) => (value && typeof value === "object" ? JSON.stringify(value) : value);
  const records = activityRecords(heads, deeds, now);
  await run.change(
    `INSERT INTO activity_record (${COLUMNS.join(", ")}) VALUES ${deeds.map(() => PLACES).join(", ")}`,
    records.flatMap((record) => COLUMNS.map((column) => stored(record[column]) as SqlValue)),
  );
}

/** Makes the records, chained by hashes as docs/activity-log.md says, and moves the ends of the logs on. */
export function activityRecords(
  heads: Map<string, LogEnd>,
  deeds: AuditContext[],
  now: string,
): ActivityRecord[] {
  return deeds.map((deed) => {
    const head = heads.get(deed.organizationId);
    if (!head) throw new Error(`${deed.organizationId} has no activity log`);
    return chained(deed, head, now);
  });
}

function chained(deed: AuditContext, head: LogEnd, now: string): ActivityRecord {
  const { organizationId, operation, resourceType, resourceId, customerId, customerName } = deed;
  const { oldValues, newValues } = deed;
  const id = quickId("act");
  const sequence = ++head.lastSequence;
  const previousHash = head.lastHash;
  // The members in the order of their names: what the hash covers needs no sorting here.
  const covered = {
    ...{ actorId: BY, actorName: BY, customerId, customerName, errorCode: null, id, newValues },
    ...{ occurredAt: now, oldValues, operation, organizationId, outcome: ActivityOutcome.SUCCEEDED },
    ...{ requestId: BY, resourceId, resourceType, sequence },
  };
  const hash = createHash("sha256")
    .update(`${previousHash}\n${JSON.stringify(covered)}`)
    .digest("hex");
  head.lastHash = hash;
  return { ...covered, customerNameKey: searchKey(customerName), previousHash, hash };
}
